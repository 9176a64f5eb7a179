# Sourced by build.sh: stages with their times, the closing line, and the end of everything that was started.
# shellcheck shell=bash

verb_name="" current_stage="" verb_started=0
stage_names=() stage_seconds=()

begin() {
  verb_name="$1"
  verb_started=$SECONDS
  # Profiles, databases and what browsers leave behind go here, and go away with it however the run ends.
  TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/liaison.XXXXXX")
  export TMPDIR
  trap 'on_exit $?' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
}

# Runs a stage beside the shell and waits for it: bash puts a trap off until a foreground command has ended,
# and a demo that is kept running never ends by itself.
stage() {
  current_stage="$1"
  shift
  local started=$SECONDS
  printf '== %s: %s\n' "$verb_name" "$current_stage"
  "$@" &
  wait "$!" || exit 1
  stage_names+=("$current_stage")
  stage_seconds+=("$((SECONDS - started))")
  printf '   %s: %s s\n' "$current_stage" "$((SECONDS - started))"
  current_stage=""
}

finish() { printf '%s: ok in %s s\n' "$verb_name" "$((SECONDS - verb_started))"; }

show_table() {
  local index
  printf '\n%-14s %8s\n' stage seconds
  for index in "${!stage_names[@]}"; do
    printf '%-14s %8s\n' "${stage_names[$index]}" "${stage_seconds[$index]}"
  done
  printf '\n'
  cat target/sizes.txt target/demo.txt target/storm.txt 2>/dev/null || true
  printf '\n'
}

on_exit() {
  local status=$1
  trap '' INT TERM HUP
  end_descendants
  rm -rf "$TMPDIR"
  if [ "$status" -ge 128 ]; then
    printf '%s: STOPPED%s\n' "$verb_name" "${current_stage:+ in stage $current_stage}" >&2
  elif [ "$status" -ne 0 ]; then
    [ "$verb_name" != ci ] || show_table
    printf '%s: FAILED%s\n' "$verb_name" "${current_stage:+ at stage $current_stage}" >&2
  fi
  exit "$status"
}

# pid, parent and state of every process. Slim images have no ps, and Linux has /proc.
processes() {
  if command -v ps >/dev/null; then
    ps -A -o pid=,ppid=,stat=
  else
    sed -n 's/^\([0-9]*\) (.*) \([A-Za-z]\) \([0-9]*\) .*/\1 \3 \2/p' /proc/[0-9]*/stat 2>/dev/null || true
  fi
}

# By descent and not by process group: browsers are started in groups of their own.
descendants() {
  processes | awk -v root="$1" '
    { parent[$1] = $2 }
    END {
      for (pid in parent) {
        up = parent[pid]
        while (up != root && up in parent) up = parent[up]
        if (up == root) print pid
      }
    }'
}

# Of these processes, the ones that live. One that has ended and whom nobody has asked about is no process any more.
still_running() {
  processes | awk -v wanted="$1" '
    BEGIN { split(wanted, list); for (i in list) asked[list[i]] }
    ($1 in asked) && $3 !~ /^Z/ { print $1 }'
}

end_descendants() {
  local pids alive pid round
  pids=$(descendants $$ | tr '\n' ' ')
  for pid in $pids; do kill -TERM "$pid" 2>/dev/null || true; done
  for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 kill; do
    alive=$(still_running "$pids")
    [ -n "$alive" ] || return 0
    [ "$round" = kill ] || sleep 0.25
  done
  for pid in $alive; do kill -KILL "$pid" 2>/dev/null || true; done
}

#!/usr/bin/env bash
# Runs every fuzz target for so many seconds, two at a time, and says what came of it: `long.sh <seconds>`. What a target
# learns stays under target/fuzz and is where the next run begins.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

targets=(list invitation error)
seconds="$1"
programs="target/fuzz/$(rustc -vV | sed -n 's/^host: //p')/release"
logs=target/fuzz/logs crashes=target/fuzz/crashes corpora=target/fuzz/corpora

run_one() {
  local target="$1"
  mkdir -p "$logs" "$crashes" "$corpora/$target"
  "$programs/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
    -dict=fuzz/dialect.dict -artifact_prefix="$crashes/$target-" \
    "$corpora/$target" "fuzz/seeds/$target" >"$logs/$target.log" 2>&1
}

# The last line that counts, of a run that ended well or badly.
report_one() {
  local target="$1" log="$logs/$1.log" of
  of=$(sed -n 's/^INFO: Loaded .*(\([0-9]*\) inline.*/\1/p' "$log" | head -n 1)
  awk -v target="$target" -v of="${of:-?}" '
    function after(name,  i) { for (i = 1; i < NF; i++) if ($i == name) return $(i + 1); return "?" }
    /^#[0-9]+\t/ && / cov: / { last = $0 }
    /^stat::number_of_executed_units/ { runs = $2 }
    /^stat::average_exec_per_sec/ { rate = $2 }
    END {
      $0 = last
      printf "%-12s %12s %10s %7s/%s %9s %14s\n", target, runs, rate, after("cov:"), of, after("ft:"), after("corp:")
    }' "$log"
}

# What failed, the input that did it, and how to see it again.
report_crash() {
  local target="$1" log="$logs/$1.log" input
  input=$(sed -n 's/.*Test unit written to \(.*\)/\1/p' "$log" | tail -n 1)
  [ -n "$input" ] || { tail -n 20 "$log"; return; }
  printf '\n%s failed:\n' "$target"
  grep -m 1 -A 3 -E 'panicked at|ERROR: libFuzzer' "$log" || true
  printf 'again:      %s %s\n' "$programs/$target" "$input"
  printf 'for good:   cp %s fuzz/seeds/%s/\n' "$input" "$target"
}

if [ $# -eq 2 ]; then
  run_one "$2"
  exit
fi

failed=0
printf '%s\n' "${targets[@]}" | xargs -P 2 -n 1 bash scripts/long.sh "$seconds" || failed=1
printf '%-12s %12s %10s %12s %9s %14s\n' target executions per-second counters features corpus
for target in "${targets[@]}"; do report_one "$target"; done
for target in "${targets[@]}"; do
  grep -q '^Done [0-9]* runs' "$logs/$target.log" || report_crash "$target"
done
exit "$failed"

#!/usr/bin/env bash
# The one entry point. `./build.sh help` lists the verbs; each of them installs what it misses.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export LIAISON_ROOT="$PWD"
. scripts/stage.sh
. scripts/tools.sh

usage() {
  cat <<'TEXT'
usage: ./build.sh [verb]

  build          (or no verb) dist/extension/, to load unpacked as it is, and dist/liaison-<version>.zip
  run [--simulator] [--port 8787]
                 for daily use: the server, and a browser with a profile of its own and the extension in it, paired; both are kept
                 for the next time. With --simulator against the simulated LinkedIn, with a first task; kept apart from the real
  demo [--keep]  the whole thing on this machine: server, simulated LinkedIn, headless Chromium, four tasks
                 --keep leaves it running and prints the URLs and the API key, for a try with curl
  test           every test: native, wasm in a service worker, type check, published clients, the API's description, end to end in Chromium
  bench [rows]   core: how fast it is, beside plain JavaScript in the same Chromium, and how a long walk grows; task: from a POST
                 to LinkedIn; wake: from an ended worker to its poll; popup: from opening it to its first true line; idle: what having
                 nothing to do costs; server: it under load, on SQLite and on PostgreSQL. All of them without a name;
                 --tasks 60, --wakes 30, --popups 30 and --idle-minutes 2 say how many and how long
  lint           formatting, clippy for both targets, dependency policy, type check, the package and its manifest, shell scripts
  ci             lint, test, demo and a storm of 10 runs, then a table of times and sizes
  storm [--runs N] [--seed S] [--side-by-side K]
                 so many runs (10) with worker, browser and server ended at moments drawn from the seeds S, S + 1, … (1), K at a
                 time (2); ends badly when a task was lost, sent twice or told wrongly
  long [seconds] the fuzz targets, each for so long (600), two at a time; ends badly when one finds something
  model [big]    every state of the protocol's model (docs/MODEL.md), as a table; with big, bounds that take minutes
  screenshots [words]
                 the icons from their drawing; pictures of every page in every state, light, dark, narrow and German: target/screenshots/index.html, and those of
                 the documents to docs/screenshots; or only those whose name has one of the words in it
  coverage       which lines of src/voyager, src/clean and crates/{list,clean,json} tests run; ends badly below 95 %
  help           this text

CHROME=/path/to/chromium names the browser to use; cargo reads CARGO_BUILD_JOBS, CARGO_TARGET_DIR and its other variables.
TEXT
}

# ---- building ---------------------------------------------------------------------------------------------

build_wasm() { cargo build --package liaison --lib --profile wasm --target "$wasm_target"; }
build_glue() { bash scripts/glue.sh; }
build_package() { node scripts/package.mjs; }
build_programs() { cargo build --package liaison-server --package liaison-simulator; }

do_build() {
  need_rust
  need_wasm_target
  need_node
  need_npm_packages
  need_wasm_bindgen
  stage wasm build_wasm
  stage glue build_glue
  stage package build_package
}

# ---- lint -------------------------------------------------------------------------------------------------

lint_format() {
  cargo fmt --all --check
  cargo fmt --manifest-path fuzz/Cargo.toml --check
}
lint_host() { cargo clippy --quiet --workspace --all-targets -- -D warnings; }
# A workspace of its own, which no other verb of ci compiles. With --locked, so that its lock file keeps up.
lint_fuzz() { cargo clippy --quiet --locked --manifest-path fuzz/Cargo.toml --target-dir target/fuzz -- -D warnings; }
lint_wasm() { cargo clippy --quiet --package liaison --lib --tests --target "$wasm_target" -- -D warnings; }
lint_types() {
  node_modules/.bin/tsc --project extension
  node_modules/.bin/tsc --project crates/server/dashboard
  node_modules/.bin/tsc --project tests/storm
  node_modules/.bin/tsc --project scripts/bench
}
lint_policy() { bash scripts/policy.sh; }
lint_package() { node scripts/lint-package.mjs; }

lint_shell() {
  if command -v shellcheck >/dev/null; then
    shellcheck --external-sources --source-path=SCRIPTDIR build.sh .ci/run scripts/*.sh tests/*.sh
  else
    echo "shell scripts: only parsed, since shellcheck is not installed here"
    local script
    for script in build.sh .ci/run scripts/*.sh tests/*.sh; do bash -n "$script"; done
  fi
  local module
  for module in examples/node/*.mjs scripts/*.mjs scripts/{bench,run,screenshots,world}/*.mjs tests/extension/e2e/*.mjs tests/clients/*.*js tests/dashboard/*.mjs tests/openapi/*.mjs tests/storm/*.mjs; do node --check "$module"; done
}

do_lint() {
  need_cargo_deny
  need_cxx
  stage format lint_format
  stage clippy-host lint_host
  stage clippy-wasm lint_wasm
  stage clippy-fuzz lint_fuzz
  stage policy lint_policy
  stage types lint_types
  stage manifest lint_package
  stage shell lint_shell
}

# ---- test -------------------------------------------------------------------------------------------------

test_native() { cargo test --workspace; }
# Without a package the root one is meant, which alone exists on wasm32.
test_wasm() { bash scripts/wasm-test.sh; }
test_unit() {
  node scripts/run-node-tests.mjs unit tests/extension/unit
  node scripts/run-node-tests.mjs storm tests/storm
  node scripts/run-node-tests.mjs dashboard-unit tests/dashboard/unit
}
test_browser() { node scripts/run-node-tests.mjs e2e tests/extension/e2e; }
test_clients() { node scripts/run-node-tests.mjs clients tests/clients; }
test_dashboard() { node scripts/run-node-tests.mjs dashboard tests/dashboard; }
test_openapi() { node scripts/run-node-tests.mjs openapi tests/openapi; }

do_test() {
  need_browser
  need_postgres
  need_test_programs
  need_xvfb
  need_wasm_pack
  need_clients
  need_schemathesis
  rm -f target/node-tests/*.tap
  stage native test_native
  stage wasm-tests test_wasm
  stage types lint_types
  stage unit test_unit
  stage programs build_programs
  stage clients test_clients
  stage openapi test_openapi
  stage dashboard test_dashboard
  stage e2e test_browser
  node scripts/run-node-tests.mjs total
}

# ---- demo -------------------------------------------------------------------------------------------------

demo_run() { node scripts/demo.mjs "$@"; }

do_demo() {
  need_browser
  stage programs build_programs
  stage demo demo_run "$@"
}

# ---- run --------------------------------------------------------------------------------------------------

run_build() { cargo build --release --package liaison-server; }

# The shell hands over to the program: at Ctrl-C the browser is to write down what it has, in its own time.
do_run() {
  if [ "$simulated" = yes ]; then stage programs build_programs; else stage server run_build; fi
  rm -rf "$TMPDIR"
  unset TMPDIR
  exec node scripts/run.mjs "$@"
}

# ---- screenshots ------------------------------------------------------------------------------------------

screenshots_icons() { node scripts/icons.mjs; }
screenshots_take() { node scripts/screenshots.mjs "$@"; }

do_screenshots() {
  need_browser
  stage icons screenshots_icons
  stage screenshots screenshots_take "$@"
}

# ---- storm ------------------------------------------------------------------------------------------------

storm_run() { node tests/storm/main.mjs "$@"; }

do_storm() {
  need_test_programs
  need_browser
  stage programs build_programs
  stage storm storm_run "$@"
}

# ---- long and coverage: not part of ci --------------------------------------------------------------------

# Stable Rust has what fuzzing needs behind a switch. No sanitizer: our code holds no unsafe part, and each would cost
# half of the speed.
long_build() {
  RUSTC_BOOTSTRAP=1 cargo fuzz build --sanitizer none --debug-assertions --target-dir target/fuzz
}
long_run() { bash scripts/long.sh "$@"; }

do_long() {
  need_rust
  need_cxx
  need_cargo_fuzz
  stage fuzz-build long_build
  stage fuzz-run long_run "${1:-600}"
}

coverage_run() {
  cargo llvm-cov test --package liaison --package liaison-json --package liaison-list --lib --test fixtures --test it --test properties --test tables \
    --lcov --output-path target/coverage.lcov
}
coverage_read() { node scripts/coverage.mjs target/coverage.lcov 95 src/voyager src/clean crates/list/src crates/clean/src crates/json/src; }

do_coverage() {
  need_rust
  need_node
  need_llvm_tools
  need_cargo_llvm_cov
  stage coverage-run coverage_run
  stage coverage coverage_read
}

# ---- model ------------------------------------------------------------------------------------------------

model_run() { cargo run --quiet --package liaison-model --bin liaison-model -- "$@"; }

do_model() {
  need_rust
  stage model model_run "$@"
}

# ---- bench ------------------------------------------------------------------------------------------------

bench_wasm() { cargo build --package liaison-bench --lib --profile wasm --target "$wasm_target"; }
bench_glue() { bash scripts/glue.sh liaison_bench target/bench/pkg; }
# As they are run by those who use them: the tests' own builds are slower than what they are to show.
bench_native() { cargo build --release --bins --package liaison-bench --package liaison-server --package liaison-simulator; }
# The rows that were named, or all: what only one of them needs is not built for the others.
bench_wants() {
  local row="$1" word named=no
  shift
  while [ $# -gt 0 ]; do
    word="$1"
    shift
    case "$word" in
      "$row") return 0 ;;
      --*=*) ;;
      --*) [ $# -eq 0 ] || shift ;; # and its value
      *) named=yes ;;
    esac
  done
  [ "$named" = no ]
}
bench_server() { cargo bench --no-run --quiet --package liaison-server --bench load; }
bench_run() { node scripts/bench.mjs "$@"; }

do_bench() {
  need_rust
  need_wasm_target
  need_node
  need_npm_packages
  need_wasm_bindgen
  need_browser
  if bench_wants core "$@"; then
    stage wasm bench_wasm
    stage glue bench_glue
  fi
  stage native bench_native
  if bench_wants server "$@"; then
    need_postgres
    stage server bench_server
  fi
  stage bench bench_run "$@"
}

# ---- verbs ------------------------------------------------------------------------------------------------

verb="${1:-build}"
[ $# -eq 0 ] || shift
case "$verb" in
  demo) [ $# -eq 0 ] || [ "$*" = --keep ] || { usage >&2; exit 2; } ;;
  model) [ $# -eq 0 ] || [ "$*" = big ] || { usage >&2; exit 2; } ;;
  bench | storm | screenshots) ;; # read their own
  run)
    [[ " $*" =~ ^(\ --simulator|\ --port\ [0-9]+|\ )*$ ]] || { usage >&2; exit 2; }
    simulated=no
    # Before anything is built.
    need_display
    [[ " $* " != *" --simulator "* ]] || simulated=yes
    ;;
  long) [[ $# -le 1 && "${1:-600}" =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; } ;;
  *) [ $# -eq 0 ] || { usage >&2; exit 2; } ;;
esac
case "$verb" in
  build) begin build; do_build ;;
  run) begin run; do_build; do_run "$@" ;;
  demo) begin demo; do_build; do_demo "$@" ;;
  test) begin test; do_build; do_test ;;
  screenshots) begin screenshots; do_build; do_screenshots "$@" ;;
  storm) begin storm; do_build; do_storm "$@" ;;
  bench) begin bench; do_build; do_bench "$@" ;;
  lint) begin lint; do_build; do_lint ;;
  ci) begin ci; do_build; do_lint; do_test; do_demo; do_storm; show_table ;;
  long) begin long; do_long "$@" ;;
  model) begin model; do_model "$@" ;;
  coverage) begin coverage; do_coverage ;;
  help | -h | --help) usage; exit 0 ;;
  *) echo "build.sh: no verb '$verb'" >&2; usage >&2; exit 2 ;;
esac
finish

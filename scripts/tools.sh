# Sourced by build.sh: one function per tool that a verb needs. Each says nothing when the tool is there.
# shellcheck shell=bash

wasm_target=wasm32-unknown-unknown
wasm_pack_version=0.15.1
cargo_deny_version=0.20.2
cargo_fuzz_version=0.13.2
cargo_llvm_cov_version=0.9.1

# A tool that is missing is installed where cargo installs, so that it can also be typed by hand. One that is there in
# another version is somebody's: ours then goes to a folder of its own.
tools_dir="${LIAISON_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/liaison-tools}"
export PATH="$tools_dir/bin:$PATH"

give_up() {
  echo "$*" >&2
  exit 1
}

need_rust() {
  command -v cargo >/dev/null && return
  if [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  else
    give_up "Rust is missing: install rustup as https://rustup.rs says, then run this again"
  fi
}

# The folder exists as soon as rustc knows the target; its libraries are there once it is installed.
has_wasm_target() {
  compgen -G "$(rustc --print target-libdir --target "$wasm_target")/libcore-*.rlib" >/dev/null
}

need_wasm_target() {
  has_wasm_target && return
  command -v rustup >/dev/null ||
    give_up "the target $wasm_target is missing: install it for this Rust, or use rustup"
  stage rust-target rustup target add "$wasm_target"
}

need_node() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    give_up "Node.js 20 or newer with npm is missing: install it (Debian: apt-get install nodejs npm)"
  fi
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] ||
    give_up "Node.js 20 or newer is needed, this is $(node --version)"
}

need_npm_packages() {
  cmp -s package-lock.json node_modules/.installed-from && return
  stage npm-packages install_npm_packages
}

install_npm_packages() {
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.installed-from
}

# Tools are run for seconds and built for minutes: optimising them less saves about half of a cold run.
cargo_install() {
  local program="$1" root=()
  shift
  ! command -v "${program%-cli}" >/dev/null || root=(--root "$tools_dir" --force)
  env -u CARGO_TARGET_DIR CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo install ${root[@]+"${root[@]}"} "$program" "$@"
}

version_of() { "$@" --version 2>/dev/null | awk '{ print $2; exit }'; }

need_wasm_bindgen() {
  local wanted
  wanted=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)
  [ "$(version_of wasm-bindgen)" = "$wanted" ] && command -v wasm-bindgen-test-runner >/dev/null && return
  # Without --locked: its lock file pins releases that not every registry mirror still has.
  stage wasm-bindgen-cli cargo_install wasm-bindgen-cli --version "$wanted"
}

need_wasm_pack() {
  [ "$(version_of wasm-pack)" = "$wasm_pack_version" ] && return
  stage wasm-pack cargo_install wasm-pack --version "$wasm_pack_version" --locked
}

need_cargo_deny() {
  [ "$(version_of cargo-deny)" = "$cargo_deny_version" ] && return
  stage cargo-deny cargo_install cargo-deny --version "$cargo_deny_version" --locked
}

need_cargo_fuzz() {
  [ "$(version_of cargo-fuzz)" = "$cargo_fuzz_version" ] && return
  stage cargo-fuzz cargo_install cargo-fuzz --version "$cargo_fuzz_version" --locked
}

need_cargo_llvm_cov() {
  [ "$(version_of cargo llvm-cov)" = "$cargo_llvm_cov_version" ] && return
  stage cargo-llvm-cov cargo_install cargo-llvm-cov --version "$cargo_llvm_cov_version" --locked
}

# The compiler's own LLVM wrote the profiles, so its own tools have to read them.
need_llvm_tools() {
  local tools
  tools="$(rustc --print target-libdir)/../bin"
  [ -x "$tools/llvm-cov" ] && [ -x "$tools/llvm-profdata" ] && return
  command -v rustup >/dev/null || give_up "llvm-tools are missing: install them for this Rust, or use rustup"
  stage llvm-tools rustup component add llvm-tools
}

# libFuzzer is C++.
need_cxx() {
  command -v c++ >/dev/null && return
  can_install_packages || give_up "a C++ compiler is missing: install it (Debian: apt-get install g++) and run this again"
  stage c++ install_packages g++
}

# Chrome's own builds no longer take an extension from the command line (since 137); Chromium and
# Chrome for Testing do.
find_browser() {
  local name
  for name in chromium chromium-browser chrome-for-testing \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing"; do
    command -v "$name" && return
  done
  return 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install_packages() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

install_packages() {
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

try_packages() { install_packages "$@" || echo "apt has no $*"; }

# What the tests speak to the server with: curl as a caller does, task servers in plain Python, a certificate for a name
# that isn't ours.
need_test_programs() {
  local program missing=()
  for program in curl python3 openssl; do command -v "$program" >/dev/null || missing+=("$program"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  can_install_packages || give_up "the tests need ${missing[*]}: install it and run this again"
  stage test-programs install_packages "${missing[@]}"
}

# A display that nobody sees, for the tests of what opens a window.
need_xvfb() {
  command -v Xvfb >/dev/null && return
  can_install_packages || give_up "Xvfb is missing: install it (Debian: apt-get install xvfb) and run this again"
  stage xvfb install_packages xvfb
}

# The server's tests start clusters of their own from it. Debian would start one, too, for which nobody has asked.
need_postgres() {
  if command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then return; fi
  can_install_packages || give_up "PostgreSQL is missing: install it (Debian: apt-get install postgresql) and run this again"
  stage postgresql install_postgres
}

install_postgres() {
  install_packages postgresql-common
  as_root sed -i 's/^#* *create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  install_packages postgresql
}

# Published clients that the simulator has to satisfy, and LinkedIn's own, which the server has to. They go to a folder of
# their own and to nobody's environment.
need_clients() {
  local folder="$LIAISON_ROOT/target/clients" here="$LIAISON_ROOT/tests/clients"
  need_test_programs
  need_node
  need_python_clients "$folder/venv" "$here/requirements.txt" 'import linkedin_api, open_linkedin_api'
  need_python_clients "$folder/official" "$here/requirements-official.txt" 'import linkedin_api.clients.restli.client'
  { cmp -s "$here/package-lock.json" "$folder/node/.installed-from" &&
    cmp -s "$here/package.json" "$folder/node/package.json" &&
    (cd "$folder/node" && node -e 'require("linkedin-private-api"); require("linkedin-api-client")') 2>/dev/null; } ||
    stage node-clients install_node_clients "$folder/node" "$here"
}

# What holds the server against the description of its API.
need_schemathesis() {
  need_test_programs
  need_python_clients "$LIAISON_ROOT/target/openapi/venv" "$LIAISON_ROOT/tests/openapi/requirements.txt" 'import schemathesis'
}

# need_python_clients <environment> <requirements> <what it then runs>
need_python_clients() {
  # A Python that was upgraded or taken away leaves its environments behind, dead.
  cmp -s "$2" "$1/.installed-from" && "$1/bin/python" -c "$3" 2>/dev/null && return
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    can_install_packages ||
      give_up "Python's venv is missing: install it (Debian: apt-get install python3-venv), then run this again"
    stage python-venv install_packages python3-venv
  fi
  stage "python-clients-${1##*/}" install_python_clients "$1" "$2"
}

install_python_clients() {
  rm -rf "$1"
  python3 -m venv "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$2"
  cp "$2" "$1/.installed-from"
}

install_node_clients() {
  mkdir -p "$1"
  cp "$2/package.json" "$2/package-lock.json" "$1"
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
  cp "$2/package-lock.json" "$1/.installed-from"
}

# A window has to be shown somewhere. Other systems than Linux have one wherever a person is.
need_display() {
  [ "$(uname -s)" = Linux ] || return 0
  [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || return 0
  give_up "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), and Liaison works in a browser that you can see
and sign in with. Run this in a terminal of your desktop. To see it work without a display: ./build.sh demo. On a machine
that never has one: xvfb-run ./build.sh run (Debian: apt-get install xvfb xauth), and something such as x11vnc to sign in."
}

need_browser() {
  if [ -z "${CHROME:-}" ] || ! command -v chromedriver >/dev/null; then
    if ! find_browser >/dev/null || ! command -v chromedriver >/dev/null; then
      # Not every Debian-like system has these packages: then the sentences below say what to install.
      ! can_install_packages || stage chromium try_packages chromium chromium-driver
    fi
  fi
  CHROME="${CHROME:-$(find_browser || true)}"
  [ -n "$CHROME" ] ||
    give_up "Chromium is missing: install it (Debian: apt-get install chromium chromium-driver), or name it in CHROME"
  command -v chromedriver >/dev/null ||
    give_up "chromedriver is missing: install your Chromium's own (Debian: apt-get install chromium-driver)"
  export CHROME
}

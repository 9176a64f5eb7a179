#!/usr/bin/env bash
# cargo-deny: licences, duplicates and sources always; advisories when their database can be had.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo deny --log-level error check --hide-inclusion-graph licenses bans sources
cargo deny --locked --manifest-path fuzz/Cargo.toml --config deny.toml --log-level error check --hide-inclusion-graph \
  licenses bans sources
if cargo deny --log-level off fetch db >/dev/null 2>&1; then
  cargo deny --log-level error check --disable-fetch --hide-inclusion-graph advisories
else
  echo "advisories: NOT CHECKED, since the advisory database cannot be reached from here"
fi

#!/usr/bin/env bash
# glue.sh [name folder]: from cargo's <name>.wasm to the folder, by default from the core's to extension/pkg: the
# JavaScript glue by wasm-bindgen, then wasm-opt. Nothing is done again while the input and the tools are the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

name="${1:-liaison}"
out="${2:-extension/pkg}"
input="${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/wasm/$name.wasm"
wasm_opt=node_modules/.bin/wasm-opt
# --experimental-reset-state-function: after a trap the shell drops the poisoned instance and makes a new one.
bindgen_flags=(--target web --out-name "$name" --experimental-reset-state-function)
# Chrome compiles a function when it is first called. wasm-opt would make one of all that is called from one place alone, and the
# worker, when it wakes, would wait for what it does not need (docs/decisions/0008-wake.md).
opt_flags=(-Oz --one-caller-inline-max-function-size 50 --strip-debug --strip-producers)

made_from="$(cksum <"$input") $(wasm-bindgen --version) $("$wasm_opt" --version) ${bindgen_flags[*]} ${opt_flags[*]}"
if [ -f "$out/${name}_bg.wasm" ] && [ "$(cat "$out/.made-from" 2>/dev/null)" = "$made_from" ]; then
  echo "$out is up to date"
  exit 0
fi
# A folder of the side, so that a run that is stopped never leaves half a package behind.
fresh="$(mktemp -d "${TMPDIR:-/tmp}/liaison-glue.XXXXXX")"
trap 'rm -rf "$fresh"' EXIT
wasm-bindgen "${bindgen_flags[@]}" --out-dir "$fresh" "$input"
"$wasm_opt" "${opt_flags[@]}" "$fresh/${name}_bg.wasm" -o "$fresh/optimised.wasm"
mv "$fresh/optimised.wasm" "$fresh/${name}_bg.wasm"
printf '%s\n' "$made_from" >"$fresh/.made-from"
mkdir -p "$out"
rm -rf "${out:?}"/* "$out/.made-from"
cp "$fresh/$name"* "$out/"
cp "$fresh/.made-from" "$out/.made-from"
if [ -d "$fresh/snippets" ]; then cp -R "$fresh/snippets" "$out/"; fi

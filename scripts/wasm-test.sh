#!/usr/bin/env bash
# wasm-pack test in headless Chromium. CHROME reaches chromedriver through a copy of webdriver.json; without
# it, chromedriver finds a browser by itself, as it does for a `wasm-pack test` typed by hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mkdir -p target
node -e '
  const { readFileSync, writeFileSync } = require("node:fs");
  const capabilities = JSON.parse(readFileSync("webdriver.json", "utf8"));
  if (process.env.CHROME) capabilities["goog:chromeOptions"].binary = process.env.CHROME;
  writeFileSync("target/webdriver.json", JSON.stringify(capabilities));
'
export WASM_BINDGEN_TEST_WEBDRIVER_JSON="$PWD/target/webdriver.json"
exec wasm-pack --log-level warn test --headless --chrome

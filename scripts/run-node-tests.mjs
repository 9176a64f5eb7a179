// run-node-tests.mjs <name> <folder>: every *.test.mjs and *.test.js of a folder through node's test runner.
// run-node-tests.mjs total: one line over all of them, as `N passed, N failed`.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const RESULTS = "target/node-tests";
const [name, folder] = process.argv.slice(2);
if (name === "total") printTotal();
else runFolder(name, folder);

function runFolder(name, folder) {
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => /\.test\.m?js$/.test(file)).sort().map((file) => join(folder, file))
    : [];
  if (files.length === 0) {
    console.error(`${folder}: no test file there`);
    process.exit(1);
  }
  mkdirSync(RESULTS, { recursive: true });
  const runner = spawn(
    process.execPath,
    [
      "--test",
      // Each end-to-end file has a browser, a server and a simulator of its own, and mostly waits for the agent's pace.
      "--test-concurrency=3",
      // Every wait has a deadline of its own; this one is for what hangs all the same.
      "--test-timeout=900000",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=tap",
      `--test-reporter-destination=${RESULTS}/${name}.tap`,
      ...files,
    ],
    { stdio: "inherit" },
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => runner.kill("SIGTERM"));
  runner.on("exit", (code) => process.exit(code ?? 1));
}

function printTotal() {
  let passed = 0;
  let failed = 0;
  for (const file of readdirSync(RESULTS).filter((file) => file.endsWith(".tap"))) {
    const tap = readFileSync(join(RESULTS, file), "utf8");
    const count = (word) => Number(tap.match(new RegExp(`^# ${word} (\\d+)$`, "m"))?.[1] ?? 0);
    passed += count("pass");
    failed += count("fail") + count("cancelled");
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

// @ts-check
// main.mjs [--runs N] [--seed S] [--side-by-side K]: so many runs, each from its own seed (S, S + 1, …), and a table of what
// came of them. Ends badly when anything that was promised did not hold; such a run's files are kept and named.

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { endEverything, removeFolder, temporaryFolder } from "../../scripts/world/process.mjs";
import { planOf } from "./plan.mjs";
import { RunFailed } from "./report.mjs";
import { run } from "./run.mjs";
import { searchAll } from "./search.mjs";
import { tableOf } from "./table.mjs";
import { judge, untouched } from "./verdict.mjs";

const KEPT = join(import.meta.dirname, "../../target/storm");
const TABLE = `${KEPT}.txt`;

/** Of a run that did not get to its end. */
const NOTHING = { tasks: 0, completed: 0, failed: {}, unknownSent: 0, unknownUnsent: 0, invitations: 0, posts: 0, repeats: 0, severed: 0, torn: 0, lost: 0, off: 0 };

/** @typedef {import("./verdict.mjs").Tally & { kind: string, seed: number, strikes: number, seconds: number, lingering: string[] }} Result */

const [runs, first, lanes] = readArguments();
rmSync(KEPT, { recursive: true, force: true });

const seeds = Array.from({ length: runs }, (_, nth) => first + nth);
/** @type {Result[]} */
const results = [];
const started = performance.now();
await Promise.all(Array.from({ length: lanes }, lane));
const table = tableOf(results, performance.now() - started);
console.log(`\n${table}`);
writeFileSync(TABLE, table);
await endEverything();
const idle = untouched(results);
if (idle.length > 0) console.log(`VIOLATION nothing was struck in any run of ${idle.join(", ")}`);
process.exit(results.length === runs && idle.length === 0 && results.every(({ violations }) => violations.length === 0) ? 0 : 1);

/** @returns {[runs: number, seed: number, sideBySide: number]} */
function readArguments() {
  const wanted = { runs: "10", seed: "1", "side-by-side": "2" };
  const options = Object.fromEntries(Object.keys(wanted).map((name) => [name, { type: /** @type {const} */ ("string") }]));
  try {
    const given = { ...wanted, ...parseArgs({ options }).values };
    const [runs, seed, sideBySide] = [given.runs, given.seed, given["side-by-side"]].map(wholeNumber);
    if (runs && seed !== undefined && sideBySide) return [runs, seed, sideBySide];
  } catch {
    // An option that there is not.
  }
  console.error("usage: main.mjs [--runs N] [--seed S] [--side-by-side K]");
  process.exit(2);
}

/** @param {string} text */
function wholeNumber(text) {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

async function lane() {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
    const result = await oneRun(seed);
    results.push(result);
    printLine(result);
  }
}

/** @param {number} seed @returns {Promise<Result>} */
async function oneRun(seed) {
  const plan = planOf(seed);
  const folder = temporaryFolder("storm");
  const begun = performance.now();
  const about = { kind: plan.kind, seed };
  /** @type {unknown} */
  let record = plan;
  /** @type {Result} */
  let result;
  try {
    const report = await run(plan, folder);
    record = report;
    const tally = judge(report);
    const { violations, lingering } = searchAll(report, folder);
    tally.violations.push(...violations.map((find) => `found: ${find}`));
    result = { ...about, ...tally, strikes: report.strikes, lingering, seconds: (performance.now() - begun) / 1000 };
  } catch (error) {
    const failed = error instanceof RunFailed ? error : null;
    record = failed?.record ?? record;
    const reason = failed?.message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
    const violations = [`the run itself failed: ${reason}`];
    result = { ...about, ...NOTHING, strikes: 0, lingering: [], seconds: 0, violations };
  }
  if (result.violations.length > 0) keep(seed, folder, record);
  removeFolder(folder);
  return result;
}

/** @param {number} seed @param {string} folder @param {unknown} record */
function keep(seed, folder, record) {
  const to = join(KEPT, String(seed));
  mkdirSync(to, { recursive: true });
  cpSync(folder, to, { recursive: true, verbatimSymlinks: true, filter: (path) => !/Singleton/.test(path) });
  writeFileSync(join(to, "record.json"), JSON.stringify(record, null, 1));
}

/** @param {Result} result */
function printLine({ seed, kind, seconds, tasks, completed, strikes, violations }) {
  console.log(`seed ${seed}: ${kind}, ${strikes} strikes, ${completed} of ${tasks} completed, ${seconds.toFixed(1)} s`);
  for (const violation of violations) console.log(`  VIOLATION ${violation}\n  kept in target/storm/${seed}; again: ./build.sh storm --runs 1 --seed ${seed}`);
}

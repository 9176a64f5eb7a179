// @ts-check
// The storm's table: a line for each kind of disturbance, and one for all.

import { KINDS } from "./plan.mjs";

/** @typedef {import("./main.mjs").Result} Result */

/** @type {[title: string, value: (results: Result[]) => string | number][]} */
const COLUMNS = [
  ["runs", (results) => results.length],
  ["strikes", (results) => sum(results, ({ strikes }) => strikes)],
  ["torn", (results) => sum(results, ({ torn }) => torn)],
  ["lost by Chrome", (results) => sum(results, ({ lost }) => lost)],
  ["left off by Chrome", (results) => sum(results, ({ off }) => off)],
  ["cut connections", (results) => sum(results, ({ severed }) => severed)],
  ["tasks", (results) => sum(results, ({ tasks }) => tasks)],
  ["completed", (results) => sum(results, ({ completed }) => completed)],
  ["unknown, sent", (results) => sum(results, ({ unknownSent }) => unknownSent)],
  ["unknown, not sent", (results) => sum(results, ({ unknownUnsent }) => unknownUnsent)],
  ["invitations", (results) => sum(results, ({ invitations }) => invitations)],
  ["POSTs", (results) => sum(results, ({ posts }) => posts)],
  ["Chrome's repeats", (results) => sum(results, ({ repeats }) => repeats)],
  ["violations", (results) => sum(results, ({ violations }) => violations.length)],
  ["s a run", (results) => (sum(results, ({ seconds }) => seconds) / results.length).toFixed(1)],
  ["failed otherwise", (results) => codes(results)],
];

/** @param {Result[]} results @param {(result: Result) => number} value */
const sum = (results, value) => results.reduce((total, result) => total + value(result), 0);

/** @param {Result[]} results */
function codes(results) {
  /** @type {Record<string, number>} */
  const all = {};
  for (const { failed } of results) for (const [code, count] of Object.entries(failed)) all[code] = (all[code] ?? 0) + count;
  return Object.entries(all).map(([code, count]) => `${code} ${count}`).join(", ") || "none";
}

/** @param {Result[]} results @param {number} tookMs */
export function tableOf(results, tookMs) {
  const kinds = KINDS.map((kind) => /** @type {const} */ ([kind, results.filter((result) => result.kind === kind)]));
  const lines = [...kinds.filter(([, of]) => of.length > 0), /** @type {const} */ (["all", results])];
  const rows = [["storm", ...COLUMNS.map(([title]) => title)]];
  for (const [name, of] of lines) rows.push([name, ...COLUMNS.map(([, value]) => String(value(of)))]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (/** @type {string} */ cell, /** @type {number} */ column) =>
    column === 0 || column === widths.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const table = rows.map((row) => row.map(padded).join("  ").trimEnd());
  return [...table, ...lingeringOf(results), `${results.length} runs in ${(tookMs / 1000).toFixed(0)} s`, ""].join("\n");
}

/** @param {Result[]} results */
function lingeringOf(results) {
  const touched = results.filter(({ lingering }) => lingering.length > 0);
  const example = touched[0];
  return [
    `overwritten values still in the raw files of the extension's storage: in ${touched.length} of ${results.length} runs`,
    ...(example ? [`  such as, seed ${example.seed}: ${example.lingering.join("; ")}`] : []),
  ];
}

// Reads an lcov report and holds folders to a share of lines that the native tests run. Tests inside a file don't
// count: they run by themselves.
//
//   node scripts/coverage.mjs <report> <percent> <folder>…

import { readFileSync } from "node:fs";
import path from "node:path";

const [report, wanted, ...folders] = process.argv.slice(2);
const root = process.env.LIAISON_ROOT ?? process.cwd();

/** The line of a file from which on there are only tests: where its test module begins, which has to come last. */
function firstTestLine(file) {
  const lines = readFileSync(file, "utf8").split("\n");
  const at = lines.findIndex((line, at) => line === "#[cfg(test)]" && /^mod \w+( \{|;)$/.test(lines[at + 1] ?? ""));
  if (at < 0) return Infinity;
  const inside = lines[at + 1].endsWith("{");
  const end = inside ? lines.indexOf("}", at + 2) : at + 1;
  if (end < 0 || lines.slice(end + 1).some((line) => line.trim() !== "")) {
    console.error(`${file}: code follows the tests, where nobody would count it`);
    process.exit(1);
  }
  return at + 1;
}

/** Per file, which of its lines hold code and which of these ran. */
function lines() {
  const files = new Map();
  for (const record of readFileSync(report, "utf8").split("end_of_record")) {
    const source = /^SF:(.*)$/m.exec(record)?.[1];
    if (!source) continue;
    const name = path.relative(root, source).replaceAll("\\", "/");
    if (!folders.some((folder) => name === `${folder}.rs` || name.startsWith(`${folder}/`))) continue;
    const end = firstTestLine(source);
    const found = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(([, line, runs]) => [Number(line), Number(runs)]);
    const code = found.filter(([line]) => line < end);
    files.set(name, { code: code.length, missed: code.filter(([, runs]) => runs === 0).map(([line]) => line) });
  }
  return new Map([...files].sort());
}

/** 1,2,3,7 as 1-3 7. */
function ranges(numbers) {
  const parts = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(" ");
}

const percent = (code, missed) => (code === 0 ? 100 : (100 * (code - missed)) / code);
const files = lines();
let short = false;
for (const folder of folders) {
  const within = [...files].filter(([name]) => name === `${folder}.rs` || name.startsWith(`${folder}/`));
  let [code, missed] = [0, 0];
  for (const [name, file] of within) {
    code += file.code;
    missed += file.missed.length;
    const share = percent(file.code, file.missed.length).toFixed(1).padStart(6);
    console.log(`${share} %  ${name}${file.missed.length > 0 ? `  not run: ${ranges(file.missed)}` : ""}`);
  }
  const share = percent(code, missed);
  const enough = code > 0 && share >= Number(wanted);
  short ||= !enough;
  const verdict = enough ? "" : `  less than ${wanted} %`;
  console.log(`${share.toFixed(1).padStart(6)} %  ${folder}, ${code - missed} of ${code} lines${verdict}\n`);
}
process.exit(short ? 1 : 0);

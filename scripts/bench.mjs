// bench.mjs [row…] [--tasks n] [--wakes n] [--popups n] [--idle-minutes n]: measures what is named, or everything, and prints it.
//
// It ends well whatever comes out: what a machine was busy with is no failure of the code. A number that is missed is marked.

import { parseArgs } from "node:util";
import { core } from "./bench/core.mjs";
import { idle } from "./bench/idle.mjs";
import { popup } from "./bench/popup.mjs";
import { server } from "./bench/server.mjs";
import { task } from "./bench/task.mjs";
import { wake } from "./bench/wake.mjs";
import { endEverything } from "./world.mjs";

const ROWS = { core, task, wake, popup, idle, server };
/** Long enough to see what is wrong. The numbers for the record are of 200 tasks and 10 minutes (docs/TESTING.md). */
const DEFAULTS = { tasks: "60", wakes: "30", popups: "30", "idle-minutes": "2" };

const number = (name) => ({ type: /** @type {const} */ ("string"), default: DEFAULTS[name] });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tasks: number("tasks"), wakes: number("wakes"), popups: number("popups"), "idle-minutes": number("idle-minutes") },
});
const unknown = positionals.filter((row) => !Object.hasOwn(ROWS, row));
const settings = {
  tasks: Number(values.tasks),
  wakes: Number(values.wakes),
  popups: Number(values.popups),
  idleMinutes: Number(values["idle-minutes"]),
};
if (unknown.length > 0 || Object.values(settings).some((value) => !(value > 0))) {
  console.error(`bench: rows are ${Object.keys(ROWS).join(", ")}; options take a number above 0`);
  process.exit(2);
}
const asked = positionals.length > 0 ? positionals : Object.keys(ROWS);
try {
  for (const row of asked) await ROWS[row](settings);
} finally {
  await endEverything();
}

// @ts-check
// What a run leaves behind, to be judged: also one that did not get to its end.

import { runProgram, within } from "../../scripts/world/process.mjs";
import { CONNECTIONS } from "./plan.mjs";
import { insist } from "./run.mjs";

/** @typedef {import("./run.mjs").World} World */

const ANSWER_WITHIN_MS = 120_000;

/** What Node has no reader for. */
const ROWS = `import json, sqlite3, sys
database = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
print(json.dumps([{"id": id, "state": state} for id, state in database.execute("SELECT id, state FROM task ORDER BY seq")]))`;

/** A run that did not get to its end, with what it had seen until then. */
export class RunFailed extends Error {
  /** @param {unknown} cause @param {World} world @param {unknown} journal the simulator's, as far as it can be had */
  constructor(cause, { plan, ids, events, fetches, lives, blind, console: lines, logs, server, simulator }, journal) {
    super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    const seen = { lines, logs: [...logs, server.log(), simulator.log()] };
    // What is ended afterwards may still add to them, long after the journal was fetched.
    this.record = structuredClone({ plan, ids, events, fetches, lives, blind, journal, seen });
  }
}

/** @param {World} world */
export async function report(world) {
  const { plan, simulator, chromium } = world;
  const tasks = [];
  for (const id of world.ids) tasks.push((await insist(world, () => world.api.status(id))).json.data);
  const storage = await chromium.storage();
  const answer = (/** @type {string} */ kind) => within(chromium.command({ kind }), ANSWER_WITHIN_MS, `an answer to ${kind}`);
  const answers = { status: await answer("status"), log: await answer("export_log") };
  const popup = await within(chromium.read("popup/popup.html", "document.querySelector('main')?.innerText"), ANSWER_WITHIN_MS, "the popup");
  const journal = await simulator.journal();
  const people = await simulator.people(CONNECTIONS);
  const rows = await rowsOf(world);
  await chromium.close();
  world.logs.push(world.server.log(), simulator.log());
  const { ids, events, fetches, lives, blind, hits, console: lines, logs, leases, agentToken, apiKey, pairingCode, session } = world;
  const known = { agentToken, apiKey, pairingCode, session, leases: [...leases] };
  const seen = { storage, answers, popup, lines, logs };
  return { plan, ids, tasks, rows, events, fetches, lives, blind, strikes: hits, journal, people, known, seen };
}

/** Every task in the server's file, whoever asked for it. @param {World} world @returns {Promise<{ id: string, state: string }[]>} */
async function rowsOf({ database }) {
  const { code, stdout, stderr } = await runProgram("python3", ["-c", ROWS, database]);
  if (code !== 0) throw new Error(`the server's file can't be read: ${stderr}`);
  return JSON.parse(stdout);
}

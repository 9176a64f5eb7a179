// @ts-check
// From a caller's POST to the request at LinkedIn: a parked agent, its journal written first, TLS and the loopback interface.

import { Agent, request } from "node:http";
import { EXTENSION, startServer, startSimulator, within } from "../world.mjs";
import { at, head, insistOnClock, leftOut, line, loadNow, now, readClock, readClockUnset, sorted, until, verdict, wasSet } from "./figures.mjs";
import { preparedProfile, startQuietBrowser, withStopwatch } from "./quiet-browser.mjs";
import { serverLog } from "./server-log.mjs";

/** @type {[string, number, number][]} */
const WANTED = [["p50", 0.5, 12], ["p99", 0.99, 50]];
const WARM_UP = 3;
/** The parts are looked at in a run of their own, with the stopwatch and the server's log on. */
const PARTS_OF = 4;
/** The longest gap between two reads (docs/ARCHITECTURE.md), and a little: earlier, the agent would wait for its pace. */
const GAP_MS = 2_550;
const LOOK_EVERY_MS = 200;
const DEADLINE_MS = 60_000;
/** More than the clocks of two processes are apart, and less than the gap: no other task is in it. The clock is read so long before one. */
const APART_MS = 100;
const CREATE = "/linkedin-agent/fetch-connections";

/** @param {{ tasks: number }} settings */
export async function task({ tasks }) {
  console.log(`\nTask POST to Voyager request on the wire, in ms: ${tasks} read tasks, ${loadNow()}`);
  const { times, answers, spoilt } = await run(tasks);
  console.log(head(""));
  console.log(line("caller's clock before it sends -> head at LinkedIn", times));
  console.log(line("  (the caller's own answer, for comparison)", answers));
  for (const said of leftOut(spoilt)) console.log(said);
  for (const [name, part, most] of WANTED) console.log(verdict(`${name}, task POST to wire`, at(sorted(times), part), most));

  const some = Math.max(1, Math.ceil(tasks / PARTS_OF));
  console.log(`\nWhere it goes: ${some} more tasks, with a stopwatch in the worker and the server's log on, ${loadNow()}`);
  const { parts, spoilt: spoiltParts } = await run(some, { stopwatch: true });
  console.log(head(""));
  for (const [what, values] of parts) console.log(line(what, values));
  for (const said of leftOut(spoiltParts)) console.log(said);
  console.log(loadNow());
}

async function run(tasks, { stopwatch = false } = {}) {
  const log = serverLog();
  const [simulator, server] = await Promise.all([
    startSimulator({ profile: "release" }),
    startServer({ profile: "release", ...(stopwatch ? log.options : {}) }),
  ]);
  const extension = stopwatch ? withStopwatch() : EXTENSION;
  const profile = await preparedProfile(simulator, server, { extension });
  const beforeStart = readClock();
  const browser = startQuietBrowser(simulator, { profile, extension });
  const caller = callerOf(server);
  const page = stopwatch ? await browser.openPage() : null;
  // A worker that tells its marks has read the clock, and counts on from there.
  if (page) await marksOf(page);
  const origin = readClockUnset(beforeStart);
  const parts = new Map();
  const times = [];
  const answers = [];
  let spoilt = 0;
  let before = origin;
  for (let done = 0; times.length < tasks; done += 1) {
    if (page && done > 0) await marksOf(page);
    const { sentMs, answeredMs, id } = await caller.create();
    const arrivedMs = await arrival(simulator, done);
    await caller.ended(id);
    const isSpoilt = wasSet(before, readClock());
    if (done >= WARM_UP && isSpoilt) insistOnClock((spoilt += 1), tasks);
    if (done >= WARM_UP && !isSpoilt) {
      times.push(arrivedMs - sentMs);
      answers.push(answeredMs - sentMs);
      if (page) await addParts(parts, { sentMs, arrivedMs, log, marks: await marksOf(page, before - origin) });
    }
    await until(arrivedMs + GAP_MS - APART_MS);
    before = readClock();
    await until(arrivedMs + GAP_MS);
  }
  for (const part of [browser, server, simulator]) await part.stop();
  return { times, answers, parts, spoilt };
}

/** A caller with a connection of its own that stays open. */
function callerOf({ url, apiKey }) {
  const agent = new Agent({ keepAlive: true });
  const headers = { "x-api-key": apiKey, "content-type": "application/json" };
  const call = (method, path, body) =>
    new Promise((resolve, reject) => {
      const asked = request(`${url}${path}`, { method, headers, agent }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (more) => (text += more)).on("error", reject);
        answer.on("end", () => resolve(JSON.parse(text)));
      });
      asked.on("error", reject).end(body);
    });

  async function create() {
    const sentMs = now();
    const { api_agent_task_id: id } = await call("POST", CREATE, '{"count":40}');
    return { sentMs, answeredMs: now(), id };
  }

  async function ended(id) {
    const { data } = await call("GET", `/linkedin-agent/get-task-status?wait=25&api_agent_task_id=${id}`);
    if (data?.status !== "completed") throw new Error(`a read task ended so: ${JSON.stringify(data)}`);
  }
  return { create, ended };
}

/** When the list was asked for so many times. It is looked for after the measured way, so that looking costs it nothing. */
async function arrival(simulator, nth) {
  for (const end = now() + DEADLINE_MS; now() < end; ) {
    await until(now() + LOOK_EVERY_MS);
    const { requests } = await simulator.journal();
    const lists = requests.filter(({ path }) => path.startsWith("/voyager/api/relationships/dash/connections"));
    if (lists.length > nth + 1) throw new Error("a task asked for the list twice");
    if (lists.length === nth + 1) return lists[nth].arrived_us / 1000;
  }
  throw new Error(`the list was not asked for within ${DEADLINE_MS / 1000} s`);
}

const TELL = `new Promise((resolve) => {
  const channel = new BroadcastChannel("stopwatch");
  channel.onmessage = ({ data }) => Array.isArray(data) && (channel.close(), resolve(data));
  channel.postMessage("tell");
})`; // a worker that does not run tells nothing

/**
 * What the stopwatch has noted since it was last asked.
 *
 * @param {number} [setByMs] how far the wall clock was set since the worker started: it counts on from where the clock was then
 */
export async function marksOf(page, setByMs = 0) {
  const marks = await within(page.evaluate(TELL), DEADLINE_MS, "the worker's stopwatch");
  return marks.map(([what, atMs]) => [what, atMs + setByMs]);
}

async function addParts(parts, { sentMs, arrivedMs, log, marks }) {
  const came = await log.first("came", CREATE, sentMs - APART_MS);
  const offered = await log.first("answered", "/agent/v1/poll", came);
  const mark = (name) => marks.find(([what, atMs]) => what === name && atMs >= came - APART_MS)?.[1] ?? NaN;
  const way = [
    ["caller sends -> head at the server", sentMs, came],
    ["-> offer on disk, its head handed to the socket", came, offered],
    ["-> the worker has the answer's head", offered, mark("poll<")],
    ["-> and its text", mark("poll<"), mark("text<")],
    ["-> journal write begins", mark("text<"), mark("local.set>")],
    ["-> journal written", mark("local.set>"), mark("local.set<")],
    ["-> cookies asked for", mark("local.set<"), mark("cookie>")],
    ["-> fetch called", mark("cookie>"), mark("site>")],
    ["-> head at LinkedIn", mark("site>"), arrivedMs],
    ["the whole, with stopwatch and log", sentMs, arrivedMs],
  ];
  for (const [what, from, to] of way) parts.set(what, [...(parts.get(what) ?? []), to - from]);
}

// @ts-check
// From what wakes the worker to its poll at the server: the worker is ended, as Chrome does it, and a page's message wakes it.

import { EXTENSION, startServer, startSimulator } from "../world.mjs";
import { head, insistOnClock, leftOut, line, loadNow, median, now, readClock, readClockUnset, until, verdict, wasSet } from "./figures.mjs";
import { preparedProfile, startQuietBrowser, withStopwatch } from "./quiet-browser.mjs";
import { serverLog } from "./server-log.mjs";
import { marksOf } from "./task.mjs";

const WANTED_MS = 40;
const POLL = "/agent/v1/poll";
const SETTLE_MS = 700;
/** What the popup says when it opens. */
const WAKE = `(() => {
  const at = performance.timeOrigin + performance.now();
  chrome.runtime.sendMessage({ kind: "status" }).catch(() => {});
  return at;
})()`;

/** @param {{ wakes: number }} settings */
export async function wake({ wakes }) {
  console.log(`\nWorker wake to first poll on the wire, in ms: ${wakes} wakes, ${loadNow()}`);
  const { times, spoilt } = await run(wakes);
  console.log(head(""));
  console.log(line("a page's message to a worker that was ended -> poll's head", times));
  for (const said of leftOut(spoilt)) console.log(said);
  console.log(verdict("median, wake to first poll", median(times), WANTED_MS));
  console.log(`\nWhere it goes: ${wakes} more wakes, with a stopwatch in the worker, ${loadNow()}`);
  const { parts, spoilt: spoiltParts } = await run(wakes, { stopwatch: true });
  console.log(head(""));
  for (const [what, values] of parts) console.log(line(what, values));
  for (const said of leftOut(spoiltParts)) console.log(said);
}

async function run(wakes, { stopwatch = false } = {}) {
  const log = serverLog();
  const [simulator, server] = await Promise.all([
    startSimulator({ profile: "release" }),
    startServer({ profile: "release", ...log.options }),
  ]);
  const extension = stopwatch ? withStopwatch() : EXTENSION;
  const profile = await preparedProfile(simulator, server, { extension });
  const beforeStart = readClock();
  const started = now();
  const browser = startQuietBrowser(simulator, { profile, extension });
  await log.first("came", POLL, started);
  const page = await browser.openPage();
  // By now the page has read the clock, and counts on from there.
  await page.evaluate("performance.timeOrigin");
  const origin = readClockUnset(beforeStart);
  const stopWorker = await stopper(page);
  const times = [];
  const parts = new Map();
  let spoilt = 0;
  while (times.length < wakes) {
    await until(now() + SETTLE_MS);
    const stoppedMs = await stopWorker();
    const before = readClock();
    await until(now() + SETTLE_MS);
    const causeMs = (await page.evaluate(WAKE)) + before - origin;
    const cameMs = await log.first("came", POLL, stoppedMs);
    if (wasSet(before, readClock())) {
      insistOnClock((spoilt += 1), wakes);
      continue;
    }
    // The watchdog's alarm was first: whose wake it is can't be told.
    if (cameMs < causeMs) continue;
    times.push(cameMs - causeMs);
    if (stopwatch) addParts(parts, { causeMs, cameMs, marks: await marksOf(page) });
  }
  for (const part of [browser, server, simulator]) await part.stop();
  return { times, parts, spoilt };
}

/** Ends the worker; says when it was gone. */
export async function stopper(page) {
  let gone = () => {};
  page.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
    if (versions.some(({ runningStatus }) => runningStatus === "stopped")) gone();
  });
  await page.send("ServiceWorker.enable");
  return async () => {
    const stopped = new Promise((resolve) => (gone = () => resolve(undefined)));
    await page.send("ServiceWorker.stopAllWorkers");
    await stopped;
    return now();
  };
}

function addParts(parts, { causeMs, cameMs, marks }) {
  const mark = (name) => marks.find(([what]) => what === name)?.[1] ?? NaN;
  const way = [
    ["message -> the worker's clock starts", causeMs, mark("worker")],
    ["-> its script runs, all modules loaded", mark("worker"), mark("script")],
    ["-> wasm's head read from the package", mark("script"), mark("wasm>")],
    ["-> wasm compiled and instantiated", mark("wasm>"), mark("wasm<")],
    ["-> poll's fetch called: journal read, first step", mark("wasm<"), mark("poll>")],
    ["-> poll's head at the server", mark("poll>"), cameMs],
    ["  (script -> storage read, at the same time)", mark("script"), Math.max(mark("local.get<"), mark("session.get<"))],
    ["the whole, with stopwatch", causeMs, cameMs],
  ];
  for (const [what, from, to] of way) parts.set(what, [...(parts.get(what) ?? []), to - from]);
}

// @ts-check
// What it costs to have nothing to do: requests, bytes, processor time, memory, starts of the worker. Beside it the same browser
// without the extension, at the same time, since a browser is never quite idle itself.

import { readFileSync, readdirSync } from "node:fs";
import { connect, createServer } from "node:net";
import { endsBy, extensionId, startServer, startSimulator } from "../world.mjs";
import { loadNow, now, until } from "./figures.mjs";
import { preparedProfile, startQuietBrowser } from "./quiet-browser.mjs";
import { serverLog } from "./server-log.mjs";

const POLL = "/agent/v1/poll";
/** What a start leaves behind is over by then. */
const SETTLE_MS = 60_000;
/** Linux counts processor time for /proc in hundredths of a second on every machine of today. */
const TICKS_A_SECOND = 100;
const KIB = 1024;
const WORKER = `chrome-extension://${extensionId()}/service-worker.js`;

/** @param {{ idleMinutes: number }} settings */
export async function idle({ idleMinutes }) {
  console.log(`\nThe cost of idling for ${idleMinutes} min, parked, ${loadNow()}`);
  const log = serverLog();
  const [simulator, server] = await Promise.all([
    startSimulator({ profile: "release" }),
    startServer({ profile: "release", ...log.options }),
  ]);
  const [toServer, toLinkedIn] = [await countedWay(portOf(server.url)), await countedWay(simulator.port)];
  const behind = { ...simulator, port: String(toLinkedIn.port) };
  const profile = await preparedProfile(simulator, server, { url: `http://127.0.0.1:${toServer.port}` });
  const started = now();
  const browser = startQuietBrowser(behind, { profile });
  const starts = await startsOf(browser);
  const bare = startQuietBrowser(behind, { more: ["--disable-extensions"] });
  await log.first("came", POLL, started);
  await until(now() + SETTLE_MS);

  const look = () => ({
    requests: log.seen.filter(({ what }) => what === "came").length,
    server: toServer.counted(),
    linkedIn: toLinkedIn.counted(),
    workers: starts(),
    ours: processesOf(browser.pid),
    bare: processesOf(bare.pid),
  });
  const before = look();
  await until(now() + idleMinutes * 60_000);
  const after = look();
  print(before, after, idleMinutes);
  for (const part of [browser, bare, toServer, toLinkedIn, server, simulator]) await part.stop();
}

const portOf = (url) => new URL(url).port;

/** A way to a port of this machine that counts connections and bytes. */
async function countedWay(port) {
  const counted = { connections: 0, sent: 0, received: 0 };
  const open = new Set();
  const way = createServer((near) => {
    counted.connections += 1;
    const far = connect(Number(port), "127.0.0.1");
    for (const end of [near, far]) {
      end.setNoDelay(true).on("error", () => {});
      open.add(end);
      end.on("close", () => open.delete(end));
    }
    near.on("data", (bytes) => void (counted.sent += bytes.length)).pipe(far);
    far.on("data", (bytes) => void (counted.received += bytes.length)).pipe(near);
  });
  await new Promise((resolve) => way.listen(0, "127.0.0.1", () => resolve(undefined)));
  const stop = endsBy(async () => {
    for (const end of open) end.destroy();
    way.close();
  });
  const { port: own } = /** @type {import("node:net").AddressInfo} */ (way.address());
  return { port: own, counted: () => ({ ...counted }), stop };
}

/** How often the worker was started, seen from outside: a list of targets keeps nothing alive. */
async function startsOf(browser) {
  let count = 0;
  browser.on("Target.targetCreated", ({ targetInfo: { type, url } }) => {
    if (type === "service_worker" && url === WORKER) count += 1;
  });
  await browser.call("Target.setDiscoverTargets", { discover: true });
  return () => count;
}

/** A browser's processes: the one that was started and all that come from it. */
function processesOf(root) {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => processOf(Number(pid)));
  const family = new Set([root]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid }) => family.has(pid));
}

/** None when it has ended meanwhile. */
function processOf(pid) {
  try {
    // The name, which may hold anything, ends with the last bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    const isExtension = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--extension-process");
    const memory = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const kept = (name) => Number(memory.match(new RegExp(`^${name}:\\s+(\\d+) kB`, "m"))?.[1] ?? 0) * KIB;
    const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    return [{ pid, parent: Number(fields[1]), isExtension, seconds, rss: kept("Rss"), pss: kept("Pss") }];
  } catch {
    return [];
  }
}

const sum = (processes, member) => processes.reduce((total, one) => total + one[member], 0);
const extensionOf = (processes) => processes.filter(({ isExtension }) => isExtension);
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function print(before, after, minutes) {
  const grown = (part, member) => after[part][member] - before[part][member];
  const seconds = (of) => sum(of(after), "seconds") - sum(of(before), "seconds");
  const [ours, bare] = [seconds(({ ours }) => ours), seconds(({ bare }) => bare)];
  const worker = seconds(({ ours }) => extensionOf(ours));
  const memory = extensionOf(after.ours);
  const rows = [
    ["requests to the task server", `${after.requests - before.requests}`],
    ["  bytes to it, from it", `${grown("server", "sent")}, ${grown("server", "received")}`],
    ["connections to LinkedIn", `${grown("linkedIn", "connections")}`],
    ["  bytes to it, from it", `${grown("linkedIn", "sent")}, ${grown("linkedIn", "received")}`],
    ["processor time of all of the browser's processes", `${ours.toFixed(2)} s`],
    ["  of the same browser without the extension", `${bare.toFixed(2)} s`],
    ["  of the extension's process", `${worker.toFixed(2)} s, ${((worker / (minutes * 60)) * 100).toFixed(3)} % of a core`],
    ["memory of the extension's process", `${megabytes(sum(memory, "pss"))} its share (PSS), ${megabytes(sum(memory, "rss"))} RSS`],
    ["  at the beginning", `${megabytes(sum(extensionOf(before.ours), "pss"))} PSS`],
    ["  all of the browser's processes", `${megabytes(sum(after.ours, "pss"))} PSS, without the extension ${megabytes(sum(after.bare, "pss"))}`],
    ["starts of the worker meanwhile", `${after.workers - before.workers}`],
  ];
  for (const [what, value] of rows) console.log(`${what.padEnd(52)} ${value}`);
  const quiet = grown("linkedIn", "connections") === 0 && grown("linkedIn", "sent") === 0;
  console.log(`${quiet ? "   held" : "MISSED"}  nothing is said to LinkedIn`);
  console.log(loadNow());
}

// @ts-check
// run.mjs [--simulator] [--port n]: the server and a browser with the extension, paired and kept for the next time.
//
// With --simulator LinkedIn is the simulated one, and a first task is carried out. Its data is kept apart from the real.

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { findBrowser } from "./run/find.mjs";
import { isHeard, keptIn, ownAgent, packageDigest } from "./run/kept.mjs";
import { makeReady } from "./run/make-ready.mjs";
import { byHand, nextSteps, running } from "./run/words.mjs";
import { openWindow } from "./run/window.mjs";
import { ENDED_WELL, builtProgram, callsOf, endEverything, endsBy, extensionId, isEnding, said, serve, simulated, startSimulator } from "./world.mjs";

/** Who is new is led through the first screens; pairing is done in them already. */
const WELCOME = "onboarding/onboarding.html";
const SETTINGS = "options/options.html";
const LOOK_EVERY_MS = 500;
/** Longer than the server takes to note that it hears of a browser still. */
const SEEN_WITHIN_MS = 120_000;
const FIRST_TASK = { count: 5 };

const { values } = parseArgs({
  options: { simulator: { type: "boolean", default: false }, port: { type: "string", default: "8787" } },
});
const url = `http://127.0.0.1:${values.port}`;
// What is used every day is the fast build, with the debugger's the simulator is at hand at once.
const build = { profile: values.simulator ? "debug" : "release" };
const kept = keptIn(values.simulator);

/** @type {ReturnType<typeof serverOnce> | null} */
let server = null;
const serverIsUp = () => (server ??= serverOnce());

async function serverOnce() {
  const { ready, stop, log } = await serve(kept.database, `127.0.0.1:${values.port}`, build);
  endsBy(stop);
  if (ready.api_key) kept.keepApiKey(ready.api_key);
  else if (kept.apiKey() === "") kept.keepApiKey(await command("key"));
  return { log };
}

/** As it is typed. */
const adminKey = `${builtProgram("liaison-server", build.profile)} admin-key add --database '${kept.database}'`;
const command = (what) => said(what, kept.database, build);
const agents = async () => (existsSync(kept.database) ? JSON.parse(await command("agent list --json")) : []);

async function newCode() {
  await serverIsUp();
  return command("pair");
}

/** The window, ready and paired; none where no browser can be driven, and why. */
async function openBrowser(simulator) {
  const found = await findBrowser(process.env.CHROME);
  if (!found) return { why: process.env.CHROME ? `${process.env.CHROME} is no browser that can be run` : "no Chromium, Brave, Chrome or Edge was found" };
  const state = { browser: found.executable, digest: packageDigest(), url };
  let isNew = false;
  let looked = true;
  try {
    // The simulated LinkedIn forgets who was signed in.
    const before = await agents();
    const getReady = async () => {
      isNew = await makeReady(found.executable, { profile: kept.profile, url, simulator, newCode });
      kept.keepReady(state, ownAgent(before, await agents(), kept.agent()));
    };
    if (simulator || !kept.isReadyFor(state) || !isAmong(before)) await getReady();
    else if (kept.wasLeftOpen()) looked = await getReady().then(() => true, goOn);
    await serverIsUp();
    const page = `chrome-extension://${extensionId()}/${isNew ? WELCOME : SETTINGS}`;
    kept.windowOpens();
    const window = await openWindow(found, { profile: kept.profile, page, switches: simulator ? simulated(simulator) : [] });
    // Closed, or ended by us, it has written down what it has. One that hands over to a window that is open ends so, too.
    window.exited.then((how) => looked && how === ENDED_WELL && kept.windowEnded());
    endsBy(window.stop);
    return { found, window };
  } catch (error) {
    if (isEnding()) throw error;
    await serverIsUp(); // or that is what there is to say
    return { why: `${found.name} could not be driven (${messageOf(error).split("\n")[0]})` };
  }
}

/** What was ready may be so still, and its person sees in the window what is not. */
function goOn(error) {
  if (isEnding()) throw error;
  console.log(`The browser could not be looked at before its window opens (${messageOf(error).split("\n")[0]}).`);
  return false;
}

const isAmong = (agents) => agents.some(({ id }) => id === kept.agent());
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** Comes back when the window's browser has asked the server for work and waits for the answer; whether it does. */
async function isSeen(ended) {
  const openedAt = Date.now();
  for (const end = openedAt + SEEN_WITHIN_MS; Date.now() < end && !ended(); ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const metrics = await (await fetch(`${url}/metrics`)).text();
    if (!/^liaison_parked_polls [1-9]/m.test(metrics)) continue;
    const known = await agents();
    if (isHeard(known, kept.agent(), openedAt)) return true;
    // Another was paired in its place: it is not waited for.
    if (!isAmong(known)) return false;
  }
  return false;
}

async function firstTask() {
  const { status, task_output: output } = await callsOf(url, kept.apiKey()).runFetch(FIRST_TASK);
  if (status !== "completed") throw new Error(`the first task ended ${status}: ${JSON.stringify(output)}`);
  console.log(`first task: done, ${output.total} connections: ${output.connections.map(({ name }) => name).join(", ")}`);
}

async function run() {
  const simulator = values.simulator ? await startSimulator() : null;
  if (simulator) endsBy(simulator.stop);
  const { found, window, why } = await openBrowser(simulator);
  await serverIsUp();
  console.log(running({ url, found, kept, simulator }));
  if (!window) {
    console.log(byHand({ why, url, code: await newCode() }));
    return new Promise(() => setInterval(() => {}, 2 ** 30));
  }
  let open = true;
  const closed = window.exited.then(() => (open = false));
  const seen = await isSeen(() => !open);
  if (seen) {
    console.log("paired: this browser works for this server.");
    if (simulator) await firstTask();
    console.log(nextSteps({ url, keyFile: kept.keyFile, adminKey, simulator, found }));
  } else if (open) {
    console.log(byHand({ why: "the server does not hear of the browser in the window, or another was paired in its place", url, code: await newCode() }));
  }
  await closed;
  if (isEnding()) return;
  console.log("The browser was closed, so this ends. Nothing is lost: the next start goes on.");
  if (!seen) console.log(`If no window stayed open: one with this profile may be open already (${kept.profile}).`);
}

try {
  await run();
} catch (error) {
  if (!isEnding()) console.error(`run: ${messageOf(error)}`);
  process.exitCode = 1;
}
await endEverything();
process.exit();

// @ts-check
// One run: a world of its own, its tasks, and what strikes it; then everything is let come to its end.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { callsOf, serve } from "../../scripts/world/server.mjs";
import { startSimulator } from "../../scripts/world/simulator.mjs";
import { tearWorkerScripts } from "../../scripts/world/lost-worker.mjs";
import { within } from "../../scripts/world/process.mjs";
import { startChromium } from "./chromium.mjs";
import { hurry } from "./hurry.mjs";
import { CONNECTIONS, PAGE_CLAMP } from "./plan.mjs";
import { startProxy } from "./proxy.mjs";
import { RunFailed, report } from "./report.mjs";

/** @typedef {import("./plan.mjs").Plan} Plan */
/** @typedef {import("./plan.mjs").Strike} Strike */
/** @typedef {import("./plan.mjs").Moment} Moment */
/** @typedef {import("./proxy.mjs").Passing} Passing */
/** @typedef {import("./proxy.mjs").Fate} Fate */

/** Every line that a program writes, so that all of them can be searched. */
const ALL_LINES = 1_000_000;
const END_WITHIN_MS = 120_000;
/** More than a server and a browser may take to be back. */
const STRIKE_WITHIN_MS = 100_000;
const HELD_WAIT_MS = 2_000;
const CREATE_TRIES = 40;

const MATCHES = {
  invitation: { method: "POST", path: "voyagerRelationshipsDashMemberRelationships" },
  page: { method: "GET", path: "/voyager/api/relationships/dash/connections" },
  look: { method: "GET", path: "sentInvitationViewsV2" },
};

/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */

/**
 * @param {Plan} plan
 * @param {string} folder empty; what the run leaves behind stays there
 */
export async function run(plan, folder) {
  const world = await startWorld(plan, folder);
  try {
    await armSite(world);
    world.note("created");
    for (const [nth, task] of plan.tasks.entries()) await create(world, nth, task);
    scheduleTimes(world);
    await hurry(world, END_WITHIN_MS);
    world.over = true;
    await world.line;
    return await report(world);
  } catch (error) {
    world.over = true;
    await world.line;
    if (world.failure) world.note("the run failed", undefined, String(error));
    throw new RunFailed(world.failure ?? error, world, await world.simulator.journal().catch(() => null));
  } finally {
    await world.stop();
  }
}

/** @param {Plan} plan @param {string} folder */
async function startWorld(plan, folder) {
  const started = performance.now();
  const profile = join(folder, "profile");
  const database = join(folder, "liaison.sqlite3");
  mkdirSync(profile);
  const options = { keptLines: ALL_LINES, env: { RUST_LOG: "info,liaison_server=trace" } };
  const simulator = await startSimulator({ seed: plan.seed, connections: CONNECTIONS });
  await simulator.ask("POST", "knobs", { page_clamp: PAGE_CLAMP });
  const session = await simulator.ask("POST", "session", { n: plan.account });
  const server = await serve(database, "127.0.0.1:0", options);
  const { url, api_key: apiKey, pairing_code: pairingCode } = server.ready;

  const world = {
    plan,
    folder,
    profile,
    database,
    simulator,
    session,
    server,
    apiKey,
    pairingCode,
    agentToken: "",
    api: callsOf(url, apiKey),
    /** @type {(string | undefined)[]} ids of the plan's tasks */
    ids: [],
    /** @type {Map<string, number>} places in the plan by id, known from the offer or the creation */
    places: new Map(),
    /** @type {{ at: number, what: string, task?: number, more?: unknown }[]} */
    events: [],
    /** @type {{ profile: string, life: number }[]} invitations that a worker gave to `fetch`, and in which life of the browser */
    fetches: [],
    /** When each life of the browser began, in ms since 1970. @type {number[]} */
    lives: [],
    /**
     * From when on, in ms since 1970, a dying worker or browser may not have told what it did, and when the next worker began.
     * @type {{ from: number, to: number }[]}
     */
    blind: [],
    /** @type {Set<string>} lease tokens */
    leases: new Set(),
    /** @type {string[]} */
    logs: [],
    /** @type {string[]} */
    console: [],
    /** Begun, each once. @type {Set<Strike>} */
    struck: new Set(),
    /** Strikes that have hit all that they were to hit. */
    hits: 0,
    aheadMs: 0,
    /** Strikes follow one another. @type {Promise<unknown>} */
    line: Promise.resolve(),
    striking: 0,
    /** Also those that were given up, and may still bring something back. @type {Promise<unknown>[]} */
    performed: [],
    over: false,
    /** Of a strike: what it killed may not be up again, and then nothing comes to its end. @type {Error | null} */
    failure: null,
    /** Calls that change something, so that it is seen when nothing goes on. */
    calls: 0,
    /** Whether an offer is out of which the agent has not shown by another poll what it made of it. */
    offered: false,
    chromium: /** @type {import("./chromium.mjs").Chromium} */ (/** @type {unknown} */ (null)),
    proxy: /** @type {Awaited<ReturnType<typeof startProxy>>} */ (/** @type {unknown} */ (null)),
    now: () => performance.now() - started,
    /** @param {string} what @param {number} [task] @param {unknown} [more] */
    note: (what, task, more) => void world.events.push({ at: Math.round(world.now()), what, task, more }),
    async startBrowser() {
      const watch = {
        aheadMs: () => world.aheadMs,
        onWorker: () => sees(world),
        onConsole: (/** @type {string} */ line) => void world.console.push(line),
        onException: (/** @type {string} */ text) => {
          world.console.push(text);
          world.note("exception");
        },
        onAnswer: () => {
          if (world.events.at(-1)?.what !== "answered") world.note("answered");
        },
        onUnheard: (/** @type {number} */ sinceMs) => world.note("unheard", undefined, Math.round(sinceMs)),
        onRestart: () => world.note("restarted"),
        onRestartFailed: (/** @type {string} */ error) => world.note("restart failed", undefined, error),
        onSwitchedOn: () => world.note("switched on"),
        now: world.now,
        onFetch: (/** @type {{ method: string, url: string, body: string }} */ request) => fetched(world, request),
      };
      world.lives.push(Date.now());
      world.chromium = await startChromium(simulator, profile, watch);
      await within(world.chromium.signIn(session), END_WITHIN_MS, "to be signed in");
    },
    async restartServer() {
      world.logs.push(world.server.log());
      world.server = await serve(database, new URL(url).host, options);
    },
    async stop() {
      await world.chromium?.kill();
      await Promise.allSettled(world.performed);
      await world.chromium?.kill();
      await world.proxy?.stop();
      await world.server.stop();
      await simulator.stop();
    },
  };
  try {
    world.proxy = await startProxy(
      () => url,
      (phase, passing) => watchCall(world, phase, passing),
      (fate, { call, task }) => {
        world.hits += 1;
        world.note(`struck: ${fate} ${call}`, task === null ? undefined : world.places.get(task));
      },
    );
    await world.startBrowser();
    const pair = world.chromium.command({ kind: "pair", server: world.proxy.url, code: pairingCode, name: "storm" });
    const paired = await within(pair, END_WITHIN_MS, "to be paired");
    if (!paired?.ok) throw new Error(`not paired: ${JSON.stringify(paired)}`);
    return world;
  } catch (error) {
    await world.stop();
    throw error;
  }
}

/** @param {World} world @param {{ method: string, url: string, body: string }} request */
function fetched(world, { method, url, body }) {
  if (method !== "POST" || !url.includes(MATCHES.invitation.path)) return;
  const [, profile = "?"] = body.match(/fsd_profile:([\w-]+)/) ?? [];
  world.fetches.push({ profile, life: world.lives.length - 1 });
  world.note("fetch", placeOfProfile(world.plan, profile));
}

/** A worker runs whose debugger sees all that it does: every window is over. @param {Pick<World, "blind">} world */
export function sees({ blind }, at = Date.now()) {
  for (const window of blind) window.to = Math.min(window.to, at);
}

/** @param {Plan} plan @param {string} profile */
export const placeOfProfile = (plan, profile) =>
  plan.tasks.findIndex(({ kind, body }) => kind === "invitation" && body.profile_urn === profile);

/** The offer may pass before whoever created the task has heard its id. @param {World} world @param {any} offer */
function learnOffer({ plan, places, leases }, offer) {
  leases.add(offer.token);
  if (places.has(offer.task)) return;
  const { profile_urn: profile, start, count } = offer.task_input;
  const place = plan.tasks.findIndex(({ kind, body }) =>
    kind === "invitation" ? body.profile_urn === profile : body.start === start && body.count === count,
  );
  places.set(offer.task, place);
}

/** @param {World} world @param {"asked" | "answered" | "passed"} phase @param {Passing} passing @returns {Promise<Fate>} */
async function watchCall(world, phase, passing) {
  const { call, answer } = passing;
  if (passing.bearer) world.agentToken = passing.bearer;
  if (call === "poll" && phase === "asked") world.offered = false;
  if (call === "poll" && answer?.json?.task && phase === "answered") {
    world.offered = true;
    learnOffer(world, answer.json.task);
  }
  const place = passing.task === null ? undefined : world.places.get(passing.task);
  if (call !== "poll" && call !== "heartbeat") world.calls += 1;
  if (place === undefined || call === "heartbeat") return;
  world.note(`${call} ${phase}`, place, call === "complete" ? [passing.body?.status, answer?.status] : answer?.status);
  const matches = (/** @type {Moment | null} */ at) =>
    at?.where === "call" && at.call === call && at.phase === phase && at.task === place;
  const task = world.plan.tasks[place];
  if (task && matches(task.cancel)) await cancel(world, place);
  /** @type {Fate} */
  let fate = undefined;
  for (const strike of world.plan.strikes) {
    if (!matches(strike.at) || world.struck.has(strike) || world.over) continue;
    // One fate comes over a call; a second strike at this moment waits for the next one.
    if (fate !== undefined && isFate(strike.action)) continue;
    fate = (await begin(world, strike)) ?? fate;
  }
  return fate;
}

/** @param {Strike["action"]} action @returns {action is "lose" | "cut" | "double"} */
const isFate = (action) => action === "lose" || action === "cut" || action === "double";

/** Strikes once. A strike that comes after what waits is not waited for. @param {World} world @param {Strike} strike @returns {Promise<Fate>} */
async function begin(world, strike) {
  world.struck.add(strike);
  const { action } = strike;
  if (isFate(action)) {
    world.note(`strike ${action}`);
    return action;
  }
  world.striking += 1;
  const struck = () => {
    const performed = perform(world, strike);
    world.performed.push(performed);
    return within(performed, STRIKE_WITHIN_MS, `strike ${action}`);
  };
  const done = world.line.then(struck).finally(() => (world.striking -= 1));
  world.line = done.catch((error) => {
    world.note("strike failed", undefined, String(error));
    world.failure ??= error;
  });
  if (!strike.after) await done;
}

/** @param {World} world @param {Strike} strike */
async function perform(world, { action, delayMs, how, torn }) {
  // The one wait for time alone: it chooses the moment of a death and is part of no judgement.
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  // One before it that was given up may still bring something back.
  if (world.over || world.failure) return;
  const endsWorker = action !== "server";
  // Somebody who is restarting the extension is done with it, before it is said from when on nothing was seen.
  if (action.includes("worker")) await world.chromium.quiet();
  if (endsWorker) {
    const from = Date.now();
    await world.chromium.seen();
    world.blind.push({ from, to: Infinity });
  }
  world.note(`strike ${action}`);
  const dying = {
    worker: () => world.chromium.endWorker(how),
    browser: () => world.chromium.kill().then(() => true),
    server: () => world.server.kill().then(() => true),
  };
  const parts = /** @type {(keyof typeof dying)[]} */ (action.split("+"));
  const died = (await Promise.all(parts.map(async (part) => ((await dying[part]()) ? [part] : [])))).flat();
  world.note("dead", undefined, died);
  // There may be no worker to end.
  if (died.length === parts.length) world.hits += 1;
  else if (endsWorker) world.blind.pop();
  if (action.includes("server")) await world.restartServer();
  if (torn) world.note(tearWorkerScripts(world.profile) ? "torn" : "nothing to tear");
  if (action.includes("browser")) await world.startBrowser();
  world.note("back");
}

/** @param {World} world */
async function armSite(world) {
  const { simulator, plan } = world;
  for (const { what, nth, fault } of plan.faults) await simulator.fault(MATCHES[what], fault, { nth });
  for (const [number, strike] of plan.strikes.entries()) {
    const { at } = strike;
    if (at.where !== "linkedin") continue;
    const id = `strike ${number}`;
    await simulator.fault(MATCHES[at.what], { kind: "hold", when: at.when, id }, { nth: at.nth });
    if (at.lost) await simulator.fault(MATCHES[at.what], { kind: "reset", when: "before" }, { nth: at.nth });
    void strikeWhenHeld(world, strike, id);
  }
}

/** @param {World} world @param {Strike} strike @param {string} id */
async function strikeWhenHeld(world, strike, id) {
  const { simulator } = world;
  const asked = `held?id=${encodeURIComponent(id)}&wait_ms=${HELD_WAIT_MS}`;
  try {
    for (;;) {
      if (world.over) return;
      const { timed_out: late } = await simulator.ask("GET", asked);
      if (!late) break;
    }
    world.note("held", undefined, strike.at);
    if (strike.after) await simulator.release(id);
    await begin(world, strike);
    if (!strike.after) await simulator.release(id);
    world.note("released");
  } catch (error) {
    // When the run has ended, the simulator has too.
    if (!world.over) world.note("hold failed", undefined, String(error));
  }
}

/** @param {World} world */
function scheduleTimes(world) {
  const after = (/** @type {Moment | null} */ at, /** @type {() => Promise<unknown>} */ act) => {
    if (at?.where === "time") setTimeout(() => void (world.over || act()), at.ms);
  };
  for (const strike of world.plan.strikes) after(strike.at, () => begin(world, strike).catch(() => {}));
  for (const [nth, task] of world.plan.tasks.entries()) after(task.cancel, () => cancel(world, nth));
}

const PATHS = { read: "/linkedin-agent/fetch-connections", invitation: "/linkedin-agent/send-connection-request" };

/**
 * As a program does that knows of servers that go down: again, under the same key, until there is an answer.
 *
 * @param {World} world @param {number} nth @param {import("./plan.mjs").PlannedTask} task
 */
async function create(world, nth, { kind, body }) {
  const key = `storm-${world.plan.seed}-${nth}`;
  const { json } = await insist(world, () => world.api.call("POST", PATHS[kind], body, { "idempotency-key": key }));
  if (!json.success) throw new Error(`task ${nth} was refused: ${JSON.stringify(json)}`);
  world.ids[nth] = json.api_agent_task_id;
  world.places.set(json.api_agent_task_id, nth);
}

/** @param {World} world @param {number} nth */
async function cancel(world, nth) {
  const id = world.ids[nth] ?? [...world.places].find(([, place]) => place === nth)?.[0];
  if (id === undefined) return;
  try {
    const { status, json } = await insist(world, () => world.api.call("POST", "/linkedin-agent/cancel-task", { api_agent_task_id: id }));
    world.note("cancel", nth, { status, code: json.code });
  } catch (error) {
    world.note("cancel failed", nth, String(error));
  }
}

/**
 * Calls the server, again after a death of it.
 *
 * @template T
 * @param {World} world @param {() => Promise<T>} call @returns {Promise<T>}
 */
export async function insist(world, call) {
  for (let left = CREATE_TRIES; ; left -= 1) {
    try {
      return await call();
    } catch (error) {
      if (left === 0) throw error;
      // Down, or on its way up: whoever killed it waits for it to be back.
      await Promise.all([world.line, new Promise((resolve) => setTimeout(resolve, 25))]);
    }
  }
}

/** @typedef {Awaited<ReturnType<typeof run>>} Report */

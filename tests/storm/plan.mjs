// @ts-check
// What is done and what goes wrong in one run, all of it drawn from the run's seed.

import { chanceOf } from "./chance.mjs";

/** @typedef {import("./chance.mjs").Chance} Chance */

/** The kinds of disturbance; a run's is `seed` modulo their number, so that so many seeds in a row have each once. */
export const KINDS = /** @type {const} */ ([
  "worker",
  "browser",
  "server",
  "worker+server",
  "browser+server",
  "linkedin",
  "replies",
  "mixed",
]);

/** @typedef {typeof KINDS[number]} Kind */

/** @typedef {{ kind: "read", body: { sort_type: string, start: number, count: number } }} Read */
/** @typedef {{ kind: "invitation", body: { profile_urn: string, note?: string } }} Invitation */
/** @typedef {(Read | Invitation) & { cancel: Moment | null }} PlannedTask */

/**
 * @typedef {{ where: "call", call: "poll" | "start" | "complete", phase: "asked" | "answered" | "passed", task: number }} CallMoment
 *   the n-th task's call passes the proxy; a `poll` is the one that offers the task
 * @typedef {{ where: "linkedin", what: "invitation" | "page" | "look", when: "before" | "after", nth: number, lost: boolean }} SiteMoment
 *   the n-th request of this kind waits at LinkedIn, before or after its effect; `lost`: it never has one, and no answer
 * @typedef {{ where: "time", ms: number }} TimeMoment so long after the first task was created
 * @typedef {CallMoment | SiteMoment | TimeMoment} Moment
 */

/** @typedef {"worker" | "browser" | "server" | "worker+server" | "browser+server" | "lose" | "cut" | "double"} Action */

/**
 * @typedef {object} Strike
 * @property {Moment} at
 * @property {Action} action
 * @property {number} delayMs from the moment
 * @property {boolean} after what waits at the moment goes on first
 * @property {"stop" | "close"} how a worker is ended
 * @property {boolean} torn whether the browser that dies leaves half of the worker's script, so that the next one has no worker
 */

/** @typedef {{ what: "invitation" | "page" | "look", nth: number, fault: object }} SiteFault */

/**
 * @typedef {object} Plan
 * @property {number} seed
 * @property {Kind} kind
 * @property {number} account
 * @property {PlannedTask[]} tasks
 * @property {Strike[]} strikes
 * @property {SiteFault[]} faults
 */

/** So many rows has the network, and so many a page at most. */
export const CONNECTIONS = 130;
export const PAGE_CLAMP = 40;

const INVITATIONS = 2;
const LONGEST_DELAY_MS = 40;
const LATEST_MS = 2_500;
const CANCELLED = 0.25;
const TORN = 0.2;
const CALLS = /** @type {const} */ (["poll", "start", "complete"]);
const PHASES = /** @type {const} */ (["asked", "answered", "passed"]);

/** @param {number} seed @returns {Plan} */
export function planOf(seed) {
  const chance = chanceOf(seed);
  const kind = /** @type {Kind} */ (KINDS[seed % KINDS.length]);
  const account = 1 + chance.below(999);
  const tasks = tasksOf(chance);
  const strikes = [];
  const faults = [];
  if (kind === "linkedin") {
    faults.push(...siteFaults(chance));
  } else if (kind === "mixed") {
    faults.push(...siteFaults(chance).slice(0, 1));
    strikes.push(replyStrike(chance, tasks), death(chance, tasks, anyDeath(chance)), death(chance, tasks, anyDeath(chance)));
  } else {
    for (let left = 1 + chance.below(2); left >= 0; left -= 1) {
      strikes.push(kind === "replies" ? replyStrike(chance, tasks) : death(chance, tasks, kind));
    }
  }
  return { seed, kind, account, tasks, strikes, faults };
}

/** @param {Chance} chance */
const anyDeath = (chance) => chance.one(/** @type {const} */ (["worker", "browser", "server", "worker+server", "browser+server"]));

/** Two invitations, the second with a note, and one or two reads somewhere between. @param {Chance} chance */
function tasksOf(chance) {
  /** @type {PlannedTask[]} */
  const tasks = [];
  for (let nth = 0; nth < INVITATIONS; nth += 1) {
    const profile_urn = `ACoAA${chance.text(12)}`;
    const note = nth === 0 ? {} : { note: `Hello ${chance.text(24)}` };
    tasks.push({ kind: "invitation", body: { profile_urn, ...note }, cancel: null });
  }
  for (let left = 1 + chance.below(2); left > 0; left -= 1) {
    const body = { sort_type: "RECENTLY_ADDED", start: chance.below(60), count: 10 + chance.below(80) };
    tasks.splice(chance.below(tasks.length + 1), 0, { kind: "read", body, cancel: null });
  }
  if (chance.happens(CANCELLED)) {
    const nth = chance.below(tasks.length);
    const task = /** @type {PlannedTask} */ (tasks[nth]);
    task.cancel = chance.happens(0.3) ? { where: "time", ms: chance.below(LATEST_MS) } : callMoment(chance, tasks, nth);
  }
  return tasks;
}

/** @param {Chance} chance @param {PlannedTask[]} tasks @param {number} nth @returns {CallMoment} */
function callMoment(chance, tasks, nth) {
  // A read begins with its offer and asks for no leave.
  const calls = tasks[nth]?.kind === "read" ? CALLS.filter((call) => call !== "start") : CALLS;
  const call = chance.one(calls);
  const phase = chance.one(PHASES);
  // Of a poll it is not known before its answer what it will offer.
  return { where: "call", call, phase: call === "poll" && phase === "asked" ? "answered" : phase, task: nth };
}

/** Most of them around an invitation's POST, where it matters. @param {Chance} chance @param {PlannedTask[]} tasks @returns {Moment} */
function anyMoment(chance, tasks) {
  const dice = chance.below(20);
  if (dice < 11) {
    const when = chance.one(/** @type {const} */ (["before", "after"]));
    const lost = when === "before" && chance.happens(0.5);
    return { where: "linkedin", what: "invitation", when, nth: 1 + chance.below(INVITATIONS), lost };
  }
  if (dice < 13) return { where: "linkedin", what: "page", when: "before", nth: 1 + chance.below(3), lost: false };
  if (dice < 14) return { where: "linkedin", what: "look", when: "before", nth: 1, lost: false };
  if (dice < 16) return { where: "time", ms: chance.below(LATEST_MS) };
  return callMoment(chance, tasks, chance.below(tasks.length));
}

/** @param {Chance} chance @param {PlannedTask[]} tasks @param {Action} action @returns {Strike} */
function death(chance, tasks, action) {
  const at = anyMoment(chance, tasks);
  const delayMs = chance.happens(0.5) ? 0 : chance.below(LONGEST_DELAY_MS);
  const how = chance.one(/** @type {const} */ (["stop", "close"]));
  const torn = action.includes("browser") && chance.happens(TORN);
  return { at, action, delayMs, after: chance.happens(0.3), how, torn };
}

/** @param {Chance} chance @param {PlannedTask[]} tasks @returns {Strike} */
function replyStrike(chance, tasks) {
  const at = callMoment(chance, tasks, chance.below(tasks.length));
  if (at.phase === "passed") at.phase = "answered";
  const action = chance.one(at.phase === "asked" ? /** @type {const} */ (["lose", "double"]) : /** @type {const} */ (["lose", "cut"]));
  return { at, action, delayMs: 0, after: false, how: "stop", torn: false };
}

/** One for each invitation's POST, and now and then one for a page or a look. @param {Chance} chance */
function siteFaults(chance) {
  /** @type {SiteFault[]} */
  const faults = [];
  for (let nth = 1; nth <= INVITATIONS; nth += 1) faults.push({ what: "invitation", nth, fault: severance(chance) });
  if (chance.happens(0.4)) faults.push({ what: "page", nth: 1 + chance.below(3), fault: severance(chance) });
  if (chance.happens(0.4)) faults.push({ what: "look", nth: 1, fault: severance(chance) });
  return faults;
}

/** A way for a connection to fail around a request. @param {Chance} chance */
function severance(chance) {
  const when = chance.one(["before", "after"]);
  switch (chance.below(5)) {
    case 0:
      return { kind: "reset", when, abort: false };
    case 1:
      return { kind: "reset", when, abort: true };
    case 2:
      return { kind: "stream_reset", when, code: chance.one(["internal_error", "refused_stream", "cancel"]) };
    case 3:
      return { kind: "goaway" };
    default:
      return { kind: "cut", after_bytes: chance.below(200) };
  }
}

// @ts-check
// Whether what a run left behind is what was promised.

import { DEAF, LOST_AGAIN } from "./asking.mjs";
import { KINDS } from "./plan.mjs";
import { placeOfProfile } from "./run.mjs";

/** @typedef {import("./run.mjs").Report} Report */

/** Ends of a connection under an invitation's POST, after which its outcome may be unknown and Chrome may repeat it. */
const SEVERING = ["reset", "stream_reset", "cut", "goaway"];

/** @param {{ faults: string[] }} request */
const wasSevered = ({ faults }) => faults.some((name) => SEVERING.includes(name));

/**
 * @typedef {object} Tally
 * @property {number} tasks
 * @property {number} completed
 * @property {Record<string, number>} failed by code, `outcome_unknown` left out
 * @property {number} unknownSent
 * @property {number} unknownUnsent
 * @property {number} invitations
 * @property {number} posts
 * @property {number} repeats POSTs that arrived again without the agent asking for them: Chrome's own
 * @property {number} severed requests to LinkedIn whose connection ended
 * @property {number} torn workers' scripts that were torn
 * @property {number} lost workers that Chrome has lost by itself; the popup's button brought them back, as it did the torn ones
 * @property {number} off browsers that came back with the extension switched off, since they had been killed soon after it was restarted or switched on
 * @property {string[]} violations
 */

/** Deaths of the worker while it asked LinkedIn for the same task after which the task is given up, and attempts of the server. */
const DEATHS_TO_GIVE_UP = 3;
const PAGE_PATH = "/voyager/api/relationships/dash/connections";
const MICROSECONDS = 1_000;
/** Chrome writes its preferences 10 s after a change; a restart may take some seconds before that. */
const WRITTEN_DOWN_WITHIN_MS = 30_000;

/** @param {Report} report @returns {Tally} */
export function judge(report) {
  const { plan, tasks, journal, events } = report;
  /** @type {Tally} */
  const tally = {
    tasks: plan.tasks.length,
    completed: 0,
    failed: {},
    unknownSent: 0,
    unknownUnsent: 0,
    invitations: journal.counts.invitations,
    posts: journal.counts.posts,
    repeats: 0,
    severed: journal.requests.filter(wasSevered).length,
    torn: events.filter(({ what }) => what === "torn").length,
    lost: lossesOf(events).filter((torn) => !torn).length,
    off: events.filter(({ what }) => what === "switched on").length,
    violations: [],
  };
  for (const [nth, planned] of plan.tasks.entries()) {
    const task = tasks[nth];
    const violated = (/** @type {string} */ what) => void tally.violations.push(`task ${nth} (${planned.kind}): ${what}`);
    if (task?.status === "completed") tally.completed += 1;
    else if (task?.status !== "failed") violated(`not over: ${JSON.stringify(task)}`);
    else if (task.task_output.code !== "outcome_unknown") {
      tally.failed[task.task_output.code] = (tally.failed[task.task_output.code] ?? 0) + 1;
    }
    if (planned.kind === "read") judgeRead(report, planned, nth, violated);
    else judgeInvitation(report, planned.body.profile_urn, nth, tally, violated);
  }
  const strangers = journal.invitations.filter((/** @type {any} */ sent) => placeOfProfile(plan, sent.profile_id) < 0);
  if (strangers.length > 0) tally.violations.push(`${strangers.length} invitations that nobody asked for`);
  judgeRun(report, tally.violations);
  return tally;
}

/**
 * Kinds whose own disturbance never came about in any of their runs: what held there was not tried.
 *
 * @param {{ kind: string, strikes: number, severed: number }[]} results
 */
export function untouched(results) {
  return KINDS.filter((kind) => {
    const of = results.filter((result) => result.kind === kind);
    return of.length > 0 && !of.some(({ strikes, severed }) => (kind === "linkedin" ? severed : strikes) > 0);
  });
}

/** The run as a whole: that it was as planned, and what the server's file holds. @param {Report} report @param {string[]} violations */
function judgeRun({ plan, ids, rows, events, fetches }, violations) {
  for (const { what, more } of events) {
    const isFailure = /^(strike failed|hold failed|cancel failed|not over in time)/.test(what);
    const isLost = what === "restart failed" && !String(more).includes("the browser ended");
    if (isFailure || isLost || [DEAF, LOST_AGAIN].some((said) => String(more).includes(said))) violations.push(`${what}: ${JSON.stringify(more)}`);
  }
  judgeWorkers(events, violations);
  if (fetches.some(({ profile }) => placeOfProfile(plan, profile) < 0)) violations.push("a fetch for nobody of the plan");
  if (rows.length !== plan.tasks.length) violations.push(`${rows.length} rows of tasks, and ${plan.tasks.length} tasks`);
  const stored = new Set(rows.map(({ id }) => id));
  if (new Set(ids).size !== plan.tasks.length || !ids.every((id) => id !== undefined && stored.has(id))) {
    violations.push(`the ids that the caller was told are not those of the rows: ${ids}`);
  }
  for (const { id, state } of rows) if (state !== "completed" && state !== "failed") violations.push(`row ${id} is ${state}`);
}

/** @typedef {Report["events"]} Events */

const BROWSER_STRUCK = /^strike .*browser/;

/** Of each restart, whether the script of the browser's worker had been torn. @param {Events} events */
function lossesOf(events) {
  let torn = false;
  const losses = [];
  for (const { what } of events) {
    if (BROWSER_STRUCK.test(what) || what === "switched on") torn = false;
    else if (what === "torn") torn = true;
    else if (what === "restarted") losses.push(torn);
  }
  return losses;
}

/**
 * What is Chrome's affair, and what would be the extension's: Chrome loses a worker once a life at most, in one that began with a kill, and each
 * whose script was torn when it had answered; it leaves the extension off only after a life that ended soon after it was restarted or switched on; only a
 * worker that is just being ended hears nothing; and none lets anything be thrown.
 *
 * @param {Events} events @param {string[]} violations
 */
function judgeWorkers(events, violations) {
  let mayBeLost = false;
  let mustBeLost = false;
  /** Whether a worker of this life of the browser has answered, and one of the life before. */
  let answered = { now: false, before: false };
  /** When the extension was off for a moment in this life, and whether Chrome may not have written down in the one before that it was on again. */
  let wasOff = { at: -Infinity, before: false };
  /** When workers were ended; the last may not be over. @type {{ from: number, to: number }[]} */
  const ends = [];
  let isEnding = false;
  for (const { what, at, more } of events) {
    if (BROWSER_STRUCK.test(what)) {
      [mayBeLost, mustBeLost] = [true, false];
      answered = { now: false, before: answered.now };
      wasOff = { at: -Infinity, before: at - wasOff.at < WRITTEN_DOWN_WITHIN_MS };
    }
    if (/^strike .*(browser|worker)/.test(what)) {
      ends.push({ from: at, to: Infinity });
      isEnding = true;
    } else if (what === "back" && isEnding) {
      Object.assign(/** @type {object} */ (ends.at(-1)), { to: at });
      isEnding = false;
    }
    if (what === "answered") answered.now = true;
    if (what === "torn") mustBeLost = answered.before;
    if (what === "nothing to tear" && answered.before) violations.push("a worker had answered, and there was no script of it to tear");
    if (what === "restarted") {
      if (!mayBeLost) violations.push("a worker was lost in a life that no kill had begun, or twice in one");
      [mayBeLost, mustBeLost] = [false, false];
      answered.now = false;
      wasOff.at = at;
    }
    if (what === "switched on") {
      if (!wasOff.before) violations.push("the extension was off, and had been neither restarted nor switched on at the end of the life before");
      wasOff.at = at;
      // With the extension its worker is registered anew, whatever was there of its script.
      mustBeLost = false;
    }
    if (what === "unheard" && !ends.some(({ from, to }) => from <= at && to >= Number(more))) {
      violations.push(`a message at ${more} ms was heard by no worker, and none was being ended`);
    }
    if (what === "exception") violations.push("something was thrown in the worker");
  }
  if (mustBeLost) violations.push("a script was torn, and its worker was not lost");
}

/** @param {Report} report @param {import("./plan.mjs").Read} planned @param {number} nth @param {(what: string) => void} violated */
function judgeRead(report, planned, nth, violated) {
  const task = report.tasks[nth];
  const output = task?.task_output;
  if (task?.status === "failed") {
    if (!mayFail(report, planned, nth, output.code)) violated(`failed for good, or without a cause: ${JSON.stringify(output)}`);
    return;
  }
  if (task?.status !== "completed") return;
  const { start, count } = planned.body;
  const right = report.people.slice(start, start + count).map((/** @type {any} */ { id }) => `urn:li:fsd_profile:${id}`);
  const rows = output.connections.map((/** @type {any} */ row) => row.entity_urn);
  if (output.total !== right.length || rows.join() !== right.join()) violated(`${rows.length} rows, not the ${right.length} that are there`);
}

/** Whether what was done to a read accounts for its failure. @param {Report} report @param {import("./plan.mjs").Read} planned @param {number} nth @param {string} code */
function mayFail(report, planned, nth, code) {
  if (code === "cancelled") return cancelledAt(report, nth) >= 0;
  if (code === "network") return report.journal.requests.some((/** @type {any} */ one) => isPageOf(planned, one) && wasUndelivered(one));
  if (code === "upstream") return deathsInTheReadOf(report, nth) >= DEATHS_TO_GIVE_UP;
  return false;
}

/** Whether a request is for rows of the read. Who goes on after a death asks for one row more. @param {import("./plan.mjs").Read} read @param {any} request */
function isPageOf({ body: { start, count } }, { method, path, query }) {
  if (method !== "GET" || path !== PAGE_PATH) return false;
  const from = Number(new URLSearchParams(query).get("start") ?? 0);
  return from >= start - 1 && from < start + count;
}

/** @param {any} request */
const wasUndelivered = (request) => wasSevered(request) || request.status === null;

/** Ends of worker or browser between the read's first offer and its result. @param {Report} report @param {number} nth */
function deathsInTheReadOf({ events }, nth) {
  const isOf = (/** @type {string} */ wanted) => (/** @type {Event} */ { task, what }) => task === nth && what === wanted;
  const from = events.findIndex(isOf("poll answered"));
  const end = events.findLastIndex(isOf("complete asked"));
  return from < 0 ? 0 : deathsOf(events).filter(({ dead, struck }) => dead > from && (end < 0 || struck < end)).length;
}

/**
 * @param {Report} report @param {string} profile @param {number} nth @param {Tally} tally @param {(what: string) => void} violated
 */
function judgeInvitation(report, profile, nth, tally, violated) {
  const task = report.tasks[nth];
  const planned = report.plan.tasks[nth];
  const code = task?.task_output?.code;
  const sent = report.journal.invitations.filter((/** @type {any} */ one) => one.profile_id === profile);
  const posts = report.journal.requests.filter(
    (/** @type {any} */ { method, body }) => method === "POST" && JSON.stringify(body)?.includes(`fsd_profile:${profile}"`),
  );

  const calls = judgePosts(report, profile, posts, tally, violated);
  if (sent.length > 1) violated(`${sent.length} invitations took effect`);
  if (sent.length === 1 && sent[0].note !== (planned?.body && "note" in planned.body ? planned.body.note : null)) violated("another note");
  if (calls > 0 && cancelledInTime(report, nth)) violated("sent, though it had been cancelled before its start");
  if (task?.status === "completed" && sent.length === 0) violated("completed, and nothing was sent");
  if (task?.status !== "failed") return;
  if (code === "outcome_unknown") {
    if (sent.length > 0) tally.unknownSent += 1;
    else tally.unknownUnsent += 1;
    if (!posts.some(wasSevered) && !diedInTheWindow(report.events, nth)) violated("outcome_unknown without a death in the window");
  } else if (code !== "cancelled" || cancelledAt(report, nth) < 0) {
    violated(`failed: ${JSON.stringify(task.task_output)}`);
  }
  if (sent.length > 0) violated(`sent, and yet failed with ${code}`);
}

/**
 * Each POST at LinkedIn is a `fetch` that was seen in the same life of the browser, or Chrome's own repeat: directly after one
 * whose connection had ended, in the same life. One alone may be unseen: the last that a worker or browser did, after it was
 * last heard and before the next worker ran.
 *
 * @param {Report} report @param {string} profile @param {any[]} posts @param {Tally} tally @param {(what: string) => void} violated
 * @returns {number} how often a worker called `fetch`
 */
function judgePosts({ fetches, lives, blind }, profile, posts, tally, violated) {
  const seen = fetches.filter((one) => one.profile === profile);
  const unmatched = seen.map(({ life }) => life);
  const arrived = posts.map(({ arrived_us }) => arrived_us / MICROSECONDS);
  const lifeAt = (/** @type {number} */ at) => lives.findLastIndex((begun) => begun <= at);
  let unseen = 0;
  for (const [nth, at] of arrived.entries()) {
    const life = lifeAt(at);
    const match = unmatched.indexOf(life);
    if (match >= 0) {
      unmatched.splice(match, 1);
    } else if (nth > 0 && wasSevered(posts[nth - 1]) && lifeAt(/** @type {number} */ (arrived[nth - 1])) === life) {
      tally.repeats += 1;
    } else {
      unseen += 1;
      if (!blind.some(({ from, to }) => at >= from && at <= to)) violated(`POST ${nth + 1} of ${posts.length} belongs to no fetch that was seen`);
    }
  }
  const calls = seen.length + unseen;
  if (calls > 1) violated(`the agent called fetch ${calls} times`);
  return calls;
}

/** @typedef {Report["events"][number]} Event */

/** Where the caller was told that the cancel is taken; -1 if never. @param {Report} report @param {number} nth */
const cancelledAt = ({ events }, nth) => events.findIndex(({ what, task, more }) => what === "cancel" && task === nth && isOk(more));

/** Whether the caller's cancel was confirmed before leave to send was asked for. @param {Report} report @param {number} nth */
function cancelledInTime(report, nth) {
  const start = report.events.findIndex(({ what, task }) => what === "start asked" && task === nth);
  const cancelled = cancelledAt(report, nth);
  return cancelled >= 0 && (start < 0 || cancelled < start);
}

/** @param {unknown} more */
const isOk = (more) => /** @type {{ status?: number } | undefined} */ (more)?.status === 200;

/** Every end of a worker or browser: between which places among the events. @param {Event[]} events */
function deathsOf(events) {
  return events.flatMap(({ what, more }, dead) => {
    const died = what === "dead" ? /** @type {string[]} */ (more) : [];
    const struck = events.slice(0, dead).findLastIndex((before) => before.what.startsWith("strike "));
    return died.includes("worker") || died.includes("browser") ? [{ struck, dead, browser: died.includes("browser") }] : [];
  });
}

/**
 * Whether a worker or browser was ended where that may hide what became of this task. "About to send" is written once the
 * worker has heard its leave, and no worker asks again that has written it: a worker's end counts from the last leave that it
 * can have heard. A browser's end may lose what was written: it counts from the first time that leave was asked for since the
 * task was last given back. Both end with the result.
 *
 * @param {Event[]} events @param {number} nth
 */
function diedInTheWindow(events, nth) {
  const status = (/** @type {Event} */ { more }) => /** @type {unknown[] | undefined} */ (more)?.[0];
  const isResult = (/** @type {string} */ wanted) => (/** @type {Event} */ event) =>
    event.task === nth && event.what === "complete asked" && status(event) === wanted;
  const to = events.findIndex(isResult("failed"));
  const before = events.slice(0, Math.max(to, 0));
  const returned = before.findLastIndex(isResult("returned"));
  const asked = before.findIndex(({ task, what }, place) => task === nth && what === "start asked" && place > returned);
  const heard = before.findLastIndex(({ task, what, more }) => task === nth && what === "start passed" && more === 200);
  return deathsOf(events).some(({ struck, dead, browser }) => {
    const from = browser ? asked : heard;
    return from >= 0 && dead > from && struck < to;
  });
}

// @ts-check
// Whether what a run left behind is what was promised.

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
 * @property {string[]} violations
 */

/** @param {Report} report @returns {Tally} */
export function judge(report) {
  const { plan, tasks, journal } = report;
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
    if (planned.kind === "read") judgeRead(report, planned, task, violated);
    else judgeInvitation(report, planned.body.profile_urn, nth, tally, violated);
  }
  const strangers = journal.invitations.filter((/** @type {any} */ sent) => placeOfProfile(plan, sent.profile_id) < 0);
  if (strangers.length > 0) tally.violations.push(`${strangers.length} invitations that nobody asked for`);
  return tally;
}

/**
 * @param {Report} report @param {import("./plan.mjs").Read & { cancel: unknown }} planned @param {any} task
 * @param {(what: string) => void} violated
 */
function judgeRead({ people }, planned, task, violated) {
  const output = task?.task_output;
  if (task?.status === "failed") {
    const wanted = planned.cancel !== null && output.code === "cancelled";
    if (!wanted && output.retryable !== true) violated(`failed for good: ${JSON.stringify(output)}`);
    return;
  }
  if (task?.status !== "completed") return;
  const { start, count } = planned.body;
  const right = people.slice(start, start + count).map((/** @type {any} */ { id }) => `urn:li:fsd_profile:${id}`);
  const rows = output.connections.map((/** @type {any} */ row) => row.entity_urn);
  if (output.total !== right.length || rows.join() !== right.join()) violated(`${rows.length} rows, not the ${right.length} that are there`);
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
  const fetches = report.fetches.filter((one) => one.profile === profile);
  const isSevered = posts.some(wasSevered);

  if (fetches.length > 1) violated(`the agent called fetch ${fetches.length} times`);
  if (sent.length > 1) violated(`${sent.length} invitations took effect`);
  if (posts.length > 1) {
    tally.repeats += posts.length - 1;
    if (!isSevered) violated(`${posts.length} POSTs, and none whose connection had ended`);
  }
  if (sent.length === 1 && sent[0].note !== (planned?.body && "note" in planned.body ? planned.body.note : null)) violated("another note");
  if (fetches.length > 0 && cancelledInTime(report, nth)) violated("sent, though it had been cancelled before its start");
  if (task?.status === "completed" && sent.length === 0) violated("completed, and nothing was sent");
  if (task?.status !== "failed") return;
  if (code === "outcome_unknown") {
    if (sent.length > 0) tally.unknownSent += 1;
    else tally.unknownUnsent += 1;
    if (!isSevered && !diedInTheWindow(report, nth)) violated("outcome_unknown without a death in the window");
  } else if (code !== "cancelled" || planned?.cancel === null) {
    violated(`failed: ${JSON.stringify(task.task_output)}`);
  }
  if (sent.length > 0) violated(`sent, and yet failed with ${code}`);
}

/** Whether the caller's cancel was confirmed before leave to send was asked for. @param {Report} report @param {number} nth */
function cancelledInTime({ events }, nth) {
  const start = firstOf(events, nth, "start asked") ?? Infinity;
  return events.some(({ what, task, at, more }) => what === "cancel" && task === nth && at < start && isOk(more));
}

/** @param {unknown} more */
const isOk = (more) => /** @type {{ status?: number } | undefined} */ (more)?.status === 200;

/** @param {Report["events"]} events @param {number} nth @param {string} wanted */
const firstOf = (events, nth, wanted) => events.find(({ task, what }) => task === nth && what === wanted)?.at;

/** Whether a worker or browser was ended between the first leave to send and the outcome. @param {Report} report @param {number} nth */
function diedInTheWindow({ events }, nth) {
  const from = firstOf(events, nth, "start asked") ?? Infinity;
  const to = firstOf(events, nth, "complete asked") ?? Infinity;
  return events.some(({ what, at }) => /^strike .*(worker|browser)/.test(what) && at >= from && at <= to);
}

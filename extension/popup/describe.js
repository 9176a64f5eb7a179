/**
 * Puts a status into words, without touching a page. Every sentence is about the present moment as the worker measured
 * it; a code that this version does not know is shown as it is rather than guessed at.
 */
import { clockTime, duration, t } from "../lib/i18n.js";
import { failureWords, outcomeLine, taskName, word } from "../lib/outcome.js";
import { own } from "../lib/own.js";
import { profileAddress } from "../lib/profile.js";
import { BY_THE_CLOCK_MS, reasonWords, serverWait } from "../lib/waiting.js";
import * as words from "../lib/words.js";

/** @typedef {import("../lib/messages.js").Status} Status */
/** @typedef {import("../lib/messages.js").Running} Running */
/** @typedef {import("../lib/messages.js").Waiting} Waiting */
/** @typedef {import("../lib/messages.js").Approval} Approval */
/** @typedef {import("../lib/messages.js").Usage} Usage */
/** @typedef {import("../lib/messages.js").Recent} Recent */
/** @typedef {import("../lib/messages.js").Problem} Problem */
/** @typedef {import("../lib/words.js").Said} Said */
/** @typedef {import("../lib/words.js").Tone} Tone */

/** This phase is mostly waiting, for minutes, and does not keep a pause from being complete. */
const PATIENT_PHASE = "verifying";
/** From here on the invitation may be out, and a cancel can change nothing. */
const BEYOND_CANCELLING = ["sending", "verifying"];
/** A kind that is named for this reason is taken all the same, but for invitations with a note. */
const NOTES_ALONE = "note_limit";

/** A stop has several causes, and a permission may be of several sites: the headline says which. */
const SAID_IN_FULL = ["latched", "no_permission"];
/** What the headline says of a server that has not answered yet or any more. Another error is more than that. */
const SILENCE = ["unreachable", "no_answer_in_time", "server_gone"];
/** These are errors that a server itself answers with; another useless answer may be anybody's. */
const ANSWERED = ["server_error", "unexpected_answer"];
/** @type {Record<number, string>} what a refused result means by the protocol, where there is more to say than a number */
const REFUSED = { 404: "recent_refused_unknown", 410: "recent_refused_closed" };
/**
 * What a kind of task waits for while all of them do, and the headline says why.
 *
 * @type {Partial<Record<Status["state"], string[]>>}
 */
const WAITED_FOR = {
  paused: ["paused"],
  signed_out: ["signed_out"],
  wrong_account: ["wrong_account"],
  no_permission: ["signed_out"],
  latched: ["challenge", "blocked", "storage"],
};

/**
 * @param {Status} status
 * @returns what clearing the stop does; null when there is none that can be cleared here
 */
export function stopLines({ attention }) {
  const stop = attention ? own(words.STOPS, attention.code) : undefined;
  return stop ? { clearing: t(stop.clearing) } : null;
}

/**
 * What is wrong and what to do about it, below the headline: what that says already is not said again.
 *
 * @param {Status} status
 * @param {number} nowMs
 * @returns {{ message: string, remedy: string, tone?: Tone } | null} quiet: nothing is wrong
 */
export function problemLines(status, nowMs) {
  const { attention, contact } = status;
  // What waits to be answered is shown itself.
  const needed = attention?.code === "approval" ? null : attention;
  const wait = needed ? null : serverWait(contact, nowMs);
  if (wait) return { ...wait, message: saysContact(status) ? "" : wait.message, tone: "quiet" };
  const wrong = needed ?? contact.error;
  if (!wrong) return null;
  const stop = own(words.STOPS, wrong.code);
  return { message: isInHeadline(wrong, status) ? "" : wrong.message, remedy: stop?.remedy ? t(stop.remedy) : wrong.remedy };
}

/**
 * @param {Problem} problem
 * @param {Status} status
 */
function isInHeadline(problem, status) {
  const { state, attention, contact } = status;
  if (problem === attention) return problem.code === state || SAID_IN_FULL.includes(state);
  return saysContact(status) && contact.state === "unreachable" && SILENCE.includes(problem.said ?? "");
}

/**
 * Whether the headline is about the server, when there is something to be said about it.
 *
 * @param {Status} status
 */
const saysContact = ({ state, running }) => state === "ready" && !running;

/**
 * @param {Status} status
 * @param {number} nowMs
 * @returns {string} what the agent is doing now, in one line
 */
export function headline(status, nowMs) {
  const { state, running } = status;
  if (state === "paused" && running && running.phase !== PATIENT_PHASE) return t("headline_pausing");
  if (SAID_IN_FULL.includes(state) && status.attention) return t("headline_stopped", status.attention.message);
  if (state !== "ready") return t(words.STOPPED[state]);
  if (running) return isHeld(running, status) ? t("headline_held") : workingLine(running);
  return readyLine(status, nowMs);
}

/** @param {Running} running */
function workingLine({ phase, done, of }) {
  if (phase !== "reading" || done === null) return word(words.WORKING, phase);
  return of === null ? t("working_reading_done", done) : t("working_reading_done_of", done, of);
}

/**
 * What keeps a list from being begun also stops one between two pages, with its rows so far in hand. (An invitation that is on
 * its way is not stopped by what the next one waits for.)
 *
 * @param {Running} running
 * @param {Status} status
 */
const isHeld = ({ phase, task_type }, { waiting }) =>
  phase === "reading" && waiting.some((wait) => wait.task_type === task_type);

/**
 * @param {Status} status
 * @param {number} nowMs
 */
function readyLine(status, nowMs) {
  const { contact, approvals, waiting } = status;
  const wait = serverWait(contact, nowMs);
  if (wait) return wait.message;
  if (contact.state === "connecting") return t("headline_connecting");
  if (contact.state === "failing") return failingLine(contact, nowMs);
  if (contact.state === "unreachable") {
    const { last_ms_ago: ago } = contact;
    return ago === null ? t("headline_unreachable") : t("headline_unreachable_since", clockTime(nowMs - ago, nowMs));
  }
  if (approvals.some(({ approved }) => !approved)) return t("headline_approval");
  return hindered({ ...status, waiting: waiting.filter(({ reason }) => reason !== NOTES_ALONE) }, nowMs);
}

/**
 * @param {Status["contact"]} contact
 * @param {number} nowMs
 */
function failingLine({ error, failing_ms: ms }, nowMs) {
  const since = clockTime(nowMs - (ms ?? 0), nowMs);
  return t(ANSWERED.includes(error?.said ?? "") ? "headline_failing_since" : "headline_unfit_since", since);
}

/**
 * What waits, until when and why, as far as one line has room for it: the list below has all of it.
 *
 * @param {Status} status
 * @param {number} nowMs
 */
function hindered(status, nowMs) {
  const [wait, ...others] = status.waiting;
  if (!wait) return t("headline_ready");
  const { why } = reasonWords(wait, status);
  const at = wait.for_ms === null || wait.for_ms < BY_THE_CLOCK_MS ? "" : clockTime(nowMs + wait.for_ms, nowMs);
  if (others.length + 1 < Object.keys(words.KINDS).length) {
    const kind = word(words.KINDS, wait.task_type);
    return at ? t("headline_partly_until", kind, at, why) : t("headline_partly", kind, why);
  }
  const alike = others.every(({ reason, for_ms }) => reason === wait.reason && for_ms === wait.for_ms);
  if (!alike) return t("headline_none");
  return at ? t("headline_none_until", at, why) : t("headline_none_why", why);
}

/** @param {Status} status */
export function serverLine({ state, server, contact }) {
  if (!server) return { tone: /** @type {Tone} */ ("quiet"), text: t("contact_none"), detail: "" };
  // It may answer, but no longer to this browser.
  const { key, tone } = state === "unauthorised" || state === "superseded" ? words.CONTACT_ENDED : words.CONTACT[contact.state];
  const heard = contact.last_ms_ago === null ? t("contact_never") : t("contact_heard", duration(contact.last_ms_ago));
  return { tone, text: t(key, server.url), detail: heard };
}

/** @param {Status} status */
export function linkedinLine({ linkedin }) {
  const { key, tone } = words.LINKEDIN[linkedin];
  return { tone, text: t(key) };
}

/** @param {Status} status */
export const fallbackLine = ({ fallback }) => (fallback ? word(words.FALLBACKS, fallback) : "");

/** @param {Running} running */
export function progressLine({ done, of }) {
  if (done === null) return "";
  return of === null ? t("progress_done", done) : t("progress_done_of", done, of);
}

/** @param {Running | null} running */
export const canCancel = (running) => running !== null && !BEYOND_CANCELLING.includes(running.phase);

/**
 * @param {Status} status
 * @returns {Waiting[]} what waits for something else than what the headline says all of it waits for
 */
export const otherWaits = ({ state, waiting }) => waiting.filter(({ reason }) => !WAITED_FOR[state]?.includes(reason));

/**
 * The kinds that wait, those together that wait for the same thing until the same time.
 *
 * @param {Status} status
 * @param {number} nowMs
 * @returns {{ title: string, until: string, why: string, remedy: string }[]}
 */
export function waitingItems(status, nowMs) {
  /** @type {Map<string, ReturnType<typeof waitingItems>[number]>} */
  const items = new Map();
  for (const wait of status.waiting) {
    const title = word(words.KINDS, wait.task_type);
    const until = untilLine(wait, nowMs);
    const group = `${wait.reason} ${until}`;
    const before = items.get(group);
    if (before) before.title = t("waiting_kinds", before.title, title);
    else items.set(group, { title, until, ...reasonWords(wait, status) });
  }
  return [...items.values()];
}

/**
 * @param {Waiting} waiting
 * @param {number} nowMs
 */
function untilLine({ for_ms }, nowMs) {
  if (for_ms === null) return "";
  if (for_ms >= BY_THE_CLOCK_MS) return t("waiting_until", clockTime(nowMs + for_ms, nowMs));
  return t("waiting_for", duration(Math.max(1_000, for_ms)));
}

/**
 * Invitations against the person's own limits, for a bar and its words.
 *
 * @param {number} sent
 * @param {number} limit
 * @returns {{ text: string, share: number, tone: Tone }} `share` from 0 to 1
 */
export function usageLine(sent, limit) {
  if (limit === 0) return { text: t("usage_none"), share: 1, tone: "busy" };
  const full = sent >= limit;
  const text = t(full ? "usage_full" : "usage_of", sent, limit);
  return { text, share: Math.min(1, sent / limit), tone: full ? "busy" : "good" };
}

/** @param {Usage} usage what the counts leave out, if anything */
export const uncountedLine = ({ by_hand }) => (by_hand === "known" ? "" : t("usage_not_by_hand"));

/**
 * @param {Approval} approval
 * @param {number} nowMs
 * @returns `profile` is null when the URN is of no form that has an address; it is then only shown
 */
export function approvalLine({ profile_urn, note, asked_at_ms, approved }, nowMs) {
  return {
    person: profile_urn,
    profile: profileAddress(profile_urn),
    note: note ?? "",
    approved: approved ? t("approval_approved") : "",
    asked: t(note === null ? "approval_asked_plain" : "approval_asked", duration(nowMs - asked_at_ms)),
  };
}

/**
 * @param {Recent} recent
 * @param {number} nowMs
 */
export function recentLine(recent, nowMs) {
  const { task_type, outcome, at_ms } = recent;
  const { tone, text } = outcomeLine(outcome);
  const when = t("recent_ago", duration(nowMs - at_ms));
  return { tone, title: taskName(task_type), outcome: text, when, ...failureWords(recent), unsent: unsentLine(recent) };
}

/** @param {Recent} recent */
function unsentLine({ acknowledged, refused }) {
  if (acknowledged) return "";
  if (!refused) return t("recent_unsent");
  const key = REFUSED[refused];
  return key ? t(key) : t("recent_refused", refused);
}

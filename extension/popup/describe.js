/**
 * Puts a status into words, without touching a page. Every sentence is about the present moment as the worker measured
 * it; a code that this version does not know is shown as it is rather than guessed at.
 */
import { duration, t } from "../lib/i18n.js";

/** @typedef {import("../lib/messages.js").Status} Status */
/** @typedef {import("../lib/messages.js").Running} Running */
/** @typedef {import("../lib/messages.js").Waiting} Waiting */
/** @typedef {import("../lib/messages.js").Recent} Recent */
/** @typedef {import("../lib/messages.js").Step} Step */
/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */
/** @typedef {"good" | "busy" | "quiet" | "bad"} Tone */

/** @type {Record<Exclude<Status["state"], "ready">, string>} */
const STOPPED = {
  unpaired: "headline_unpaired",
  paused: "headline_paused",
  signed_out: "headline_signed_out",
  wrong_account: "headline_wrong_account",
  latched: "headline_latched",
  superseded: "headline_superseded",
  unauthorised: "headline_unauthorised",
  no_permission: "headline_no_permission",
};

/** @type {Record<Status["contact"]["state"], string>} */
const READY = { connecting: "headline_connecting", connected: "headline_ready", unreachable: "headline_unreachable" };

/** @type {Record<string, string>} */
const TASKS = {
  agent_fetch_connections: "task_fetch_connections",
  agent_send_connection_request: "task_send_connection_request",
};

/**
 * By phase, since an invitation that is being looked for is not being sent.
 *
 * @type {Record<string, string>}
 */
const WORKING = {
  reading: "working_reading",
  checking: "working_checking",
  starting: "working_starting",
  sending: "working_sending",
  verifying: "working_verifying",
};
/** This phase is mostly waiting, for minutes, and does not keep a pause from being complete. */
const PATIENT_PHASE = "verifying";

/** @type {Record<Status["linkedin"], { key: string, tone: Tone }>} */
const LINKEDIN = {
  signed_in: { key: "linkedin_signed_in", tone: "good" },
  signed_out: { key: "linkedin_signed_out", tone: "bad" },
  wrong_account: { key: "linkedin_wrong_account", tone: "bad" },
  unknown: { key: "linkedin_unknown", tone: "quiet" },
};

/** @type {Record<Status["contact"]["state"], { key: string, tone: Tone }>} */
const CONTACT = {
  connecting: { key: "contact_connecting", tone: "busy" },
  connected: { key: "contact_connected", tone: "good" },
  unreachable: { key: "contact_unreachable", tone: "bad" },
};

/** @type {Record<string, string>} */
const WAITING = {
  agent_offline: "waiting_agent_offline",
  signed_out: "waiting_signed_out",
  wrong_account: "waiting_wrong_account",
  paused: "waiting_paused",
  kind_off: "waiting_kind_off",
  working_hours: "waiting_working_hours",
  pacing: "waiting_pacing",
  daily_limit: "waiting_daily_limit",
  weekly_limit: "waiting_weekly_limit",
  approval: "waiting_approval",
  throttled: "waiting_throttled",
  challenge: "waiting_challenge",
  blocked: "waiting_blocked",
  invitation_limit: "waiting_invitation_limit",
  note_limit: "waiting_note_limit",
  account_stopped: "waiting_account_stopped",
  storage: "waiting_storage",
};

/** @type {Record<Recent["outcome"], { key: string, tone: Tone }>} */
const OUTCOME = {
  completed: { key: "outcome_completed", tone: "good" },
  failed: { key: "outcome_failed", tone: "bad" },
  returned: { key: "outcome_returned", tone: "quiet" },
};

/**
 * What only a person may clear: what the stop is, and what clearing it does.
 *
 * @type {Record<string, { meaning: string, clearing: string }>}
 */
const STOPS = {
  challenge: { meaning: "stop_challenge", clearing: "stop_clearing_all" },
  blocked: { meaning: "stop_blocked", clearing: "stop_clearing_all" },
  account_restricted: { meaning: "stop_account_restricted", clearing: "stop_clearing_invitations" },
  sender_unconfirmed: { meaning: "stop_sender_unconfirmed", clearing: "stop_clearing_invitations" },
  connection_cap: { meaning: "stop_connection_cap", clearing: "stop_clearing_invitations" },
  record_set_aside: { meaning: "stop_record_set_aside", clearing: "stop_clearing_record" },
};

/** @type {Record<string, string>} */
const FALLBACKS = { older_decoration: "fallback_older_decoration", legacy_list: "fallback_legacy_list" };

/**
 * @param {Status} status
 * @returns what the stop is and what clearing it does; null when there is none that can be cleared here
 */
export function stopLines({ attention }) {
  const stop = attention && Object.hasOwn(STOPS, attention.code) ? STOPS[attention.code] : undefined;
  return stop ? { meaning: t(stop.meaning), clearing: t(stop.clearing) } : null;
}

/** @param {string} taskType */
export const taskName = (taskType) => word(TASKS, taskType);

/**
 * @param {Status} status
 * @returns {string} what the agent is doing now, in one line
 */
export function headline(status) {
  const { state, running, contact } = status;
  if (state === "paused" && running && running.phase !== PATIENT_PHASE) return t("headline_pausing");
  if (state !== "ready") return t(STOPPED[state]);
  return running ? word(WORKING, running.phase) : t(READY[contact.state]);
}

/** @param {Status} status */
export function serverLine({ server, contact }) {
  if (!server) return { tone: /** @type {Tone} */ ("quiet"), text: t("contact_none"), detail: "" };
  const { key, tone } = CONTACT[contact.state];
  const heard = contact.last_ms_ago === null ? t("contact_never") : t("contact_heard", duration(contact.last_ms_ago));
  return { tone, text: t(key, server.url), detail: heard };
}

/** @param {Status} status */
export function linkedinLine({ linkedin }) {
  const { key, tone } = LINKEDIN[linkedin];
  return { tone, text: t(key) };
}

/** @param {Status} status */
export const fallbackLine = ({ fallback }) => (fallback ? word(FALLBACKS, fallback) : "");

/**
 * What a check of LinkedIn came to, in one line. Why it could not even begin is the problem's to say.
 *
 * @param {Answer | NoAnswer | null} answer
 * @param {Step[]} steps
 * @returns {{ tone: Tone, text: string }}
 */
export function checkLine(answer, steps) {
  if (answer?.ok) return { tone: "good", text: t("check_passed") };
  if (steps.length > 0) return { tone: "bad", text: t("check_failed") };
  // Who was not answered cannot know what was checked.
  return { tone: "bad", text: answer && !("unanswered" in answer) ? t("check_refused") : "" };
}

/** @param {Running} running */
export function progressLine({ done, of }) {
  if (done === null) return "";
  return of === null ? t("progress_done", done) : t("progress_done_of", done, of);
}

/** @param {Waiting} waiting */
export function waitingLine({ task_type, reason, for_ms }) {
  const why = t("waiting_line", taskName(task_type), word(WAITING, reason));
  return for_ms === null ? why : t("waiting_line_for", why, duration(for_ms));
}

/**
 * @param {Recent} recent
 * @param {number} nowMs
 */
export function recentLine({ task_type, outcome, at_ms, acknowledged }, nowMs) {
  const { key, tone } = OUTCOME[outcome];
  const when = t("recent_ago", duration(nowMs - at_ms));
  return { tone, title: taskName(task_type), outcome: t(key), when, unsent: acknowledged ? "" : t("recent_unsent") };
}

/**
 * @param {Record<string, string>} table
 * @param {string} code
 */
function word(table, code) {
  const key = Object.hasOwn(table, code) ? table[code] : undefined;
  return key ? t(key) : code;
}

/** What a task, an event, a browser or a refusal is in words. Pure: every sentence about the server's state is found here. */
import { clockTime, count, duration } from "./time.js";
import { isSaid, isolate, t } from "./words.js";

/** @typedef {"good" | "busy" | "quiet" | "bad"} Tone */
/** @typedef {import("./words.js").Key} Key */
/**
 * @typedef {object} Task as the server lists it
 * @property {string} id
 * @property {string} status
 * @property {Record<string, any>} task_input
 * @property {any} [task_output]
 * @property {string} [created_at]
 * @property {string | null} [ended_at]
 * @property {{ reason: string, until: string | null }} [waiting]
 * @property {{ done: number, of: number | null }} [progress]
 * @property {boolean} [cancel_requested]
 * @property {Record<string, any>} [findings]
 * @property {Event[]} [events]
 */
/** @typedef {{ at: string, event: string, epoch?: number, attempt?: number, code?: string }} Event */
/** @typedef {{ used: number, limit: number }} Share */
/**
 * @typedef {object} Agent
 * @property {string} id
 * @property {string} name
 * @property {string} member_id
 * @property {string} paired_at
 * @property {number | null} last_seen_s
 * @property {boolean} online
 * @property {string | null} state
 * @property {{ day: Share, week: Share, at: string } | null} [usage]
 */

export const READ = "agent_fetch_connections";
export const INVITE = "agent_send_connection_request";

/**
 * @param {string} key that may be nobody's
 * @param {...(string | number)} values
 */
const said = (key, ...values) => (isSaid(key) ? t(key, ...values) : "");

/** @param {Task} task */
export const isOver = ({ status }) => status === "completed" || status === "failed";

/** @param {Task} task */
export const kindOf = ({ task_input: input }) => String(input?.task_type ?? "");

/** @param {string} kind */
export const kindName = (kind) => said(`kind_${kind}`) || kind;

/**
 * @param {Task} task
 * @returns {string} what exactly was asked for
 */
export function subject({ task_input: input }) {
  if (input?.task_type === INVITE) return t(input.note ? "subject_noted" : "subject_plain", isolate(String(input.profile_urn ?? "")));
  if (input?.task_type !== READ) return "";
  if (input.fields === "total") return t("subject_total");
  const first = Number(input.start ?? 0) + 1;
  const rows = t("subject_rows", count(first), count(first + Number(input.count ?? 0) - 1));
  return input.keyword ? t("subject_keyword", rows, isolate(String(input.keyword))) : rows;
}

/**
 * @param {Task} task
 * @param {number} now
 * @returns {{ tone: Tone, text: string }}
 */
export function state(task, now) {
  if (task.status === "completed") return { tone: "good", text: t("state_completed") };
  if (task.status === "failed") return task.task_output?.code === "cancelled" ? { tone: "quiet", text: t("state_cancelled") } : { tone: "bad", text: t("state_failed") };
  if (task.cancel_requested) return { tone: "busy", text: t("state_cancelling") };
  if (task.waiting?.until) return { tone: "busy", text: t(task.status === "processing" ? "state_held_until" : "state_waiting_until", clockTime(task.waiting.until, now)) };
  if (task.waiting) return { tone: "busy", text: t(task.status === "processing" ? "state_held" : "state_waiting") };
  return task.status === "processing" ? { tone: "busy", text: t("state_processing") } : { tone: "quiet", text: t("state_pending") };
}

/**
 * @param {Task} task
 * @returns {{ text: string, share: number | null } | null} null: there is none to show
 */
export function progress(task) {
  if (isOver(task) || !task.progress) return null;
  const { done, of } = task.progress;
  if (of === null || !(of > 0)) return { text: t("progress_done", count(done)), share: null };
  return { text: t("progress_of", count(done), count(of)), share: Math.min(1, done / of) };
}

/**
 * @param {Task} task
 * @returns {{ why: string, remedy: string } | null}
 */
export function waiting(task) {
  if (isOver(task) || !task.waiting) return null;
  const { reason } = task.waiting;
  return { why: said(`waiting_${reason}`) || t("waiting_unknown", reason), remedy: said(`waiting_${reason}_remedy`) };
}

/**
 * @param {Task} task
 * @returns {{ message: string, remedy: string } | null} null: it has not failed, or its output is not at hand
 */
export function failure({ status, task_output: output }) {
  if (status !== "failed" || !output) return null;
  const key = `failed_${output.code}`;
  if (isSaid(key)) return { message: t(key), remedy: said(`${key}_remedy`) };
  return { message: String(output.error ?? t("state_failed")), remedy: String(output.remedy ?? "") };
}

/**
 * @param {Task} task
 * @returns {string} what came of a task that did what it should
 */
export function outcome({ status, task_input: input, task_output: output }) {
  if (status !== "completed" || !output) return "";
  if (input?.task_type === INVITE) return t("outcome_sent");
  if (input?.fields === "total") return output.network_total === null ? t("outcome_total_unknown") : t("outcome_total", count(Number(output.network_total)));
  return t("outcome_rows", count(Number(output.total ?? 0)));
}

/**
 * @param {Task} task
 * @returns {string[]} what was odd about a list
 */
export function findings({ findings: found }) {
  if (!found) return [];
  const counted = /** @type {const} */ (["unresolved", "duplicates", "unreadable"]).filter((name) => Number(found[name]) > 0);
  const lines = counted.map((name) => t(`finding_${name}`, count(Number(found[name]))));
  if (found.list_shifted) lines.push(t("finding_list_shifted"));
  if (found.fallback) lines.push(t("finding_fallback", String(found.fallback)));
  return lines;
}

/**
 * @param {Event} event
 * @returns {{ tone: Tone, text: string, detail: string }}
 */
export function eventLine({ event, code, attempt }) {
  const tone = /** @type {Record<string, Tone>} */ ({ completed: "good", failed: "bad", lost: "bad", webhook_failed: "bad", late_proof: "good" })[event] ?? "quiet";
  const text = said(`event_${event}`) || event;
  if (event === "offered" && Number(attempt) > 1) return { tone, text, detail: t("event_attempt", count(Number(attempt))) };
  return { tone, text, detail: code ? said(`failed_${code}`) || code : "" };
}

/** @type {Record<string, Key>} what a browser does that is connected, in a word or two */
const DOES = { ready: "does_ready", paused: "does_paused", signed_out: "does_signed_out", wrong_account: "does_wrong_account", latched: "does_latched" };

/**
 * @param {Agent} agent
 * @returns {{ tone: Tone, text: string, detail: string }} whether it works, by what it last said of itself; and whether it is connected
 */
export function presence({ online, last_seen_s: seen, state: said_ }) {
  if (!online) return { tone: "bad", text: t("offline"), detail: seen === null ? t("never_seen") : t("last_seen", duration(seen * 1_000)) };
  const code = said_ || "ready";
  const does = Object.hasOwn(DOES, code) ? DOES[code] : undefined;
  return { tone: code === "ready" ? "good" : "busy", text: t(does ?? "online"), detail: said(`browser_${code}`) || code };
}

/**
 * @param {Share} share
 * @returns {{ text: string, share: number, tone: Tone }}
 */
export function usageLine({ used, limit }) {
  if (limit <= 0) return { text: t("usage_none"), share: 0, tone: "busy" };
  const full = used >= limit;
  return { text: t(full ? "usage_full" : "usage_of", count(used), count(limit)), share: Math.min(1, used / limit), tone: full ? "busy" : "good" };
}

/** Where the server itself does not know whether what was asked for has been done. */
const IN_DOUBT = ["overtime", "storage_unavailable", "internal"];

/**
 * @param {import("./api.js").Bad} bad
 * @returns {boolean} whether it may have been done all the same
 */
export const isInDoubt = ({ kind, code }) => kind === "silent" || IN_DOUBT.includes(code);

/**
 * Why a call came to nothing.
 *
 * @param {import("./api.js").Bad} bad
 * @returns {{ message: string, remedy: string }}
 */
export function refusal({ kind, code, message, remedy, retryAfter }) {
  if (kind === "session") return { message: t("session_ended"), remedy: "" };
  if (kind === "silent") return { message: t("silent"), remedy: t("silent_remedy") };
  const again = retryAfter === null ? "" : t("try_again_in", duration(retryAfter * 1_000));
  const known = said(`refused_${code}`);
  // The server's own remedy goes with its own sentence.
  const own = known || !remedy ? said(`refused_${code}_remedy`) : isolate(remedy);
  return { message: known || t("refused", isolate(message || code)), remedy: [own, again].filter(Boolean).join(" ") };
}

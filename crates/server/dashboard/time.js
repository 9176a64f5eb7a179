/** Times and numbers as the person's language and clock have them. */
import { spoken, t } from "./words.js";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** @param {number} value */
export const count = (value) => new Intl.NumberFormat(spoken()).format(value);

/**
 * @param {number} ms
 * @returns {string} in the largest unit that fits, rounded: "12 s", "3 min", "2 h", "5 d"
 */
export function duration(ms) {
  if (ms < MINUTE_MS) return t("duration_seconds", Math.max(0, Math.round(ms / SECOND_MS)));
  if (ms < HOUR_MS) return t("duration_minutes", Math.round(ms / MINUTE_MS));
  if (ms < DAY_MS) return t("duration_hours", Math.round(ms / HOUR_MS));
  return t("duration_days", Math.round(ms / DAY_MS));
}

/**
 * @param {number} ms
 * @returns {string} "9:58"
 */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / SECOND_MS));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * A point in time: of today its clock time alone. What is waited for is over when its minute begins, so it is rounded up.
 *
 * @param {string | number} at ISO 8601, or milliseconds
 * @param {number} nowMs
 * @param {{ seconds?: boolean }} [how]
 */
export function clockTime(at, nowMs, { seconds = false } = {}) {
  const ms = typeof at === "number" ? at : Date.parse(at);
  if (Number.isNaN(ms)) return String(at);
  // Two measurements of one moment differ by some milliseconds; without this, nine sharp would be shown as a minute past.
  const near = Math.round(ms / SECOND_MS) * SECOND_MS;
  const shown = new Date(ms > nowMs && !seconds ? Math.ceil(near / MINUTE_MS) * MINUTE_MS : ms);
  /** @type {Intl.DateTimeFormatOptions} */
  const clock = { hour: "numeric", minute: "2-digit", ...(seconds && { second: "2-digit" }) };
  if (shown.toDateString() === new Date(nowMs).toDateString()) return new Intl.DateTimeFormat(spoken(), clock).format(shown);
  const sameYear = shown.getFullYear() === new Date(nowMs).getFullYear();
  return new Intl.DateTimeFormat(spoken(), { day: "numeric", month: "short", ...(!sameYear && { year: "numeric" }), ...clock }).format(shown);
}

/**
 * @param {string} at ISO 8601
 * @returns {string} the day alone
 */
export function day(at) {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : new Intl.DateTimeFormat(spoken(), { dateStyle: "medium" }).format(ms);
}

/** Every word of ours that a person reads comes from `_locales`; this is how it gets onto a page. */
import { localMessage } from "./browser.js";

/**
 * @param {string} key
 * @param {...(string | number)} values
 */
export const t = (key, ...values) => localMessage(key, values.map(String));

/**
 * Keeps the direction of a stranger's text to itself: without it one control character turns round the rest of our sentence.
 *
 * @param {string} text
 */
export const isolate = (text) => `\u2068${text}\u2069`;

/**
 * A problem in one line.
 *
 * @param {{ message: string, remedy: string }} problem the core's sentences have no full stop
 */
export const sentences = ({ message, remedy }) => [message, remedy].map((text) => text.replace(/[^.]$/, "$&.")).filter(Boolean).join(" ");

/**
 * Tells the page its language and direction, and fills `data-i18n` with text and `data-i18n-label` with an accessible name. Always
 * text, never markup.
 *
 * @param {Document} page
 */
export function localise(page) {
  const { documentElement: root } = page;
  // Of the words, which may be English though Chrome is not.
  root.lang = t("locale");
  root.dir = t("direction");
  for (const element of page.querySelectorAll("[data-i18n]")) {
    element.textContent = t(element.getAttribute("data-i18n") ?? "");
  }
  for (const element of page.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", t(element.getAttribute("data-i18n-label") ?? ""));
  }
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

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
 * A point in time as the clock and calendar of this computer show it, for "until 14:05" and "since 14:05": a span of minutes
 * would have to be added up, and would be wrong a minute later. Words are in the language of the messages around it, the clock
 * runs to 12 or 24 as the person's own does.
 *
 * @param {number} atMs
 * @param {number} nowMs
 * @param {Intl.DateTimeFormatOptions["hourCycle"]} [hourCycle]
 */
export function clockTime(atMs, nowMs, hourCycle = OWN_CLOCK) {
  // Two measurements of one moment differ by some milliseconds; without this, nine sharp would be shown as a minute past.
  const minutes = (Math.round(atMs / SECOND_MS) * SECOND_MS) / MINUTE_MS;
  // Who waits until 14:05 expects it to be over then; what was so since 14:05 cannot begin in a minute.
  const at = new Date((atMs > nowMs ? Math.ceil(minutes) : Math.floor(minutes)) * MINUTE_MS);
  const daysAhead = Math.round((midnight(at) - midnight(new Date(nowMs))) / DAY_MS);
  /** @type {Intl.DateTimeFormatOptions} */
  const clock = { hour: "numeric", minute: "2-digit", hourCycle };
  if (daysAhead === 0) return new Intl.DateTimeFormat(t("locale"), clock).format(at);
  /** @type {Intl.DateTimeFormatOptions} */
  const day = Math.abs(daysAhead) < 7 ? { weekday: "short" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(t("locale"), { ...day, ...clock }).format(at);
}

/** Whether the person's clock runs to 12 or to 24. */
export const OWN_CLOCK = /** @type {Intl.DateTimeFormatOptions["hourCycle"]} */ (
  new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hourCycle
);

/** @param {Date} moment */
const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();

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
 * Fills `data-i18n` with text and `data-i18n-label` with an accessible name. Always text, never markup.
 *
 * @param {Document} page
 */
export function localise(page) {
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

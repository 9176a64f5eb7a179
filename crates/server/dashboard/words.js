/** Every word of ours that is read on the dashboard comes from here, in the first of the person's languages that is spoken. */
import { GERMAN } from "./words-de.js";
import { ENGLISH } from "./words-en.js";

/** @typedef {keyof typeof ENGLISH} Key */

/** @type {Record<string, Record<Key, string>>} */
export const LANGUAGES = { en: ENGLISH, de: GERMAN };

/**
 * @param {readonly string[]} wanted as `navigator.languages` has them
 * @returns {string} the language with its region, which says how times and numbers are written
 */
export const choose = (wanted) => wanted.find((tag) => Object.hasOwn(LANGUAGES, base(tag))) ?? "en";

/** @param {string} tag */
const base = (tag) => tag.toLowerCase().split("-")[0] ?? "";

let locale = "en";

/** @param {string} chosen */
export function speak(chosen) {
  locale = chosen;
}

export const spoken = () => locale;

/**
 * @param {Key} key
 * @param {...(string | number)} values for `$1`, `$2`, …
 */
export function t(key, ...values) {
  const words = (LANGUAGES[base(locale)] ?? ENGLISH)[key];
  return words.replace(/\$(\d)/g, (_, at) => String(values[at - 1] ?? ""));
}

/**
 * @param {string} key built from a code that a server sent, which may be newer than this page
 * @returns {key is Key}
 */
export const isSaid = (key) => Object.hasOwn(ENGLISH, key);

/**
 * Keeps the direction of a stranger's text to itself within a sentence of ours.
 *
 * @param {string} text
 */
export const isolate = (text) => `\u2068${text}\u2069`;

/**
 * Fills `data-i18n` with text and `data-i18n-label` with a name for screen readers.
 *
 * @param {Document} page
 */
export function localise(page) {
  page.documentElement.lang = base(locale);
  for (const element of page.querySelectorAll("[data-i18n]")) element.textContent = t(/** @type {Key} */ (element.getAttribute("data-i18n")));
  for (const element of page.querySelectorAll("[data-i18n-label]")) element.setAttribute("aria-label", t(/** @type {Key} */ (element.getAttribute("data-i18n-label"))));
}

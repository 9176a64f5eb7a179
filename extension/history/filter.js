/** Which lines of the log are shown, and what one says, without touching the page. */
import { OWN_CLOCK, t } from "../lib/i18n.js";
import { failureWords, outcomeLine, taskName } from "../lib/outcome.js";
import { profileAddress } from "../lib/profile.js";

/** @typedef {import("../lib/messages.js").LogEntry} LogEntry */
/** @typedef {{ search: string, kind: string, outcome: string, days: number }} Filter `""` and 0: all of them */
/** @typedef {{ entry: LogEntry, line: Line, text: string }} Row `text`: what is searched */
/** @typedef {ReturnType<typeof lineOf>} Line */

const DAY_MS = 86_400_000;

/**
 * @param {LogEntry[]} log oldest first, as the worker has it
 * @returns {Row[]} newest first
 */
export function rowsOf(log) {
  return [...log].reverse().map((entry) => {
    const line = lineOf(entry);
    const said = [line.what, line.whom, line.outcome, line.why, entry.code, entry.task, entry.server];
    return { entry, line, text: plain(said.join("\n")) };
  });
}

/** @param {LogEntry} entry */
function lineOf({ task_type, target, outcome, code, server }) {
  const { tone, text } = sayOutcome(outcome);
  return { what: sayTask(task_type), whom: target ?? "", profile: profileAddress(target), tone, outcome: text, why: sayCode(code), server };
}

/**
 * Ten thousand lines say the same few things, and each message is asked for across to the browser.
 *
 * @template K, V
 * @param {(key: K) => V} say
 * @returns {(key: K) => V}
 */
function once(say) {
  /** @type {Map<K, V>} */
  const said = new Map();
  return (key) => {
    const known = said.get(key);
    if (known !== undefined) return known;
    const value = say(key);
    said.set(key, value);
    return value;
  };
}

const sayOutcome = once(outcomeLine);
const sayTask = once(taskName);
const sayCode = once((/** @type {string | null} */ code) => failureWords({ code, message: code, remedy: null }).why);

/**
 * Each word has to be in the line somewhere. A period is counted back from now and not from midnight, as the limits are.
 *
 * @param {Row[]} rows
 * @param {Filter} filter
 * @param {number} nowMs
 */
export function matching(rows, { search, kind, outcome, days }, nowMs) {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return rows.filter(
    ({ entry, text }) =>
      (kind === "" || entry.task_type === kind) &&
      (outcome === "" || entry.outcome === outcome) &&
      (days === 0 || entry.at_ms > nowMs - days * DAY_MS) &&
      words.every((word) => text.includes(word)),
  );
}

/**
 * @param {Row[]} rows
 * @param {"task_type" | "outcome"} member
 * @returns {string[]} the values that there are, for a list to choose from
 */
export const valuesOf = (rows, member) => [...new Set(rows.map(({ entry }) => entry[member]))].sort();

/**
 * @param {number} found
 * @param {number} all
 */
export function countLine(found, all) {
  const number = new Intl.NumberFormat(t("locale"));
  if (found < all) return t("history_found", number.format(found), number.format(all));
  return all === 1 ? t("history_one") : t("history_count", number.format(all));
}

/** @param {string} text */
const plain = (text) => text.normalize("NFC").toLowerCase();

/** @param {number} atMs a time that no date can have is shown as the number that it is */
export function whenLine(atMs) {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return String(atMs);
  format ??= momentFormat();
  return format.format(at);
}

/** @type {Intl.DateTimeFormat | undefined} to make one takes longer than to use it */
let format;

/** The language of the messages around it, the clock of the person. */
const momentFormat = () =>
  new Intl.DateTimeFormat(t("locale"), {
    ...{ year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" },
    hourCycle: OWN_CLOCK,
  });

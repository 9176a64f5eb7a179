/** How a task ended, in words: the popup's last results and the page of what was done say it alike. */
import { t } from "./i18n.js";
import { own } from "./own.js";
import * as words from "./words.js";

/** @typedef {import("./messages.js").Recent} Recent */

/** @param {string} taskType */
export const taskName = (taskType) => word(words.TASKS, taskType);

/** @param {string} outcome */
export function outcomeLine(outcome) {
  const said = own(words.OUTCOME, outcome);
  return said ? { tone: said.tone, text: t(said.key) } : { tone: /** @type {words.Tone} */ ("quiet"), text: outcome };
}

/**
 * @param {Pick<Recent, "code" | "message" | "remedy">} ended
 * @returns {{ why: string, remedy: string }} in words of ours where the code is known, or else as the worker has it
 */
export function failureWords({ code, message, remedy }) {
  const said = code ? own(words.FAILURES, code) : undefined;
  return said ? { why: t(said.said), remedy: t(said.remedy) } : { why: message ?? "", remedy: remedy ?? "" };
}

/**
 * @param {Record<string, string>} table
 * @param {string} code
 */
export function word(table, code) {
  const key = own(table, code);
  return key ? t(key) : code;
}

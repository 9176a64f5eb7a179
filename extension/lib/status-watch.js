/** Keeps an open page true: asks the worker for its status once a second and whenever the worker says that it changed. */
import { onStatusChanged } from "./browser.js";
import { follow } from "./follow.js";
import { send } from "./messages.js";

/** @typedef {import("./messages.js").Answer} Answer */
/** @typedef {import("./messages.js").NoAnswer} NoAnswer */

const EVERY_MS = 1_000;

/**
 * @param {(answer: Answer | NoAnswer) => void} show
 * @param {object} [by]
 * @param {() => Promise<Answer | NoAnswer>} [by.ask]
 * @param {(listener: () => void) => void} [by.onChange]
 * @param {(run: () => void, ms: number) => () => void} [by.every]
 * @returns {() => Promise<void>} asks now
 */
export function watchStatus(show, { ask = () => send({ kind: "status" }), onChange = onStatusChanged, ...by } = {}) {
  const { now } = follow(ask, show, EVERY_MS, by);
  onChange(now);
  return now;
}

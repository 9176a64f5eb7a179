// @ts-check
// What measured values become: percentiles, rows of a table, a mark on what is missed; and the one clock of all processes.

import { loadavg } from "node:os";

export const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
export const sorted = (values) => [...values].sort((one, other) => one - other);
export const median = (values) => at(sorted(values), 0.5);

/** How busy the machine is: what else runs on it is in every number. */
export const loadNow = () => `load ${loadavg()[0].toFixed(1)}`;

const TICKS = 5;
const TRIES = 20;
/** Two readings of the wall clock that nobody set are less than this apart, in ms. */
const SET_MS = 0.5;

/** What to add to the clock that never jumps, seen as the wall clock ticks. */
function atTick() {
  const before = Date.now();
  for (;;) {
    const ticked = Date.now();
    if (ticked !== before) return ticked - performance.now();
  }
}

/** A tick that is seen late gives less: the most is nearest, where no tick among them was the clock's being set. */
function originNow() {
  for (let left = TRIES; left > 0; left -= 1) {
    const seen = Array.from({ length: TICKS }, atTick);
    const most = Math.max(...seen);
    if (most - Math.min(...seen) < SET_MS) return most;
  }
  throw new Error("the machine's clock can't be read to half a millisecond: it is set all the time, or the machine is too busy");
}

let origin = performance.timeOrigin;

/**
 * Reads the wall clock again, since some machines set theirs by a millisecond or two every few minutes. Gives what it began at: two of
 * these tell how far it was set between. Takes some milliseconds of the processor.
 */
export const readClock = () => (origin = originNow());

/** Whether the wall clock was set between two readings. @param {number} one @param {number} other */
export const wasSet = (one, other) => Math.abs(one - other) >= SET_MS;

/** Reads the clock where it may not have been set since an earlier reading: a page or a worker has read it meanwhile. @param {number} before */
export function readClockUnset(before) {
  if (wasSet(before, readClock())) throw new Error("the machine's clock was set while the browser started: measure again");
  return origin;
}

/**
 * Throws where more is left out than was wanted: such a machine's clock is none.
 *
 * @param {number} spoilt
 * @param {number} wanted
 */
export function insistOnClock(spoilt, wanted) {
  if (spoilt > wanted) throw new Error(`the machine's clock was set ${spoilt} times: nothing can be measured by it`);
}

/** What to say of times that are left out since the wall clock was set meanwhile. @param {number} count */
export const leftOut = (count) => (count === 0 ? [] : [`${count} more left out: the machine's clock was set meanwhile`]);

/**
 * Milliseconds since 1970 with their fractions, by the machine's wall clock (CLOCK_REALTIME), which the server's log and the
 * simulator's journal go by too. Read at this process's start and in {@link readClock}, and counted on by the clock that never jumps.
 */
export const now = () => origin + performance.now();

/** @param {number} atMs by {@link now} */
export const until = (atMs) => new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - now())));

const PARTS = [["p50", 0.5], ["p90", 0.9], ["p99", 0.99]];
const WIDTH = 9;
const cell = (text) => text.padStart(WIDTH);

/** The head of a table of {@link line}s. */
export const head = (title) =>
  `${title.padEnd(58)}${["times", ...PARTS.map(([name]) => name), "max"].map((name) => cell(name)).join("")}`;

/**
 * @param {string} what
 * @param {number[]} values in ms
 */
export function line(what, values) {
  const inOrder = sorted(values);
  const numbers = [...PARTS.map(([, part]) => at(inOrder, part)), inOrder.at(-1)];
  const cells = values.length === 0 ? ["-"] : numbers.map((value) => value.toFixed(2));
  return `${what.padEnd(58)}${[String(values.length), ...cells].map((text) => cell(text)).join("")}`;
}

/**
 * Says whether a number is held, and marks it when it is not.
 *
 * @param {string} what
 * @param {number} value
 * @param {number} most
 */
export function verdict(what, value, most) {
  const held = value <= most;
  return `${held ? "   held" : "MISSED"}  ${what} ${value.toFixed(2)} ms, wanted at most ${most} ms`;
}

// @ts-check
// Chance that can be had again: everything random in a run comes from one seed, in one order.

const STEP = 0x6d2b79f5;

/** @typedef {ReturnType<typeof chanceOf>} Chance */

/** @param {number} seed */
export function chanceOf(seed) {
  let state = seed >>> 0;

  /** Mulberry32: from 0 up to, and without, 1. */
  function fraction() {
    state = (state + STEP) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** @param {number} limit */
  const below = (limit) => Math.floor(fraction() * limit);
  return {
    below,
    /** @param {number} share */
    happens: (share) => fraction() < share,
    /**
     * @template T
     * @param {readonly T[]} from
     */
    one: (from) => /** @type {T} */ (from[below(from.length)]),
    /** @param {number} length letters and digits */
    text: (length) => Array.from({ length }, () => below(36).toString(36)).join(""),
  };
}

/** Keeps what is seen true, while somebody is signed in: asks again every two seconds for as long as they look. */
import { follow as followed, whileSeen } from "./follow.js";

const EVERY_MS = 2_000;

let resting = false;

/**
 * While nobody is signed in, what was followed may stand aside, and would be asked for in vain.
 *
 * @param {boolean} yes
 */
export function rest(yes) {
  resting = yes;
}

/**
 * @template Answer
 * @param {() => Promise<Answer>} ask
 * @param {(answer: Answer) => void} show
 */
export const follow = (ask, show) =>
  followed(ask, (answer) => void (resting || show(answer)), EVERY_MS, { every: (run, ms) => whileSeen(() => void (resting || run()), ms) });

/**
 * Keeps an open page true: asks the worker for its status once a second and whenever the worker says that it changed.
 * What an earlier answer said is never shown as live, so a missing answer is handed to the page as well.
 */
import { onStatusChanged } from "./browser.js";
import { send } from "./messages.js";

/** @typedef {import("./messages.js").Answer} Answer */
/** @typedef {import("./messages.js").NoAnswer} NoAnswer */

const EVERY_MS = 1_000;

/**
 * @param {(answer: Answer | NoAnswer) => void} show
 * @param {object} [by]
 * @param {() => Promise<Answer | NoAnswer>} [by.ask]
 * @param {(listener: () => void) => void} [by.onChange]
 * @param {(run: () => void, ms: number) => unknown} [by.every]
 * @returns {() => Promise<void>} asks now
 */
export function watchStatus(show, by = {}) {
  const { ask = () => send({ kind: "status" }), onChange = onStatusChanged, every = repeat } = by;
  let asking = false;
  let again = false;

  async function refresh() {
    again = asking;
    if (asking) return;
    asking = true;
    try {
      show(await ask());
    } finally {
      // Whatever goes wrong once, the page must not stay on old facts.
      asking = false;
    }
    if (again) await refresh();
  }

  onChange(refresh);
  every(refresh, EVERY_MS);
  void refresh();
  return refresh;
}

/**
 * An options tab left open in the background would keep worker and core busy for nobody.
 *
 * @param {() => void} run
 * @param {number} ms
 */
function repeat(run, ms) {
  setInterval(() => !document.hidden && run(), ms);
  document.addEventListener("visibilitychange", run);
}

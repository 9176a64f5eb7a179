// @ts-check
// How the worker is asked: as the extension's own pages do it, and where Chrome has lost it, by the popup's button.

import { wasUnheard } from "../../extension/lib/browser.js";
import { AGAIN_MS, timesAgainOf } from "../../extension/lib/messages.js";
import { DEVELOPER_MODE, EXTENSIONS_PAGE } from "../../scripts/world/extensions-page.mjs";
import { within } from "../../scripts/world/process.mjs";

/** How many workers Chrome has for the extension, running or not. */
const REGISTERED = "navigator.serviceWorker.getRegistrations().then((all) => all.length)";
const RESTART_WITHIN_MS = 30_000;
/** What no run may come to. */
export const DEAF = "a worker that Chrome has hears nothing";
/** The same, since it could be had again. */
export const LOST_AGAIN = "Chrome has no worker after a restart";

/**
 * @typedef {object} Site what there is to ask in
 * @property {(expression: string, session?: string) => Promise<any>} evaluate in the page that stays open, or in another
 * @property {(url: string) => Promise<string>} open a page, and gives its session
 * @property {(session: string) => Promise<unknown>} left comes back when a page is gone
 * @property {(session: string) => void} shut closes a page
 * @property {() => Promise<unknown>} settle opens the page that stays open
 */

/** @typedef {{ kind: string, [more: string]: unknown }} Message */
/** @typedef {Pick<import("./chromium.mjs").Watch, "onAnswer" | "onUnheard" | "onRestart" | "onRestartFailed" | "now">} Watch */

/**
 * Asks as the pages do, again where nobody has heard.
 *
 * @param {Message} message
 * @param {Site["evaluate"]} evaluate
 * @param {() => void} onUnheard
 * @returns {Promise<{ answer: any } | null>} null where nobody has heard at all
 */
async function askAgain(message, evaluate, onUnheard) {
  for (let tries = 1 + timesAgainOf(message); tries > 0; tries -= 1) {
    try {
      return { answer: await evaluate(`chrome.runtime.sendMessage(${JSON.stringify(message)})`) };
    } catch (error) {
      if (!wasUnheard(error)) throw error;
      onUnheard();
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
  return null;
}

/**
 * Presses the button as a person does.
 *
 * @param {string} origin the extension's
 * @param {Site} site
 */
async function pressRestart(origin, { evaluate, open, left, shut, settle }) {
  const extensions = await open(EXTENSIONS_PAGE);
  if (!(await evaluate(DEVELOPER_MODE, extensions))) throw new Error("the developer mode could not be switched on");
  shut(extensions);
  const popup = await open(`${origin}/popup/popup.html`);
  await evaluate(when(`!document.getElementById("restart").hidden`), popup);
  // All pages of the extension go under the press, and Chrome may owe the answer for ever.
  const gone = left(popup);
  evaluate(`document.getElementById("restart").click()`, popup).catch(() => {});
  await gone;
  await settle();
}

/**
 * @param {string} origin the extension's
 * @param {Site} site
 * @param {Watch} watch
 */
export function askingIn(origin, site, watch) {
  let restarting = /** @type {Promise<unknown> | null} */ (null);
  let restarts = 0;

  /**
   * Answered, or null where Chrome had no worker.
   *
   * @param {Message} message
   * @param {number} restartsBefore after another one, somebody else has found it lost
   */
  async function tryAsking(message, restartsBefore) {
    const sinceMs = watch.now();
    let isUnheard = false;
    let isLost = false;
    try {
      const heard = await askAgain(message, site.evaluate, () => (isUnheard = true));
      if (heard) {
        watch.onAnswer();
        return heard;
      }
      const isRegistered = restarts === restartsBefore && (await site.evaluate(REGISTERED)) > 0;
      // A worker that is there, and that hears nothing, is ours to answer for.
      if (isRegistered && restarts === restartsBefore) throw new Error(DEAF);
      isLost = true;
      return null;
    } finally {
      if (isUnheard && !isLost) watch.onUnheard(sinceMs);
    }
  }

  /** What became of it is told as well: who asked may have given up by then. */
  function restart() {
    restarts += 1;
    watch.onRestart();
    restarting = within(pressRestart(origin, site), RESTART_WITHIN_MS, "the extension to be restarted")
      .catch((error) => {
        watch.onRestartFailed(String(error));
        throw error;
      })
      .finally(() => (restarting = null));
    return restarting;
  }

  const quiet = async () => void (await restarting?.catch(() => {}));

  return {
    /** Comes back when no restart is under way. */
    quiet,
    /** Wakes the worker when it has ended; restarts the extension, once, when it is lost. @param {Message} message */
    async command(message) {
      await quiet();
      const before = restarts;
      const first = await tryAsking(message, before);
      if (first) return first.answer;
      // One restart for all who have found it lost.
      await (restarts > before ? quiet() : restart());
      const second = await tryAsking(message, restarts);
      if (second) return second.answer;
      throw new Error(LOST_AGAIN);
    },
  };
}

/** Comes back when this is so in a page. @param {string} condition */
export const when = (condition) => `new Promise((done) => { const look = () => (${condition}) ? done() : setTimeout(look, 20); look(); })`;

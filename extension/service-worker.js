/**
 * The background worker: it joins Chrome's events to the agent core and does nothing else. Chrome may end it at any
 * moment, so it keeps no state of its own; listeners are registered in the first turn and wait for one ready gate.
 */
import { host, hostReadingAhead, listen, openPage, packageUrl, prepareWorker, reloadExtension } from "./lib/browser.js";
import { createCore } from "./lib/core.js";
import { t } from "./lib/i18n.js";
import { isCommand, refuse } from "./lib/messages.js";
import { inLanguage } from "./lib/signals.js";
import * as wasm from "./pkg/liaison.js";

/** @typedef {import("./lib/messages.js").Answer} Answer */

/** An update waits this long for the work in hand; what is left then is resumed from the journal. */
const DRAIN_LIMIT_MS = 5 * 60_000;

const wasmUrl = packageUrl("pkg/liaison_bg.wasm");
const core = createCore({ wasm, wasmUrl, newHost: () => inLanguage(hostReadingAhead()), onFailure: logFailure, onDown });

// Before the listeners, so that the core is on its way while they are registered.
core.start().catch(logFailure);
listen({
  wake: (reason) => void core.wake(reason).catch(logFailure),
  message: answer,
  updateAvailable: () => void Promise.race([core.drain(), sleep(DRAIN_LIMIT_MS)]).catch(logFailure).then(reloadExtension),
  firstRun: () => void welcome().catch(logFailure),
});
globalThis.addEventListener("error", (event) => core.noticeTrap(event.error));
globalThis.addEventListener("unhandledrejection", (event) => core.noticeTrap(event.reason));

prepareWorker().catch(logFailure);

/**
 * @param {unknown} message
 * @param {boolean} fromOwnPage
 * @returns {Promise<Answer>} never rejects: a page is always answered
 */
async function answer(message, fromOwnPage) {
  if (!fromOwnPage) return refuse("foreign_sender", t("foreign_sender_message"), "");
  if (!isCommand(message)) return refuse("unknown_command", t("unknown_command_message"), t("unknown_command_remedy"));
  try {
    return await core.command(message);
  } catch (error) {
    logFailure(error);
    return refuse("core_down", t("core_down_message"), t("core_down_remedy"));
  }
}

/** A profile into which the extension is loaded at each start has it new each time: who is paired needs no welcome. */
async function welcome() {
  const answer = await core.command({ kind: "status" }).catch(() => null);
  if (!answer?.ok || !answer.status?.server) await openPage("onboarding/onboarding.html");
}

/** A running core shows the badge itself. */
function onDown() {
  host.showBadge("attention", t("core_down_title")).catch(logFailure);
}

/**
 * Only the kind of failure is logged: an error's text may quote what was being worked on.
 *
 * @param {unknown} error
 */
function logFailure(error) {
  console.error("liaison:", error instanceof Error ? error.name : typeof error);
}

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * The popup's way on after a stop, below what it is and what to do first: what clearing does, and a second press. One press too
 * many could send requests to a site that has just refused them, so the button is behind a disclosure.
 */
import { button, byId, passFocus, setText } from "../lib/dom.js";
import { stopLines } from "./describe.js";

/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */
/** @typedef {import("../lib/messages.js").Status} Status */

/** @param {(code: string) => Promise<Answer | NoAnswer>} clear */
export function offerClearing(clear) {
  const confirm = button("clear-stop");
  confirm.addEventListener("click", async () => {
    confirm.disabled = true;
    const { ok } = await clear(confirm.dataset.code ?? "");
    confirm.disabled = false;
    // Cleared, the button is gone, and the headline says how it stands now.
    passFocus(confirm, ok ? byId("headline") : confirm);
  });
}

/** @param {Status | null} status null: nothing is known for the moment */
export function showStop(status) {
  const stop = /** @type {HTMLDetailsElement} */ (byId("stop"));
  const lines = status && stopLines(status);
  stop.hidden = !lines;
  if (!status) return;
  const code = lines ? (status.attention?.code ?? "") : "";
  // Nobody should confirm for one stop what was read about another.
  if (button("clear-stop").dataset.code !== code) stop.open = false;
  setText(byId("stop-clearing"), lines?.clearing ?? "");
  button("clear-stop").dataset.code = code;
}

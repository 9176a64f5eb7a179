/** The popup's running task: how far it is, and the button that cancels it for as long as that can change anything. */
import { button, byId, passFocus, setText } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { taskName } from "../lib/outcome.js";
import { canCancel, progressLine } from "./describe.js";

/** @typedef {import("../lib/messages.js").Running} Running */

/**
 * @param {(task: string) => Promise<{ ok: boolean }>} cancel
 * @returns {(running: Running | null) => void} shows it
 */
export function offerCancelling(cancel) {
  const pressed = button("cancel-task");
  /** @type {string | null} the task that was cancelled and has a step to finish first */
  let ending = null;
  /** @type {Running | null} */
  let shown = null;

  pressed.addEventListener("click", async () => {
    if (!shown) return;
    const { task } = shown;
    ending = task;
    show(shown);
    const { ok } = await cancel(task);
    if (!ok && ending === task) ending = null;
    show(shown);
    passFocus(pressed, pressed.disabled || pressed.hidden ? byId("headline") : pressed);
  });

  /** @param {Running | null} running */
  function show(running) {
    shown = running;
    if (ending !== running?.task) ending = null;
    byId("running").hidden = running === null;
    pressed.hidden = !canCancel(running);
    const isEnding = ending !== null || running?.cancelled === true;
    pressed.disabled = isEnding;
    setText(pressed, t(!isEnding ? "cancel_task" : "cancelling"));
    if (!running) return;
    setText(byId("running-task"), taskName(running.task_type));
    setText(byId("running-count"), progressLine(running));
    showBar(running);
  }
  return show;
}

/** @param {Running} running */
function showBar({ done, of }) {
  const bar = /** @type {HTMLProgressElement} */ (byId("running-progress"));
  if (of === null || of <= 0) return bar.removeAttribute("value");
  bar.max = of;
  bar.value = done ?? 0;
}

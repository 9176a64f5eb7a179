/** One task in short, as the list shows it and as the form follows it. */
import { INVITE, isOver, kindName, kindOf, progress, state, subject, waiting } from "./describe.js";
import { h } from "./element.js";
import { confirmed } from "./pieces.js";
import { clockTime } from "./time.js";
import { t } from "./words.js";

/** @typedef {import("./describe.js").Task} Task */

/** @param {Task} task */
export function stateMark(task) {
  const { tone, text } = state(task, Date.now());
  return h("span", { class: "state", "data-tone": tone, "data-status": task.status }, text);
}

/** @param {Task} task */
export function progressBar(task) {
  const line = progress(task);
  if (!line) return null;
  const label = `${t("progress_label")}: ${line.text}`;
  return h("p", { class: "progress" }, h("progress", { max: 1, value: line.share, "aria-label": label }), h("span", {}, line.text));
}

/** @param {Task} task */
export function waitingLines(task) {
  const line = waiting(task);
  if (!line) return null;
  return h("div", { class: "waiting" }, h("p", {}, line.why), line.remedy ? h("p", { class: "soft" }, line.remedy) : null);
}

/** @param {Task} task */
export function times(task) {
  const now = Date.now();
  const created = task.created_at ? t("created", clockTime(task.created_at, now)) : "";
  const ended = task.ended_at ? t("ended", clockTime(task.ended_at, now)) : "";
  return h("p", { class: "soft" }, [created, ended].filter(Boolean).join(" · "));
}

/**
 * @param {Task} task
 * @param {string} href
 * @param {((task: Task) => void) | null} cancel
 */
export function taskCard(task, href, cancel) {
  const what = subject(task);
  const name = [kindName(kindOf(task)), what].filter(Boolean).join(": ");
  const title = h("h2", {}, h("a", { href, "data-control": "open" }, kindName(kindOf(task)), what ? h("span", { class: "subject" }, ` ${what}`) : null));
  const press = cancel && !isOver(task) && !task.cancel_requested;
  return h(
    "li",
    { class: "card" },
    h("div", { class: "card-head" }, title, stateMark(task)),
    progressBar(task),
    waitingLines(task),
    h("div", { class: "card-foot" }, times(task), press ? h("button", { type: "button", "data-control": "cancel", "aria-label": t("cancel_task_named", name), click: () => cancel(task) }, t("cancel")) : null),
  );
}

/** @param {Task} task */
export const cancelConfirmed = (task) =>
  confirmed({ title: t("cancel_title"), text: t(kindOf(task) === INVITE ? "cancel_invite" : "cancel_read"), yes: t("cancel_task"), no: t("cancel_keep") });

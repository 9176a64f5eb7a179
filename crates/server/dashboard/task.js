/** One task: how it stands, what was asked for, what came of it, what happened; and its end, by cancelling or deleting. */
import { writePlace } from "./address.js";
import { eventLine, failure, findings, isOver, kindName, kindOf, outcome, READ, refusal, subject } from "./describe.js";
import { h, put, showItems, signOf, theirs } from "./element.js";
import { follow } from "./live.js";
import { confirmed, problemBox } from "./pieces.js";
import { presses } from "./press.js";
import { cancelConfirmed, progressBar, stateMark, times, waitingLines } from "./task-card.js";
import { clockTime, count } from "./time.js";
import { isSaid, t } from "./words.js";

/** @typedef {import("./main.js").Page} Page */
/** @typedef {import("./describe.js").Task} Task */
/** @typedef {import("./describe.js").Event} Event */

/** @param {Page} page */
export function taskView(page) {
  const { api, team, here } = page;
  const path = `admin/v1/teams/${team.id}/tasks/${encodeURIComponent(here.task)}`;
  const problem = problemBox();
  const presser = presses(page);
  const sheet = taskSheet({
    cancel: h("button", { type: "button", click: pressCancel }, t("cancel_task")),
    remove: h("button", { type: "button", class: "danger", click: pressDelete }, t("delete_task")),
    rows: h("a", { class: "button", href: writePlace(team.id, "connections", { task: here.task }) }, t("show_rows")),
  });
  /** @type {Task | null} */
  let current = null;
  const watch = follow(() => api.get(`${path}?include=events`), show);

  /** @param {import("./api.js").Answer} answer */
  function show(answer) {
    if (!page.hear(answer)) return;
    current = answer.ok ? answer.data : null;
    sheet.show(current);
    if (answer.ok) page.stamp(sheet.live);
    problem.show(answer.ok ? null : answer.code === "not_found" ? { message: t("unknown_task"), remedy: "" } : refusal(answer));
  }

  async function pressCancel() {
    const task = current;
    if (!task) return;
    await presser.press(() => cancelConfirmed(task), () => api.call("POST", `${path}/cancel`), t("cancelled_said"));
    await watch.now();
  }

  async function pressDelete() {
    const sure = () => confirmed({ title: t("delete_title"), text: t("delete_text"), yes: t("delete_task"), no: t("delete_keep") });
    if (await presser.press(sure, () => api.call("DELETE", path))) page.go("tasks", t("deleted_said"));
  }

  return {
    title: t("one_task"),
    content: [h("p", {}, h("a", { href: writePlace(team.id, "tasks") }, t("back_to_tasks"))), presser.box, problem.box, ...sheet.content],
    stop: watch.stop,
  };
}

/**
 * What is seen of a task, and nothing of it once it is not there any more.
 *
 * @param {{ cancel: HTMLButtonElement, remove: HTMLElement, rows: HTMLElement }} controls
 */
function taskSheet(controls) {
  const live = h("p", { class: "live soft" });
  const now = h("div", { id: "task-state" });
  const actions = h("div", { class: "actions" });
  const asked = h("dl", { class: "facts" });
  const timeline = h("ol", { class: "timeline" });
  const card = h("section", { class: "card", "aria-label": t("one_task"), hidden: true }, now, actions, live);
  const about = h("section", { "aria-labelledby": "asked-heading", hidden: true }, h("h2", { id: "asked-heading" }, t("task_input")), asked);
  const history = h("section", { "aria-labelledby": "timeline-heading", hidden: true }, h("h2", { id: "timeline-heading" }, t("timeline")), timeline);
  let shown = "";

  /** @param {Task} task */
  function draw(task) {
    now.replaceChildren();
    put(now, [
      h("p", { class: "task-line", role: "status" }, stateMark(task), " ", h("span", { class: "subject" }, [kindName(kindOf(task)), subject(task)].filter(Boolean).join(": "))),
      progressBar(task),
      waitingLines(task),
      ...result(task),
      times(task),
    ]);
    controls.cancel.disabled = task.cancel_requested === true;
    showActions(isOver(task) ? [...(hasRows(task) ? [controls.rows] : []), controls.remove] : [controls.cancel]);
    asked.replaceChildren(...facts(task));
    showItems(timeline, (task.events ?? []).map((event, at) => ({ event, at })), ({ at }) => String(at), ({ event }) => eventItem(event));
  }

  /** @param {HTMLElement[]} wanted */
  function showActions(wanted) {
    if (wanted.length === actions.children.length && wanted.every((one, at) => actions.children[at] === one)) return;
    const held = actions.contains(document.activeElement);
    actions.replaceChildren(...wanted);
    if (held) (wanted[0] ?? now).focus();
  }

  return {
    live,
    content: [card, about, history],
    /** @param {Task | null} task */
    show(task) {
      card.hidden = about.hidden = history.hidden = task === null;
      if (task === null) for (const part of [now, actions, asked, timeline, live]) part.replaceChildren();
      const sign = task === null ? "" : signOf(task);
      if (task && sign !== shown) draw(task);
      shown = sign;
    },
  };
}

/** @param {Task} task */
const hasRows = (task) => task.status === "completed" && kindOf(task) === READ && task.task_input.fields !== "total";

/** @param {Task} task */
function result(task) {
  const failed = failure(task);
  if (failed) return [h("div", { class: "problem" }, h("p", { class: "problem-message", dir: "auto" }, failed.message), failed.remedy ? h("p", { dir: "auto" }, failed.remedy) : null)];
  return [...[outcome(task)].filter(Boolean), ...findings(task)].map((line) => h("p", {}, line));
}

/**
 * @param {string} key that may be nobody's
 * @param {unknown} code
 */
const spokenOr = (key, code) => (isSaid(key) ? t(key) : String(code));

/** @param {Task} task */
function facts(task) {
  const { keyword, note, profile_urn: urn, task_type: _, start, count: many, sort_type: order, fields, ...rest } = task.task_input;
  /** @type {[string, string][]} */
  const lines = [];
  if (urn) lines.push([t("try_urn"), String(urn)]);
  if (keyword) lines.push([t("keyword"), String(keyword)]);
  if (note) lines.push([t("note"), String(note)]);
  if (order) lines.push([t("try_sort"), spokenOr(`sort_${order}`, order)]);
  if (fields) lines.push([t("try_fields"), spokenOr(`fields_${fields}`, fields)]);
  if (typeof start === "number") lines.push([t("try_start"), count(start)]);
  if (typeof many === "number") lines.push([t("asked_count"), count(many)]);
  for (const [name, value] of Object.entries(rest)) if (value !== null) lines.push([name, typeof value === "object" ? JSON.stringify(value) : String(value)]);
  lines.push([t("task_id"), task.id]);
  return lines.flatMap(([name, value]) => [h("dt", {}, name), h("dd", { dir: "auto" }, theirs(value))]);
}

/** @param {Event} event */
function eventItem(event) {
  const { tone, text, detail } = eventLine(event);
  const time = h("time", { datetime: event.at }, clockTime(event.at, Date.now(), { seconds: true }));
  return h("li", { "data-tone": tone }, time, h("span", {}, text, detail ? ": " : "", detail));
}

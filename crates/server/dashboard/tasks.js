/** The team's tasks, live: filters, pages, and a way to each. */
import { query } from "./api.js";
import { writePlace } from "./address.js";
import { INVITE, kindName, READ, refusal } from "./describe.js";
import { setText } from "./dom.js";
import { h, showItems } from "./element.js";
import { follow } from "./live.js";
import { choice, problemBox } from "./pieces.js";
import { presses } from "./press.js";
import { cancelConfirmed, taskCard } from "./task-card.js";
import { count } from "./time.js";
import { t } from "./words.js";

/** @typedef {import("./main.js").Page} Page */
/** @typedef {import("./describe.js").Task} Task */

const A_PAGE = "25";

/** @param {Page} page */
export function tasksView(page) {
  const { api, team, here } = page;
  const filters = { ...here.filters };
  /** @type {string[]} where each page from the second to this one begins */
  const cursors = [];
  /** @type {string | null} */
  let next = null;

  const live = h("p", { class: "live soft" });
  const problem = problemBox();
  const presser = presses(page);
  const list = h("ul", { class: "cards", "aria-label": t("view_tasks") });
  const empty = h("div", { class: "empty", hidden: true });
  const newer = h("button", { type: "button", click: () => turn(-1) }, t("newer"));
  const older = h("button", { type: "button", click: () => turn(1) }, t("older"));
  const number = h("span", { role: "status" });
  const pages = h("nav", { class: "pages", "aria-label": t("pages"), hidden: true }, newer, number, older);

  const wanted = () => query({ ...filters, limit: A_PAGE, cursor: cursors.at(-1) ?? "" });
  const watch = follow(ask, show);

  async function ask() {
    const asked = wanted();
    return { asked, answer: await api.get(`admin/v1/teams/${team.id}/tasks?${asked}`) };
  }

  /** @param {Awaited<ReturnType<typeof ask>>} found */
  function show({ asked, answer }) {
    if (!page.hear(answer)) return;
    // Somebody has turned the page since, whose answer comes next.
    if (asked !== wanted()) return;
    problem.show(answer.ok ? null : refusal(answer));
    if (!answer.ok) return;
    page.stamp(live);
    next = answer.next;
    showItems(list, /** @type {Task[]} */ (answer.data), ({ id }) => id, card);
    showEmpty(answer.data.length === 0);
    pages.hidden = cursors.length === 0 && next === null;
    enable(newer, cursors.length > 0, older);
    enable(older, next !== null, newer);
    setText(number, t("page_number", count(cursors.length + 1)));
  }

  /** @param {Task} task */
  const card = (task) => taskCard(task, writePlace(team.id, "task", { task: task.id }), cancel);

  /** @param {Task} task */
  async function cancel(task) {
    const act = () => api.call("POST", `admin/v1/teams/${team.id}/tasks/${encodeURIComponent(task.id)}/cancel`);
    await presser.press(() => cancelConfirmed(task), act, t("cancelled_said"));
    await watch.now();
  }

  /** @param {1 | -1} by */
  function turn(by) {
    if (by === 1 && next === null) return;
    if (by === 1 && next) cursors.push(next);
    else cursors.pop();
    begin();
    window.scrollTo({ top: 0 });
  }

  /** Another page: where the one after it begins is known when it is there. */
  function begin() {
    next = null;
    void watch.now();
  }

  /** @param {boolean} isEmpty */
  function showEmpty(isEmpty) {
    list.hidden = isEmpty;
    if (empty.hidden !== isEmpty) return;
    empty.hidden = !isEmpty;
    if (!isEmpty) return empty.replaceChildren();
    if (Object.values(filters).some(Boolean) || cursors.length > 0) return empty.replaceChildren(h("p", {}, t("tasks_none_such")));
    empty.replaceChildren(h("p", {}, t("tasks_none")), h("p", { class: "soft" }, t("tasks_none_how")), h("p", {}, h("a", { href: writePlace(team.id, "try") }, t("view_try"))));
  }

  /**
   * @param {"status" | "task_type"} name
   * @returns {EventListener}
   */
  const filterBy = (name) => (event) => {
    filters[name] = /** @type {HTMLSelectElement} */ (event.target).value;
    cursors.length = 0;
    empty.hidden = true;
    history.replaceState(null, "", writePlace(team.id, "tasks", { filters }));
    begin();
  };
  const statuses = /** @type {const} */ (["pending", "processing", "completed", "failed"]).map((status) => /** @type {const} */ ([status, t(`status_${status}`)]));
  const kinds = [READ, INVITE].map((kind) => /** @type {const} */ ([kind, kindName(kind)]));
  const all = /** @type {const} */ (["", t("filter_all")]);

  return {
    title: t("view_tasks"),
    content: [
      h(
        "form",
        { class: "filters", submit: (event) => event.preventDefault() },
        h("label", {}, h("span", {}, t("filter_status")), choice([all, ...statuses], filters.status ?? "", { change: filterBy("status"), id: "filter-status" })),
        h("label", {}, h("span", {}, t("filter_kind")), choice([all, ...kinds], filters.task_type ?? "", { change: filterBy("task_type"), id: "filter-kind" })),
        live,
      ),
      presser.box,
      problem.box,
      list,
      empty,
      pages,
    ],
    stop: watch.stop,
  };
}

/**
 * At an end of the list the keyboard goes on at the button that leads back.
 *
 * @param {HTMLButtonElement} button
 * @param {boolean} yes
 * @param {HTMLButtonElement} other
 */
function enable(button, yes, other) {
  const held = document.activeElement === button;
  button.disabled = !yes;
  if (!yes && held && !other.disabled) other.focus();
}

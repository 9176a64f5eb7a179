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
  const place = pagePlace();
  const live = h("p", { class: "live soft" });
  const problem = problemBox();
  const presser = presses(page);
  const list = h("ul", { class: "cards", "aria-label": t("view_tasks") });
  const empty = h("div", { class: "empty", hidden: true });
  const pages = pager(turn);
  const wanted = () => query({ ...filters, limit: A_PAGE, cursor: place.cursor() });
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
    place.arrived(answer.next);
    showItems(list, /** @type {Task[]} */ (answer.data), ({ id }) => id, card);
    const none = answer.data.length === 0;
    list.hidden = none;
    if (none && empty.hidden) empty.replaceChildren(...noTasks(team.id, Object.values(filters).some(Boolean) || place.number() > 1));
    empty.hidden = !none;
    pages.show(place.number(), answer.next !== null);
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
    if (!place.turn(by)) return;
    window.scrollTo({ top: 0 });
    void watch.now();
  }

  const filterForm = filterBar(filters, live, () => {
    place.reset();
    empty.hidden = true;
    history.replaceState(null, "", writePlace(team.id, "tasks", { filters }));
    void watch.now();
  });
  return { title: t("view_tasks"), content: [filterForm, presser.box, problem.box, list, empty, pages.box], stop: watch.stop };
}

/** On which page of the list one is. Where the one after it begins is known when it is there, so that nobody can turn twice at once. */
function pagePlace() {
  /** @type {string[]} where each page from the second to this one begins */
  const cursors = [];
  /** @type {string | null} */
  let next = null;

  return {
    cursor: () => cursors.at(-1) ?? "",
    number: () => cursors.length + 1,
    /** @param {string | null} after where the page after this one begins */
    arrived(after) {
      next = after;
    },
    /**
     * @param {1 | -1} by
     * @returns {boolean} whether there is such a page
     */
    turn(by) {
      if (by === 1 && next === null) return false;
      if (by === 1 && next) cursors.push(next);
      else cursors.pop();
      next = null;
      return true;
    },
    reset() {
      cursors.length = 0;
      next = null;
    },
  };
}

/**
 * @param {Record<string, string>} filters are changed by what is chosen
 * @param {HTMLElement} live
 * @param {() => void} onChange
 */
function filterBar(filters, live, onChange) {
  const filterBy = (/** @type {"status" | "task_type"} */ name) => (/** @type {Event} */ event) => {
    filters[name] = /** @type {HTMLSelectElement} */ (event.target).value;
    onChange();
  };
  const statuses = /** @type {const} */ (["pending", "processing", "completed", "failed"]).map((status) => /** @type {const} */ ([status, t(`status_${status}`)]));
  const kinds = [READ, INVITE].map((kind) => /** @type {const} */ ([kind, kindName(kind)]));
  const all = /** @type {const} */ (["", t("filter_all")]);
  return h(
    "form",
    { class: "filters", submit: (event) => event.preventDefault() },
    h("label", {}, h("span", {}, t("filter_status")), choice([all, ...statuses], filters.status ?? "", { change: filterBy("status"), id: "filter-status" })),
    h("label", {}, h("span", {}, t("filter_kind")), choice([all, ...kinds], filters.task_type ?? "", { change: filterBy("task_type"), id: "filter-kind" })),
    live,
  );
}

/** @param {(by: 1 | -1) => void} turn */
function pager(turn) {
  const newer = h("button", { type: "button", click: () => turn(-1) }, t("newer"));
  const older = h("button", { type: "button", click: () => turn(1) }, t("older"));
  const number = h("span", { role: "status" });
  const box = h("nav", { class: "pages", "aria-label": t("pages"), hidden: true }, newer, number, older);
  return {
    box,
    /**
     * @param {number} page counted from 1
     * @param {boolean} hasOlder
     */
    show(page, hasOlder) {
      box.hidden = page === 1 && !hasOlder;
      enable(newer, page > 1, older);
      enable(older, hasOlder, newer);
      setText(number, t("page_number", count(page)));
    },
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
  if (!yes && held) other.focus();
}

/**
 * @param {string} team
 * @param {boolean} isPart whether there may be others
 */
function noTasks(team, isPart) {
  if (isPart) return [h("p", {}, t("tasks_none_such"))];
  return [h("p", {}, t("tasks_none")), h("p", { class: "soft" }, t("tasks_none_how")), h("p", {}, h("a", { href: writePlace(team, "try") }, t("view_try")))];
}

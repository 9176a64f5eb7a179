/** A finished list as a table: sorted, searched, saved; pictures only when somebody asks for them. */
import { writePlace } from "./address.js";
import { refusal } from "./describe.js";
import { setText } from "./dom.js";
import { h, theirs } from "./element.js";
import { follow } from "./live.js";
import { problemBox } from "./pieces.js";
import { arranged, nextOrder, pictureAddress, profileAddress } from "./rows.js";
import { count, day } from "./time.js";
import { t } from "./words.js";

/** @typedef {import("./main.js").Page} Page */
/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("./rows.js").Column} Column */

/** @param {Page} page */
export function connectionsView(page) {
  const { api, team, here } = page;
  const path = `admin/v1/teams/${team.id}/tasks/${encodeURIComponent(here.task)}`;
  /** @type {Row[]} */
  let rows = [];
  /** @type {Column[]} */
  let columns = ["name", "headline"];
  /** @type {import("./rows.js").Order} */
  let order = null;

  const problem = problemBox();
  const shown = h("p", { class: "soft", role: "status" });
  const filter = h("input", { id: "rows-filter", type: "search", autocomplete: "off", input: draw });
  const pictures = h("input", { id: "pictures", type: "checkbox", role: "switch", "aria-describedby": "pictures-hint", change: draw });
  const csv = h("button", { type: "button", "aria-describedby": "csv-hint", click: save }, t("rows_csv"));
  const head = h("tr", {});
  const body = h("tbody");
  const table = h("div", { class: "scroll", role: "region", "aria-label": t("rows_region"), tabindex: "0" }, h("table", { class: "rows" }, h("thead", {}, head), body));
  const whole = h(
    "div",
    { class: "stack", hidden: true },
    h(
      "div",
      { class: "filters" },
      h("label", { for: "rows-filter" }, h("span", {}, t("rows_filter")), filter),
      h("div", { class: "field" }, csv, h("span", { id: "csv-hint", class: "soft" }, t("rows_csv_hint"))),
    ),
    h("div", { class: "field" }, h("label", { class: "switch" }, pictures, h("span", {}, t("pictures"))), h("p", { id: "pictures-hint", class: "soft" }, t("pictures_hint"))),
    shown,
    table,
  );
  // What has ended does not change, so it is asked for until an answer is there, and not again.
  const watch = follow(() => api.get(path), show);

  /** @param {import("./api.js").Answer} answer */
  function show(answer) {
    if (!page.hear(answer)) return;
    if (answer.ok || answer.code === "not_found") watch.stop();
    if (!answer.ok) return problem.show(answer.code === "not_found" ? { message: t("unknown_task"), remedy: "" } : refusal(answer));
    problem.show(null);
    const found = answer.data.task_output?.connections;
    if (answer.data.status !== "completed" || !Array.isArray(found)) return problem.show({ message: t("rows_not_there"), remedy: "" });
    rows = found;
    if (rows.some((row) => row.connected_at)) columns = ["name", "headline", "connected_at"];
    head.replaceChildren(...columns.map(headCell));
    whole.hidden = false;
    draw();
  }

  function draw() {
    const found = arranged(rows, filter.value, order);
    setText(shown, rows.length === 0 ? t("rows_none") : found.length === 0 ? t("rows_none_such") : t("rows_of", count(found.length), count(rows.length)));
    table.hidden = found.length === 0;
    body.replaceChildren(...found.map((row) => h("tr", {}, ...columns.map((column) => cell(row, column)))));
    for (const at of columns.keys()) markSorted(/** @type {HTMLElement} */ (head.children[at]), /** @type {Column} */ (columns[at]));
  }

  /** @param {Column} column */
  function headCell(column) {
    const sort = () => {
      order = nextOrder(order, column);
      draw();
    };
    return h("th", { scope: "col" }, h("button", { type: "button", class: "sort", click: sort }, t(`column_${column}`)));
  }

  /**
   * @param {HTMLElement} cell
   * @param {Column} column
   */
  function markSorted(cell, column) {
    cell.removeAttribute("aria-sort");
    if (order?.column === column) cell.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
  }

  /**
   * @param {Row} row
   * @param {Column} column
   */
  function cell(row, column) {
    if (column === "headline") return h("td", {}, theirs(row.headline ?? ""));
    if (column === "connected_at") return h("td", { class: "when" }, row.connected_at ? h("time", { datetime: row.connected_at }, day(row.connected_at)) : null);
    const address = profileAddress(row);
    const name = theirs(row.name || row.entity_urn);
    const linked = address ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, name) : name;
    return h("th", { scope: "row" }, h("span", { class: "person" }, pictures.checked ? picture(row) : null, linked));
  }

  async function save() {
    const answer = await api.text(`${path}/connections.csv`);
    if (!answer.ok) return problem.show(refusal(answer));
    problem.show(null);
    const url = URL.createObjectURL(new Blob([answer.text], { type: "text/csv" }));
    h("a", { href: url, download: `connections-${here.task}.csv` }).click();
    // The browser has taken hold of the file by the time that the click's own work is over.
    setTimeout(() => URL.revokeObjectURL(url), 0);
  }

  return {
    title: t("rows"),
    content: [h("p", {}, h("a", { href: writePlace(team.id, "task", { task: here.task }) }, t("back_to_task"))), problem.box, whole],
    stop: watch.stop,
  };
}

/** @param {Row} row */
function picture(row) {
  const address = pictureAddress(row);
  if (!address) return h("span", { class: "picture" });
  return h("img", { class: "picture", src: address, alt: "", width: 40, height: 40, loading: "lazy", referrerpolicy: "no-referrer" });
}

/** A finished list: asked for until it is there, and saved as the server has it. */
import { writePlace } from "./address.js";
import { refusal } from "./describe.js";
import { h } from "./element.js";
import { follow } from "./live.js";
import { problemBox } from "./pieces.js";
import { rowsTable } from "./rows-table.js";
import { t } from "./words.js";

/** @typedef {import("./main.js").Page} Page */

/** @param {Page} page */
export function connectionsView(page) {
  const { api, team, here } = page;
  const path = `admin/v1/teams/${team.id}/tasks/${encodeURIComponent(here.task)}`;
  const problem = problemBox();
  const { search, pictures, shown, table, show: showRows } = rowsTable();
  const csv = h("button", { type: "button", "aria-describedby": "csv-hint", click: save }, t("rows_csv"));
  const saving = h("div", { class: "saving" }, csv, h("span", { id: "csv-hint", class: "soft" }, t("rows_csv_hint")));
  const whole = h("div", { class: "stack", hidden: true }, h("div", { class: "filters" }, search, saving), pictures, shown, table);
  // What has ended does not change, so it is asked for until an answer is there, and not again.
  const watch = follow(() => api.get(path), show);

  /** @param {import("./api.js").Answer} answer */
  function show(answer) {
    if (!page.hear(answer)) return;
    if (answer.ok || answer.code === "not_found") watch.stop();
    if (!answer.ok) return problem.show(answer.code === "not_found" ? { message: t("unknown_task"), remedy: "" } : refusal(answer));
    const found = answer.data.task_output?.connections;
    if (answer.data.status !== "completed" || !Array.isArray(found)) return problem.show({ message: t("rows_not_there"), remedy: "" });
    problem.show(null);
    showRows(found);
    whole.hidden = false;
  }

  async function save() {
    const answer = await api.text(`${path}/connections.csv`);
    if (!answer.ok) return problem.show(refusal(answer));
    problem.show(null);
    const url = URL.createObjectURL(new Blob([answer.data], { type: "text/csv" }));
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

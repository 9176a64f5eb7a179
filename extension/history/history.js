/**
 * What was done in the person's name, as a table to search in. It holds the log that the worker has and asks for it anew when
 * it holds other lines. Of thousands of lines a hundred are on the page at first; search and filters go through all of them.
 */
import { button, byId, input, make, makeLink, setText, showProblem } from "../lib/dom.js";
import { localise, t } from "../lib/i18n.js";
import { saveLog } from "../lib/log-file.js";
import { send } from "../lib/messages.js";
import { outcomeLine, taskName } from "../lib/outcome.js";
import { watchStatus } from "../lib/status-watch.js";
import { countLine, matching, rowsOf, valuesOf, whenLine } from "./filter.js";

/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */
/** @typedef {import("./filter.js").Row} Row */

const AT_ONCE = 100;

/** @type {Row[]} */
let rows = [];
/** @type {Row[]} those that the filters let through */
let found = [];
let version = "";
let room = AT_ONCE;
/** Which lines the log held before it was read; null: it has to be read. @type {string | null} */
let readAt = null;
let reading = false;

localise(document);
watchStatus(showAnswer);
byId("filters").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["search", "kind", "outcome", "period"]) byId(id).addEventListener("input", () => filter(AT_ONCE));
byId("clear").addEventListener("click", clear);
byId("more").addEventListener("click", showMore);
byId("export-json").addEventListener("click", () => save("json"));
byId("export-csv").addEventListener("click", () => save("csv"));

/** @param {Answer | NoAnswer} answer */
function showAnswer(answer) {
  // What was done stays true without an answer; only that there may be more is to be said.
  showProblem(byId("message"), answer.ok ? null : answer.error);
  if (!answer.ok || !answer.status) return;
  version = answer.status.version;
  const { newest_at_ms, bytes } = answer.status.log;
  const revision = `${newest_at_ms} ${bytes}`;
  if (revision !== readAt && !reading) void read(revision);
}

/** @param {string} revision */
async function read(revision) {
  reading = true;
  const answer = await send({ kind: "export_log" });
  reading = false;
  if (!answer.ok) return showProblem(byId("message"), answer.error);
  readAt = revision;
  rows = rowsOf(answer.log ?? []);
  byId("empty").hidden = rows.length > 0;
  byId("log").hidden = rows.length === 0;
  offer("kind", valuesOf(rows, "task_type"), taskName);
  offer("outcome", valuesOf(rows, "outcome"), (outcome) => outcomeLine(outcome).text);
  filter(room);
}

/**
 * Offers to choose from what there is, and keeps what was chosen.
 *
 * @param {string} id
 * @param {string[]} values
 * @param {(value: string) => string} name
 */
function offer(id, values, name) {
  const list = choice(id);
  const chosen = list.value;
  const all = list.options[0];
  list.replaceChildren(...(all ? [all] : []), ...values.map((value) => new Option(name(value), value)));
  list.value = values.includes(chosen) ? chosen : "";
}

/** @param {number} lines so many are shown at most */
function filter(lines) {
  room = lines;
  const wanted = { search: input("search").value, kind: choice("kind").value, outcome: choice("outcome").value, days: Number(choice("period").value) };
  found = matching(rows, wanted, Date.now());
  const isFiltered = Boolean(wanted.search.trim() || wanted.kind || wanted.outcome || wanted.days);
  setText(byId("count"), countLine(found.length, rows.length));
  setText(byId("exported"), "");
  byId("clear").hidden = !isFiltered;
  byId("nothing").hidden = found.length > 0;
  byId("table").hidden = found.length === 0;
  for (const id of ["export-json", "export-csv"]) button(id).disabled = found.length === 0;
  byId("rows").replaceChildren(...found.slice(0, room).map(rowItem));
  showRest();
}

function clear() {
  for (const id of ["search", "kind", "outcome", "period"]) /** @type {HTMLInputElement} */ (byId(id)).value = "";
  filter(AT_ONCE);
  input("search").focus();
}

/** Those that are there already stay: the keyboard is where it was. */
function showMore() {
  const more = found.slice(room, room + AT_ONCE).map(rowItem);
  byId("rows").append(...more);
  room += AT_ONCE;
  showRest();
  // The button goes on for as long as there is more; after the last line it is gone, and the keyboard goes to what it has shown.
  if (byId("more").hidden) more[0]?.focus();
}

function showRest() {
  const rest = found.length - room;
  byId("more").hidden = rest <= 0;
  setText(byId("more"), t("history_more", Math.min(rest, AT_ONCE), Math.max(rest, 0)));
}

/** @param {"json" | "csv"} form what is shown is what is saved, oldest first */
function save(form) {
  setText(byId("exported"), saveLog(found.map(({ entry }) => entry).reverse(), version, form));
}

/** @param {Row} row */
function rowItem({ entry, line }) {
  const whom = line.profile ? makeLink("", line.profile, line.whom) : line.whom || "–";
  const outcome = make("span", "outcome", line.outcome);
  outcome.dataset.tone = line.tone;
  const cells = [
    cell("history_when", whenLine(entry.at_ms)),
    cell("history_what", line.what),
    cell("history_whom", whom),
    cell("history_outcome", outcome, ...(line.why ? [make("span", "why", line.why)] : [])),
    cell("server_label", address(line.server)),
  ];
  const item = make("tr", "", ...cells);
  item.setAttribute("role", "row");
  item.tabIndex = -1;
  return item;
}

/**
 * @param {string} heading a message key; a narrow window has no row of headings
 * @param {...(string | Node)} children
 */
function cell(heading, ...children) {
  const made = make("td", "", ...children);
  made.setAttribute("role", "cell");
  made.dataset.heading = t(heading);
  return made;
}

/**
 * An address that is broken, if it has to be, behind its host or its port, and within a host only where that is longer than the line.
 *
 * @param {string} text
 */
function address(text) {
  const [, host = "", port = "", path = text] = /^(https?:\/\/(?:\[[^\]]*\]|[^/:]+))(:\d+)?(.*)$/s.exec(text) ?? [];
  const wholes = [host, port].filter(Boolean).map((part) => make("span", "whole", part));
  return make("span", "address", ...wholes, make("wbr", ""), path);
}

/** @param {string} id */
const choice = (id) => /** @type {HTMLSelectElement} */ (byId(id));

/**
 * The log of what was done in the person's name, as a file of their own. It is handed to the browser as a download of a page,
 * which needs no permission, and holds what is named here and nothing else, whatever the worker may send one day.
 */
import { t } from "./i18n.js";

/** @typedef {import("./messages.js").LogEntry} LogEntry */

/** @typedef {{ name: string, type: string, text: string }} File */

const COLUMNS = /** @type {const} */ (["at", "task", "task_type", "target", "outcome", "code", "server"]);

/**
 * @param {LogEntry[]} log
 * @param {string} version
 * @param {"json" | "csv"} [form]
 * @returns {string} what came of it, for the person
 */
export function saveLog(log, version, form = "json") {
  if (log.length === 0) return t("export_empty");
  const file = form === "csv" ? logTable(log, new Date()) : logFile(log, version, new Date());
  download(file);
  return t("exported", file.name);
}

/**
 * @param {LogEntry[]} log
 * @param {string} version
 * @param {Date} now
 * @returns {File}
 */
export function logFile(log, version, now) {
  const text = JSON.stringify({ program: "Liaison", version, exported_at: now.toISOString(), log: log.map(row) }, null, 2);
  return { name: `${nameOf(now)}.json`, type: "application/json", text: `${text}\n` };
}

/**
 * The same for a spreadsheet: RFC 4180, in UTF-8.
 *
 * @param {LogEntry[]} log
 * @param {Date} now
 * @returns {File}
 */
export function logTable(log, now) {
  const lines = [COLUMNS, ...log.map((entry) => COLUMNS.map((column) => row(entry)[column]))];
  const text = lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
  return { name: `${nameOf(now)}.csv`, type: "text/csv", text };
}

/** @param {LogEntry} entry */
const row = ({ at_ms, task, task_type, target, outcome, code, server }) => ({
  at: timeOf(at_ms),
  ...{ task, task_type, target, outcome, code, server },
});

/**
 * A spreadsheet takes a cell that begins like a formula for one, and a server chooses the names of its tasks.
 *
 * @param {string | number | null} value
 */
function cell(value) {
  const text = String(value ?? "").replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {Date} now */
const nameOf = (now) =>
  `liaison-log-${[now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-")}`;

/**
 * @param {number} ms
 * @returns {string | number} as it is when it is out of every calendar's range, since the other lines are wanted all the same
 */
function timeOf(ms) {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? ms : time.toISOString();
}

/** @param {File} file */
function download({ name, type, text }) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  // The browser has taken hold of the file by the time that the click's own work is over.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/**
 * The log of what was done in the person's name, as a file of their own. It is handed to the browser as a download of a page,
 * which needs no permission, and holds what is named here and nothing else, whatever the worker may send one day.
 */
import { t } from "./i18n.js";

/** @typedef {import("./messages.js").LogEntry} LogEntry */

/**
 * @param {LogEntry[]} log
 * @param {string} version
 * @returns {string} what came of it, for the person
 */
export function saveLog(log, version) {
  if (log.length === 0) return t("export_empty");
  const file = logFile(log, version, new Date());
  download(file);
  return t("exported", file.name);
}

/**
 * @param {LogEntry[]} log
 * @param {string} version
 * @param {Date} now
 * @returns {{ name: string, text: string }}
 */
export function logFile(log, version, now) {
  const entries = log.map(({ at_ms, task, task_type, target, outcome, code, server }) => ({
    at: timeOf(at_ms),
    ...{ task, task_type, target, outcome, code, server },
  }));
  const text = JSON.stringify({ program: "Liaison", version, exported_at: now.toISOString(), log: entries }, null, 2);
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  return { name: `liaison-log-${day}.json`, text: `${text}\n` };
}

/**
 * @param {number} ms
 * @returns {string | number} as it is when it is out of every calendar's range, since the other lines are wanted all the same
 */
function timeOf(ms) {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? ms : time.toISOString();
}

/** @param {{ name: string, text: string }} file */
function download({ name, text }) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  // The browser has taken hold of the file by the time that the click's own work is over.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

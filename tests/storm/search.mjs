// @ts-check
// What a run left lying about: every value of the session, every secret and every text of a person, looked for in all places
// where something is written. Where a find is no fault, the rule below says why.

import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** @typedef {import("./run.mjs").Report} Report */

/**
 * @typedef {object} Found
 * @property {string[]} violations found where it must not be
 * @property {string[]} lingering found in raw files of the extension's storage, where a later write has replaced it
 */

/** Chrome's own jar. The cookies are its to keep. */
const COOKIE_JAR = /(^|\/)(Cookies|Safe Browsing Cookies)(-journal)?$/;
const EXTENSION_STORAGE = /Local Extension Settings/;
const PAIRING_KEY = "pairing";

/** @param {Report} report @param {string} folder the run's @returns {Found} */
export function searchAll(report, folder) {
  const { storage, answers, popup, lines, logs } = report.seen;
  const secrets = secretsOf(report);
  const texts = { ...notesOf(report), ...rowsOf(report) };
  /** @type {Found} */
  const found = { violations: [], lingering: [] };
  const { [PAIRING_KEY]: pairing = "", ...others } = storage.local;
  const { agentToken, ...noToken } = secrets;
  const leases = Object.fromEntries(report.known.leases.map((token, nth) => [`lease ${nth}`, token]));
  const everything = { ...secrets, ...texts, ...leases };

  // The pairing token is the one secret that the extension has to keep.
  note(found.violations, "storage.local pairing", pairing, { ...noToken, ...texts, ...leases });
  note(found.violations, "storage.local", JSON.stringify(others), everything);
  note(found.violations, "storage.session", JSON.stringify(storage.session), everything);
  note(found.violations, "the worker's answers", JSON.stringify(answers), everything);
  note(found.violations, "the popup", popup, everything);
  note(found.violations, "the worker's console", lines.join("\n"), everything);
  note(found.violations, "the logs", logs.join("\n"), everything);
  for (const file of filesBelow(join(folder, "profile"))) {
    const name = relative(folder, file);
    const bytes = readFileSync(file, "latin1");
    if (COOKIE_JAR.test(name)) continue;
    if (EXTENSION_STORAGE.test(name)) {
      // LevelDB appends: what a task needed while it was under way stays in the file until Chrome compacts it. A note is
      // never written there.
      note(found.lingering, name, bytes, { ...rowsOf(report), ...leases });
      note(found.violations, name, bytes, { ...noToken, ...notesOf(report) });
    } else {
      note(found.violations, name, bytes, everything);
    }
  }
  for (const file of filesBelow(folder, /^liaison\.sqlite3/)) {
    // What the task was and what came of it is the caller's, and `get-task-status` shows it; a lease is known by its token,
    // which is worth nothing without the agent's.
    note(found.violations, relative(folder, file), readFileSync(file, "latin1"), secrets);
  }
  return found;
}

/** @param {Report} report @returns {Record<string, string>} */
function secretsOf({ known }) {
  const { agentToken, apiKey, pairingCode, session } = known;
  return { agentToken, apiKey, pairingCode, li_at: session.li_at, "CSRF token": session.csrf_token };
}

/** @param {Report} report @returns {Record<string, string>} */
function notesOf({ plan }) {
  /** @type {Record<string, string>} */
  const notes = {};
  for (const [nth, { kind, body }] of plan.tasks.entries()) if (kind === "invitation" && body.note) notes[`note ${nth}`] = body.note;
  return notes;
}

/** Names and headlines of the rows that were read. @param {Report} report @returns {Record<string, string>} */
function rowsOf({ plan, tasks }) {
  /** @type {Record<string, string>} */
  const texts = {};
  for (const nth of plan.tasks.keys()) {
    for (const [row, { name, headline }] of (tasks[nth]?.task_output?.connections ?? []).entries()) {
      if (name) texts[`name ${row} of ${nth}`] = name;
      if (headline) texts[`headline ${row} of ${nth}`] = headline;
    }
  }
  return texts;
}

/** @param {string[]} finds @param {string} where @param {string} text @param {Record<string, string>} wanted */
function note(finds, where, text, wanted) {
  const latin1 = Buffer.from(text, "utf8").toString("latin1");
  const places = [text, latin1];
  const seen = Object.entries(wanted).filter(([, value]) => value && inAnyForm(value).some((form) => places.some((place) => place.includes(form))));
  if (seen.length === 0) return;
  const names = seen.map(([name]) => name);
  const shown = names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  finds.push(`${shown} in ${where}`);
}

/** As it is, as UTF-8 read byte by byte, and as Chrome writes wide strings. @param {string} value */
const inAnyForm = (value) => [
  value,
  Buffer.from(value, "utf8").toString("latin1"),
  Buffer.from(value, "utf16le").toString("latin1"),
];

/** @param {string} folder @param {RegExp} [only] @returns {string[]} */
function filesBelow(folder, only) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: only === undefined });
  return entries.filter((entry) => entry.isFile() && (only?.test(entry.name) ?? true)).map((entry) => join(entry.path, entry.name));
}

/** The text of a report, without touching a page: what the core says of itself, and in which browser. */

/** @typedef {import("../lib/messages.js").Report} Report */
/** @typedef {import("../lib/check.js").Found} Found */

/**
 * @param {Report} report
 * @param {Found | null} found by the check that stands on this page, if one does, with its age; why a step failed may quote what
 *   LinkedIn said, and is left out
 * @param {{ userAgent: string, language: string }} browser
 * @param {number} nowMs
 */
export function reportText(report, found, { userAgent, language }, nowMs) {
  const check = found && { seconds_ago: Math.round((nowMs - found.atMs) / 1_000), steps: found.steps.map(({ name, ok }) => ({ name, ok })) };
  return JSON.stringify({ program: "Liaison", browser: userAgent, language, ...report, check }, null, 2);
}

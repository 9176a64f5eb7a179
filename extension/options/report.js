/** The text of a report, without touching a page: what the core says of itself, and in which browser. */

/** @typedef {import("../lib/messages.js").Report} Report */
/** @typedef {import("../lib/messages.js").Step} Step */

/**
 * @param {Report} report
 * @param {Step[]} steps of the last check on this page; why one failed may quote what LinkedIn said, and is left out
 * @param {{ userAgent: string, language: string }} browser
 */
export function reportText(report, steps, { userAgent, language }) {
  const check = steps.map(({ name, ok }) => ({ name, ok }));
  return JSON.stringify({ program: "Liaison", browser: userAgent, language, ...report, check }, null, 2);
}

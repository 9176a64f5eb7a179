/** The popup's two bars: invitations of a day and of a week against what the person allows. */
import { byId, setText } from "../lib/dom.js";
import { uncountedLine, usageLine } from "./describe.js";

/** @typedef {import("../lib/messages.js").Usage} Usage */

/** @param {Usage | null} usage null: nothing is known for the moment */
export function showUsage(usage) {
  byId("usage").hidden = usage === null;
  if (!usage) return;
  showBar("usage-day", usageLine(usage.day, usage.day_limit));
  showBar("usage-week", usageLine(usage.week, usage.week_limit));
  setText(byId("usage-uncounted"), uncountedLine(usage));
}

/**
 * @param {string} id of the bar; its words are beside it
 * @param {ReturnType<typeof usageLine>} line
 */
function showBar(id, { text, share, tone }) {
  const bar = /** @type {HTMLMeterElement} */ (byId(id));
  bar.value = share;
  bar.dataset.tone = tone;
  setText(byId(`${id}-said`), text);
}

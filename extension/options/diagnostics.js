/**
 * The settings' card for when something does not work: a check of LinkedIn, and a report to hand to whoever helps. The core
 * makes it, of codes and counts; what is added here is the browser's own name and which steps of a check went well.
 */
import { offerCheck, standingCheck } from "../lib/check.js";
import { offerCopying } from "../lib/copy.js";
import { button, byId, setText } from "../lib/dom.js";
import { sentences, t } from "../lib/i18n.js";
import { send } from "../lib/messages.js";
import { reportText } from "./report.js";

/** @param {() => Promise<void>} refresh */
export function offerDiagnostics(refresh) {
  offerCheck(refresh);
  const make = button("make-report");
  const text = /** @type {HTMLTextAreaElement} */ (byId("report"));
  offerCopying(button("copy-report"), () => text.value, byId("report-said"));
  make.addEventListener("click", async () => {
    make.disabled = true;
    const answer = await send({ kind: "report" });
    make.disabled = false;
    make.focus();
    byId("report-box").hidden = !answer.ok;
    byId("report-said").dataset.tone = answer.ok ? "good" : "bad";
    setText(byId("report-said"), answer.ok ? t("report_made") : sentences(answer.error));
    if (answer.ok) text.value = reportText(answer.report ?? {}, standingCheck(), navigator, Date.now());
  });
}

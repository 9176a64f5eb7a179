/** The popup's check of LinkedIn: one button, and what it found. A result stands until the next check or until it is outdated. */
import { button, byId, passFocus, setText, showProblem } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { send } from "../lib/messages.js";
import { showSteps } from "../lib/steps.js";
import { checkLine } from "./describe.js";

/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */

/** @param {() => Promise<void>} refresh what a check finds out changes the status too */
export function offerCheck(refresh) {
  const check = button("check");
  check.addEventListener("click", async () => {
    check.disabled = true;
    showCheck(null);
    say({ tone: "quiet", text: t("checking") });
    byId("check-progress").hidden = false;
    const answer = await send({ kind: "check_linkedin" });
    byId("check-progress").hidden = true;
    showCheck(answer);
    byId("check-result").scrollIntoView({ block: "nearest" });
    check.disabled = false;
    passFocus(check, check);
    await refresh();
  });
}

/** @param {Answer | NoAnswer | null} answer null: nothing is known, or nothing any more */
export function showCheck(answer) {
  const steps = answer?.steps ?? [];
  // What went wrong in a step is said in the step.
  const untold = answer && !answer.ok && steps.length === 0 ? answer.error : null;
  say(checkLine(answer, steps));
  showProblem(byId("check-problem"), untold);
  showSteps(byId("check-steps"), steps);
}

/** @param {{ tone: string, text: string }} line */
function say({ tone, text }) {
  byId("check-said").dataset.tone = tone;
  setText(byId("check-said"), text);
}

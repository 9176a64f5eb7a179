/** A check of LinkedIn, in popup, settings and onboarding: one button, and what it found. A result stands until the next check or until it is outdated. */
import { button, byId, passFocus, setText, showProblem } from "./dom.js";
import { t } from "./i18n.js";
import { send } from "./messages.js";
import { showSteps } from "./steps.js";

/** @typedef {import("./messages.js").Answer} Answer */
/** @typedef {import("./messages.js").NoAnswer} NoAnswer */
/** @typedef {import("./messages.js").Step} Step */
/** @typedef {import("./words.js").Tone} Tone */
/** @typedef {{ steps: Step[], atMs: number }} Found */

/** Who is signed in, as the status had it last and when the result was shown; null: no result stands. */
let linkedin = "";
/** @type {string | null} */
let standsFor = null;
/** @type {Found | null} */
let found = null;

/** @param {() => Promise<void>} refresh what a check finds out changes the status too */
export function offerCheck(refresh) {
  const check = button("check");
  check.addEventListener("click", async () => {
    check.disabled = true;
    standsFor = null;
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
    // What the check found out is in this status already.
    standsFor = linkedin;
  });
}

/**
 * Another account, or none, and what was found is no longer so.
 *
 * @param {{ linkedin: string }} status
 */
export function outdateCheck(status) {
  ({ linkedin } = status);
  if (standsFor === null || standsFor === linkedin) return;
  standsFor = null;
  showCheck(null);
}

/** @param {Answer | NoAnswer | null} answer null: nothing is known, or nothing any more */
export function showCheck(answer) {
  const steps = answer?.steps ?? [];
  found = steps.length > 0 ? { steps, atMs: Date.now() } : null;
  // What went wrong in a step is said in the step.
  const untold = answer && !answer.ok && steps.length === 0 ? answer.error : null;
  say(checkLine(answer, steps));
  showProblem(byId("check-problem"), untold && { ...untold, tone: "quiet" });
  showSteps(byId("check-steps"), steps);
}

/** What stands on the page: null when there is nothing, or nothing any more. */
export const standingCheck = () => found;

/** @param {{ tone: string, text: string }} line */
function say({ tone, text }) {
  byId("check-said").dataset.tone = tone;
  setText(byId("check-said"), text);
}

/**
 * What a check of LinkedIn came to, in one line. Why it could not even begin is the problem's to say.
 *
 * @param {Answer | NoAnswer | null} answer
 * @param {Step[]} steps
 * @returns {{ tone: Tone, text: string }}
 */
export function checkLine(answer, steps) {
  if (answer?.ok) return { tone: "good", text: t("check_passed") };
  if (steps.length > 0) return { tone: "bad", text: t("check_failed") };
  // Who was not answered cannot know what was checked.
  return { tone: "bad", text: answer && !("unanswered" in answer) ? t("check_refused") : "" };
}

/**
 * The steps of a test, in words and on a page: the settings test the way to the server, a check the way to LinkedIn.
 * Whether a step went well is said by a word and a sign, and by colour only beside them.
 */
import { make, setChildren } from "./dom.js";
import { t } from "./i18n.js";
import { own } from "./own.js";

/** @typedef {import("./messages.js").Step} Step */

/** @type {Record<string, string>} */
const STEPS = {
  permission: "step_permission",
  reach: "step_reach",
  protocol: "step_protocol",
  authorise: "step_authorise",
  linkedin: "step_linkedin",
  session: "step_session",
  me: "step_me",
  list: "step_list",
};

/**
 * @param {Step} step
 * @returns a step that this version does not know is called what the core calls it
 */
export function stepLine({ name, ok }) {
  const key = own(STEPS, name);
  return { tone: ok ? "good" : "bad", title: key ? t(key) : name, outcome: t(ok ? "step_ok" : "step_not_ok") };
}

/**
 * Shows steps in place of earlier ones; without any the list is hidden.
 *
 * @param {HTMLElement} list
 * @param {Step[]} steps
 */
export function showSteps(list, steps) {
  setChildren(list, steps.map(stepItem));
  list.hidden = steps.length === 0;
}

/** @param {Step} step */
function stepItem(step) {
  const { tone, title, outcome } = stepLine(step);
  const head = make("span", "step-head", make("span", "step-title", title), " ", make("span", "step-outcome", outcome));
  const item = make("li", "step", head);
  if (step.detail) item.append(make("span", "step-detail", step.detail));
  if (!step.ok && step.remedy) item.append(make("span", "step-remedy", step.remedy));
  item.dataset.tone = tone;
  return item;
}

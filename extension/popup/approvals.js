/**
 * Invitations that wait for their person: to whom, with which note, and the two buttons. An item is kept for as long as its
 * very invitation waits, since a refresh every second must not take the keyboard away from a button, or move it under a finger.
 */
import { byId, make, makeLink, passFocus, setText } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { approvalLine } from "./describe.js";

/** @typedef {import("../lib/messages.js").Approval} Approval */
/** @typedef {(approval: Approval, approve: boolean) => Promise<unknown>} Decide comes back when the page shows what came of it */
/** @typedef {{ element: HTMLElement, asked: HTMLElement, buttons: HTMLButtonElement[], of: string }} Item */

/** Longer than a press that was on its way takes. */
const UNSEEN_MS = 1_000;

/**
 * @param {Decide} decide
 * @returns {(approvals: Approval[]) => void} shows those that wait now
 */
export function offerApprovals(decide) {
  /** @type {Map<string, Item>} */
  const items = new Map();
  return (approvals) => {
    const waiting = new Set(approvals.map(({ task }) => task));
    for (const [task, { element }] of items) {
      if (!waiting.has(task)) items.delete(task) && element.remove();
    }
    for (const approval of approvals) {
      const before = items.get(approval.task);
      const item = before?.of === whatIsAsked(approval) ? before : makeItem(approval, decide);
      items.set(approval.task, item);
      if (before && before !== item) replace(before, item);
      if (!item.element.isConnected) byId("approvals").append(item.element);
      setText(item.asked, approvalLine(approval, Date.now()).asked);
    }
    byId("approvals-section").hidden = approvals.length === 0;
  };
}

/**
 * A word on one invitation is none on another that has taken its place.
 *
 * @param {Approval} approval
 */
const whatIsAsked = ({ profile_urn, note, asked_at_ms, approved }) => JSON.stringify([profile_urn, note, asked_at_ms, approved]);

/**
 * Whoever was about to press a button has not seen this invitation: its buttons wait for the person's eyes.
 *
 * @param {Item} before
 * @param {Item} item
 */
function replace(before, item) {
  before.element.replaceWith(item.element);
  for (const each of item.buttons) each.disabled = true;
  setTimeout(() => item.buttons.forEach((each) => (each.disabled = false)), UNSEEN_MS);
}

/**
 * @param {Approval} approval
 * @param {Decide} decide
 * @returns {Item}
 */
function makeItem(approval, decide) {
  const { person, profile, note, asked, approved } = approvalLine(approval, Date.now());
  const whom = profile ? makeLink("approval-person", profile, person) : make("span", "approval-person", person);
  const when = make("p", "approval-asked", asked);
  // Who has approved may still call it off.
  const approve = approval.approved ? [] : [answerButton("approve", "primary", person)];
  const buttons = [...approve, answerButton("refuse", "", person)];
  const actions = make("div", "actions", ...buttons);
  const said = note ? [make("p", "approval-note", note)] : [];
  if (approved) said.push(make("p", "approval-approved", approved));
  const element = make("li", "approval", whom, when, ...said, actions);
  for (const pressed of buttons) {
    pressed.addEventListener("click", async () => {
      for (const each of buttons) each.disabled = true;
      await decide(approval, approve.includes(pressed));
      for (const each of buttons) each.disabled = false;
      // Answered, the item is gone, and the headline says how it stands now.
      passFocus(pressed, element.isConnected ? pressed : byId("headline"));
    });
  }
  return { element, asked: when, buttons, of: whatIsAsked(approval) };
}

/**
 * @param {"approve" | "refuse"} name
 * @param {string} className
 * @param {string} person several may wait, and a screen reader reads buttons one by one
 */
function answerButton(name, className, person) {
  const made = /** @type {HTMLButtonElement} */ (make("button", `${name} ${className}`.trim(), t(name === "approve" ? "approve" : "refuse")));
  made.type = "button";
  made.ariaLabel = t(name === "approve" ? "approve_label" : "refuse_label", person);
  return made;
}

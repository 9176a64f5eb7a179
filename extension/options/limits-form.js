/**
 * The card of limits on the options page. Each change is saved at once: who unticks a box must not have to find out later
 * that a button was still to be pressed. What the worker refuses stays in the field, marked, with the reason beside it, and
 * the other fields follow the settings in force.
 */
import { button, byId, input, make, setText } from "../lib/dom.js";
import { sentences, t } from "../lib/i18n.js";
import { send } from "../lib/messages.js";
import * as limits from "../lib/limits.js";

/** @typedef {import("../lib/messages.js").Status} Status */
/** @typedef {import("../lib/limits.js").Limits} Limits */
/** @typedef {import("../lib/limits.js").Figure} Figure */

/** @type {Record<string, string>} the box of a kind of task */
const KINDS = { agent_fetch_connections: "allow-reading", agent_send_connection_request: "allow-inviting" };

const restoreDialog = /** @type {HTMLDialogElement} */ (byId("restore-dialog"));
/** @type {Status | null} what the worker said last; null while it does not answer */
let status = null;
/** @type {Set<string>} settings that are typed, or on their way until the first answer: their fields are the person's for now */
const held = new Set();
/** Asks for the status now. */
let refresh = async () => {};

/** @param {() => Promise<void>} askNow */
export function offerLimits(askNow) {
  refresh = askNow;
  buildDays();
  const { invites_per_day: day, invites_per_week: week } = limits.DEFAULTS;
  setText(byId("restore-question"), t("restore_question", day, week));
  setText(byId("hours-hint"), t("hours_hint", Intl.DateTimeFormat().resolvedOptions().timeZone));
  for (const name of limits.FIGURE_NAMES) listenToFigure(name);
  for (const id of Object.values(KINDS)) input(id).addEventListener("change", saveKinds);
  input("ask_before_invite").addEventListener("change", saveAsking);
  for (const id of ["hours-on", ...limits.DAYS.map(dayId)]) input(id).addEventListener("change", saveHours);
  for (const id of ["hours-from", "hours-to"]) listenToTime(id);
  button("restore").addEventListener("click", () => restoreDialog.showModal());
  button("restore-cancel").addEventListener("click", () => restoreDialog.close());
  button("restore-confirm").addEventListener("click", restore);
}

/** @param {Figure} name */
function listenToFigure(name) {
  const field = input(name);
  field.addEventListener("input", () => held.add(name));
  field.addEventListener("change", () => saveFigure(name));
  // Typed and taken back is not changed.
  field.addEventListener("blur", () => field.value === shownInForce(name) && held.delete(name));
}

/**
 * A time changes with every digit that is typed. One that is half typed must not be in force, not even for a moment.
 *
 * @param {string} id
 */
function listenToTime(id) {
  input(id).addEventListener("input", () => held.add("hours"));
  input(id).addEventListener("blur", () => held.has("hours") && saveHours());
  input(id).addEventListener("keydown", ({ key }) => key === "Enter" && saveHours());
}

// ---- saving ----

/** @param {Figure} name */
async function saveFigure(name) {
  if (!status) return;
  const typed = limits.readFigure(name, input(name).value, status.ceilings);
  if (!typed.ok) return refuse(name, typed.text);
  await save(name, { [name]: typed.value });
}

async function saveKinds() {
  const off = Object.entries(KINDS).filter(([, id]) => !input(id).checked);
  await save("kinds_off", { kinds_off: off.map(([kind]) => kind) });
}

async function saveAsking() {
  await save("ask_before_invite", { ask_before_invite: input("ask_before_invite").checked });
}

async function saveHours() {
  held.add("hours");
  showHours(input("hours-on").checked);
  if (!input("hours-on").checked) return save("hours", { hours: null });
  const typed = limits.readHours(typedHours());
  if (!typed.ok) return refuse("hours", typed.text);
  await save("hours", { hours: typed.hours });
}

async function restore() {
  restoreDialog.close();
  for (const name of Object.keys(limits.DEFAULTS)) say(name, "", "");
  held.clear();
  await save("restore", limits.DEFAULTS);
}

/**
 * @param {string} changed
 * @param {Partial<Limits>} settings
 */
async function save(changed, settings) {
  held.add(changed);
  const answer = await send({ kind: "set_settings", settings });
  // A figure that was refused stays to be corrected. A box cannot be half right: it goes back to what is in force.
  if (answer.ok || !isTyped(changed)) held.delete(changed);
  for (const said of document.querySelectorAll("#limits .said[data-tone=good]")) setText(said, "");
  if (answer.ok) say(changed, "good", t("saved"));
  // Without an answer nobody knows what is in force now.
  else if ("unanswered" in answer) say(changed, "bad", sentences(answer.error));
  else refuseNamed(limits.refusedField(answer.error, changed), answer.error);
  await refresh();
}

/**
 * @param {string} name
 * @param {import("../lib/messages.js").Problem} error
 */
function refuseNamed(name, error) {
  const figure = figureOf(name);
  refuse(name, figure && status ? limits.outsideText(figure, status.ceilings) : sentences(error));
}

/**
 * @param {string} name
 * @param {string} text
 */
const refuse = (name, text) => say(name, "bad", isTyped(name) ? t("still_in_force", text, shownInForce(name)) : text);

/** @param {string} name */
const isTyped = (name) => name === "hours" || figureOf(name) !== undefined;

/** @param {string} name */
const figureOf = (name) => limits.FIGURE_NAMES.find((figure) => figure === name);

/** @param {string} name of a setting that is typed */
function shownInForce(name) {
  if (!status) return "";
  const figure = figureOf(name);
  return figure ? limits.shownFigure(figure, status.settings[figure]) : limits.hoursLine(status.settings.hours);
}

// ---- showing ----

/** @param {Status | null} now the settings in force; null while the worker does not answer */
export function showLimits(now) {
  status = now;
  /** @type {HTMLFieldSetElement} */ (byId("limits-fields")).disabled = now === null;
  byId("limits-silent").hidden = now !== null;
  if (now) fill(now);
}

/** @param {Status} status */
function fill({ settings, ceilings }) {
  for (const name of limits.FIGURE_NAMES) {
    Object.assign(input(name), limits.figureBounds(name, ceilings));
    setText(byId(`${name}-hint`), limits.figureHint(name, ceilings));
    if (!held.has(name)) input(name).value = limits.shownFigure(name, settings[name]);
  }
  if (!held.has("ask_before_invite")) input("ask_before_invite").checked = settings.ask_before_invite;
  if (!held.has("kinds_off")) fillKinds(settings.kinds_off);
  if (!held.has("hours")) fillHours(settings.hours);
}

/** @param {string[]} off */
function fillKinds(off) {
  for (const [kind, id] of Object.entries(KINDS)) input(id).checked = !off.includes(kind);
}

/** @param {Limits["hours"]} hours */
function fillHours(hours) {
  input("hours-on").checked = hours !== null;
  const { days, from, to } = hours ?? limits.FIRST_HOURS;
  for (const day of limits.DAYS) input(dayId(day)).checked = days.includes(day);
  input("hours-from").value = from;
  input("hours-to").value = to;
  showHours(hours !== null);
}

/** @param {boolean} on */
function showHours(on) {
  byId("hours-fields").hidden = !on;
  setText(byId("hours-overnight"), limits.overnightLine(typedHours()));
}

const typedHours = () => ({
  days: limits.DAYS.filter((day) => input(dayId(day)).checked),
  from: input("hours-from").value,
  to: input("hours-to").value,
});

/** @param {number} day */
const dayId = (day) => `day-${day}`;

function buildDays() {
  for (const day of limits.DAYS) {
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", id: dayId(day), ariaLabel: limits.dayName(day, "long") });
    box.setAttribute("aria-describedby", "hours-said");
    byId("days").append(make("label", "day", box, make("span", "", limits.dayName(day, "short"))));
  }
}

/**
 * @param {string} name
 * @param {"good" | "bad" | ""} tone
 * @param {string} text
 */
function say(name, tone, text) {
  const said = byId(`${name}-said`);
  said.dataset.tone = tone;
  setText(said, text);
  for (const field of document.querySelectorAll(`[aria-describedby~="${said.id}"]`)) {
    if (tone === "bad") field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

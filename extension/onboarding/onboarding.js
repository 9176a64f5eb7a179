/**
 * The first page that a person sees: what Liaison is, limits and pairing, and the first task, on three screens. It goes on where
 * it was left. The first screen is words alone and asks the worker for nothing.
 */
import { operatingSystem } from "../lib/browser.js";
import { offerCheck } from "../lib/check.js";
import { offerCopying } from "../lib/copy.js";
import { button, byId, input, setText } from "../lib/dom.js";
import { localise, t } from "../lib/i18n.js";
import { figureBounds, figureHint, outsideText, refusedField } from "../lib/limits.js";
import { send } from "../lib/messages.js";
import { offerPairing, say } from "../lib/pairing-form.js";
import { pairingLine } from "../lib/pairing.js";
import { SCREENS, reached, remember, resumeAt } from "../lib/place.js";
import { watchStatus } from "../lib/status-watch.js";
import { LINKEDIN } from "../lib/words.js";
import { FIGURES, firstChoice, readChoice } from "./choices.js";
import { firstCommand, firstTaskLine, resultCommand } from "./first-task.js";

/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */
/** @typedef {import("../lib/messages.js").Settings} Settings */
/** @typedef {import("../lib/messages.js").Status} Status */

const HEADINGS = ["about-heading", "choose-heading", "linkedin-heading"];
/** What is wrong stands beside its field already. */
const REFUSED = { ok: /** @type {const} */ (false), error: { code: "invalid_settings", message: "", remedy: "" } };
const SAVED = { message: "", remedy: "" };

/** @type {Status | null} what the worker said last; null while it does not answer, or was not asked */
let status = null;
let busy = false;
let system = "";
let shown = 0;
let filled = false;
/** @type {(() => Promise<void>) | null} asks for the status now; null while nobody asks at all */
let ask = null;

const refresh = async () => void (await ask?.());
const paired = () => status?.server?.url;

localise(document);
const { pair } = offerPairing({ paired, setBusy, refresh, first: saveChoice });
operatingSystem().then((name) => (system = name), () => {}); // the usual command will do
byId("to-2").addEventListener("click", understand);
byId("to-1").addEventListener("click", () => show(1));
byId("back-to-2").addEventListener("click", () => show(2));
byId("screen-2").addEventListener("submit", connect);
for (const id of ["choice-ask", "choice-send", "choice-none"]) byId(id).addEventListener("change", showFigures);
for (const field of FIGURES) byId(field).addEventListener("input", () => markFigure(field, ""));
offerCheck(refresh);
offerCopying(button("copy-first"), () => byId("first-curl").textContent ?? "", byId("first-copied"));
offerCopying(button("copy-result"), () => byId("result-curl").textContent ?? "", byId("result-copied"));
begin();

/** Who has not read the first screen begins there; from the second on the worker says where to go on. */
function begin() {
  if (reached() < 2) return show(1);
  watch();
}

function watch() {
  ask ??= watchStatus(showAnswer);
}

/** @param {number} screen */
function show(screen) {
  const moved = shown !== 0;
  shown = screen;
  remember(screen);
  for (let n = 1; n <= SCREENS; n += 1) {
    byId(`screen-${n}`).hidden = n !== screen;
    if (n === screen) byId(`progress-${n}`).setAttribute("aria-current", "step");
    else byId(`progress-${n}`).removeAttribute("aria-current");
  }
  if (!moved) return;
  scrollTo(0, 0);
  byId(HEADINGS[screen - 1] ?? "").focus({ preventScroll: true });
}

function understand() {
  const box = input("understood");
  setText(byId("understood-said"), box.checked ? "" : t("understood_missing"));
  byId("understood-said").dataset.tone = "bad";
  if (!box.checked) return box.focus();
  show(2);
  watch();
}

// ---- limits and pairing ----

/** @param {Event} event */
async function connect(event) {
  event.preventDefault();
  if (busy || !status) return;
  if (!paired()) return void ((await pair()) && show(3));
  setBusy(true);
  const saved = await saveChoice();
  setBusy(false);
  const { message, remedy } = saved.ok ? SAVED : saved.error;
  say("bad", message, remedy);
  if (saved.ok) show(3);
}

/** @returns {Promise<Answer | NoAnswer>} */
async function saveChoice() {
  if (!status) return REFUSED;
  const choice = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=choice]:checked"))?.value ?? "ask";
  const typed = { invites_per_day: input("invites_per_day").value, invites_per_week: input("invites_per_week").value };
  const read = readChoice(choice, typed, status.settings, status.ceilings);
  if (!read.ok) return refuseFigure(read.field, read.text);
  const answer = await send({ kind: "set_settings", settings: read.settings });
  const field = answer.ok ? undefined : FIGURES.find((name) => name === refusedField(answer.error, ""));
  return field ? refuseFigure(field, outsideText(field, status.ceilings)) : answer;
}

/**
 * @param {string} field
 * @param {string} text
 */
function refuseFigure(field, text) {
  markFigure(field, text);
  input(field).focus();
  return REFUSED;
}

/**
 * @param {string} field
 * @param {string} text empty: it may be right now
 */
function markFigure(field, text) {
  setText(byId(`${field}-said`), text);
  if (text) input(field).setAttribute("aria-invalid", "true");
  else input(field).removeAttribute("aria-invalid");
}

/** @param {Status} status */
function fillChoice({ settings, ceilings }) {
  const first = firstChoice(settings);
  input(`choice-${first.choice}`).checked = true;
  for (const field of FIGURES) {
    Object.assign(input(field), figureBounds(field, ceilings), { value: String(first[field]) });
    setText(byId(`${field}-hint`), figureHint(field, ceilings));
  }
  showFigures();
}

function showFigures() {
  byId("figures").hidden = input("choice-none").checked;
}

// ---- what the worker says ----

/** @param {Answer | NoAnswer} answer */
function showAnswer(answer) {
  status = answer.ok ? (answer.status ?? null) : null;
  if (status) showStatus(status);
  else showSilence(answer.ok ? t("state_unknown") : answer.error.message);
  setBusy(busy);
}

/** @param {Status} status */
function showStatus(status) {
  if (!filled) fillChoice(status);
  filled = true;
  if (shown === 0) show(resumeAt(reached(), status.server !== null));
  // Forgotten or erased meanwhile, on another page.
  if (shown === 3 && !status.server) show(2);
  showLine("pairing-state", pairingLine(status));
  byId("pair-form").hidden = status.server !== null;
  setText(byId("pair"), t(status.server ? "save_and_continue" : "save_and_pair"));
  const { key, tone } = LINKEDIN[status.linkedin];
  showLine("linkedin-state", { tone, text: t(key) });
  byId("linkedin-remedy").hidden = status.linkedin === "signed_in";
  showFirstTask(status);
}

/** @param {Status} status */
function showFirstTask(status) {
  if (!status.server) return;
  const { url } = status.server;
  const line = firstTaskLine(status);
  showLine("first-state", line);
  setText(byId("first-curl"), firstCommand(url, system));
  byId("first-result").hidden = line.task === null;
  if (line.task !== null) setText(byId("result-curl"), resultCommand(url, system, line.task));
}

/** @param {string} text */
function showSilence(text) {
  if (shown === 0) show(reached());
  for (const id of ["pairing-state", "linkedin-state", "first-state"]) showLine(id, { tone: "bad", text });
}

/**
 * @param {string} id
 * @param {{ tone: string, text: string }} line
 */
function showLine(id, { tone, text }) {
  byId(id).dataset.tone = tone;
  setText(byId(id), text);
}

/** @param {boolean} value */
function setBusy(value) {
  busy = value;
  button("pair").disabled = busy || !status;
}

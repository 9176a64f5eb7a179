/** The options page: pairing with a server, testing the connection, forgetting it; the limits are in a module of their own. */
import { LINKEDIN_ORIGIN, operatingSystem, releaseOrigin, requestOrigins } from "../lib/browser.js";
import { button, byId, input, setText, showProblem } from "../lib/dom.js";
import { localise, t } from "../lib/i18n.js";
import { send } from "../lib/messages.js";
import { readAddress } from "../lib/server-address.js";
import { watchStatus } from "../lib/status-watch.js";
import { showSteps } from "../lib/steps.js";
import { offerLimits, showLimits } from "./limits-form.js";
import { offerLog } from "./log.js";
import { pairingLine, readForm } from "../lib/pairing.js";

/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").Command} Command */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */
/** @typedef {import("../lib/messages.js").Status} Status */

const dialog = /** @type {HTMLDialogElement} */ (byId("forget-dialog"));
/** @type {Status | null} what the worker said last; null while it does not answer */
let status = null;
/** Names of systems are not translated. A system that is not listed keeps Chrome's own short name. */
const SYSTEMS = new Map([["mac", "macOS"], ["win", "Windows"], ["linux", "Linux"], ["cros", "ChromeOS"], ["android", "Android"]]);
/** One command at a time: a second click would race the first one's answer. */
let busy = false;
let suggestedServer = false;

localise(document);
suggestName().catch(() => {}); // a convenience; the field can be filled by hand
const refresh = watchStatus(showAnswer);
offerLimits(refresh);
offerLog(() => status?.version ?? "");
byId("pair-form").addEventListener("submit", pair);
byId("test").addEventListener("click", () => run({ kind: "test_connection" }, t("testing"), t("test_passed")));
byId("grant").addEventListener("click", grant);
byId("forget").addEventListener("click", () => dialog.showModal());
byId("forget-cancel").addEventListener("click", () => dialog.close());
byId("forget-confirm").addEventListener("click", forget);

async function suggestName() {
  const system = await operatingSystem();
  const suggestion = t("name_suggestion", SYSTEMS.get(system) ?? system);
  if (input("name").value === "") input("name").value = suggestion;
}

/** @param {Event} event */
async function pair(event) {
  event.preventDefault();
  const typed = readForm(Object.fromEntries(["server", "code", "token", "name"].map((id) => [id, input(id).value])));
  if (!typed.ok) return refuse(typed.reason, typed.field);
  setBusy(true);
  say("quiet", t("asking_permission"), "");
  // The prompt needs the click that is being handled: nothing may be awaited before it.
  const before = status?.server?.url;
  const granted = typed.address.builtIn || (await allowed([typed.address.origin]));
  if (!granted) return refuse("permission_refused", "server");
  const answer = await run(typed.command, t("pairing"), t("paired"));
  // Without an answer it may have paired all the same, and needs the permission.
  if (!answer.ok) return "unanswered" in answer ? undefined : release(input("server").value, originOf(before));
  input("code").value = "";
  input("token").value = "";
  await release(before, typed.address.origin);
}

/** @param {string | undefined} url */
function originOf(url) {
  const address = readAddress(url ?? "");
  return address.ok ? address.origin : undefined;
}

async function grant() {
  const address = readAddress(status?.server?.url ?? "");
  const granted = await allowed(address.ok ? [LINKEDIN_ORIGIN, address.origin] : [LINKEDIN_ORIGIN]);
  if (!granted) return refuse("permission_refused", "grant");
  showProblem(byId("message"), null);
  await refresh();
}

async function forget() {
  dialog.close();
  const before = status?.server?.url;
  const answer = await run({ kind: "forget" }, t("forgetting"), t("forgotten"));
  if (answer.ok) await release(before);
}

/**
 * Gives back the permission for a server that is no longer ours.
 *
 * @param {string | undefined} url
 * @param {string} [keptOrigin]
 */
async function release(url, keptOrigin) {
  const address = readAddress(url ?? "");
  if (!address.ok || address.builtIn || address.origin === keptOrigin) return;
  await releaseOrigin(address.origin).catch(() => {}); // it may have been taken away already
}

/**
 * @param {string[]} origins
 * @returns {Promise<boolean>} Chrome rejects, rather than refuses, what an administrator has blocked
 */
const allowed = (origins) => requestOrigins(origins).catch(() => false);

/**
 * @param {Command} command
 * @param {string} doing
 * @param {string} done
 */
async function run(command, doing, done) {
  setBusy(true);
  say("quiet", doing, "");
  showSteps(byId("steps"), []);
  const answer = await send(command);
  showSteps(byId("steps"), answer.steps ?? []);
  if (answer.ok) say("good", done, "");
  else say("bad", answer.error.message, answer.error.remedy);
  setBusy(false);
  await refresh();
  return answer;
}

/**
 * @param {string} reason a message key
 * @param {string} field
 */
function refuse(reason, field) {
  setBusy(false);
  say("bad", t(reason), "");
  byId(field).focus();
}

/**
 * @param {"good" | "bad" | "quiet"} tone
 * @param {string} message
 * @param {string} remedy
 */
function say(tone, message, remedy) {
  const box = byId("message");
  box.dataset.tone = tone;
  showProblem(box, { message, remedy });
}

/** @param {Answer | NoAnswer} answer */
function showAnswer(answer) {
  status = answer.ok ? (answer.status ?? null) : null;
  const line = status ? pairingLine(status) : { tone: "bad", text: answer.ok ? t("state_unknown") : answer.error.message };
  byId("pairing-state").dataset.tone = line.tone;
  setText(byId("pairing-state"), line.text);
  // To pair again with the same server is the usual reason to come back to the form.
  if (status?.server && !suggestedServer) input("server").value ||= status.server.url;
  suggestedServer ||= status !== null;
  setText(byId("version"), status ? t("version", status.version) : "");
  showLimits(status);
  setText(byId("form-heading"), t(status?.server ? "form_heading_again" : "form_heading"));
  setBusy(busy);
}

/** @param {boolean} value */
function setBusy(value) {
  busy = value;
  button("pair").disabled = busy;
  button("test").disabled = busy || !status?.server;
  button("forget").disabled = busy || !status?.server;
  byId("grant").hidden = status?.state !== "no_permission";
}

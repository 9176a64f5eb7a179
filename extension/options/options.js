/** The settings: pairing with a server, testing the connection, forgetting it; the other cards have modules of their own. */
import { LINKEDIN_ORIGIN } from "../lib/browser.js";
import { outdateCheck } from "../lib/check.js";
import { button, byId, input, setText, showProblem } from "../lib/dom.js";
import { localise, sentences, t } from "../lib/i18n.js";
import { offerNotificationsBox } from "../lib/notifications.js";
import { allowed, offerPairing, release } from "../lib/pairing-form.js";
import { pairingLine } from "../lib/pairing.js";
import { readAddress } from "../lib/server-address.js";
import { watchStatus } from "../lib/status-watch.js";
import { offerData } from "./data.js";
import { offerDiagnostics } from "./diagnostics.js";
import { offerLimits, showLimits } from "./limits-form.js";

/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */
/** @typedef {import("../lib/messages.js").Status} Status */

const dialog = /** @type {HTMLDialogElement} */ (byId("forget-dialog"));
/** @type {Status | null} what the worker said last; null while it does not answer */
let status = null;
let busy = false;
let suggestedServer = false;
const serverNow = () => status?.server?.url;
const version = () => status?.version ?? "";

localise(document);
const refresh = watchStatus(showAnswer);
const { pair, run, refuse } = offerPairing({ paired: serverNow, setBusy, refresh });
offerLimits(refresh);
offerNotificationsBox();
offerData({ setBusy, version, server: serverNow, refresh });
offerDiagnostics(refresh);
byId("pair-form").addEventListener("submit", (event) => {
  event.preventDefault();
  void pair();
});
byId("test").addEventListener("click", () => run({ kind: "test_connection" }, t("testing"), t("test_passed")));
byId("grant").addEventListener("click", grant);
byId("forget").addEventListener("click", () => dialog.showModal());
byId("forget-cancel").addEventListener("click", () => dialog.close());
byId("forget-confirm").addEventListener("click", forget);

async function grant() {
  const address = readAddress(serverNow() ?? "");
  const granted = await allowed(address.ok ? [LINKEDIN_ORIGIN, address.origin] : [LINKEDIN_ORIGIN]);
  if (!granted) return void refuse("permission_refused", "grant");
  showProblem(byId("message"), null);
  await refresh();
}

async function forget() {
  dialog.close();
  const before = serverNow();
  const answer = await run({ kind: "forget" }, t("forgetting"), t("forgotten"));
  if (answer.ok) await release(before);
}

/** @param {Answer | NoAnswer} answer */
function showAnswer(answer) {
  status = answer.ok ? (answer.status ?? null) : null;
  const line = status ? pairingLine(status) : { tone: "bad", text: answer.ok ? t("state_unknown") : sentences(answer.error) };
  byId("pairing-state").dataset.tone = line.tone;
  setText(byId("pairing-state"), line.text);
  // To pair again with the same server is the usual reason to come back to the form.
  if (status?.server && !suggestedServer) input("server").value ||= status.server.url;
  suggestedServer ||= status !== null;
  setText(byId("version"), status ? t("version", status.version) : "");
  showLimits(status);
  if (status) outdateCheck(status);
  setText(byId("form-heading"), t(status?.server ? "form_heading_again" : "form_heading"));
  // Whatever they are for, it is the worker who would do it.
  for (const actions of document.querySelectorAll("fieldset.actions")) /** @type {HTMLFieldSetElement} */ (actions).disabled = status === null;
  setBusy(busy);
}

/** @param {boolean} value */
function setBusy(value) {
  busy = value;
  button("pair").disabled = busy;
  button("test").disabled = busy || !status?.server;
  button("forget").disabled = busy || !status?.server;
  button("erase-everything").disabled = busy;
  byId("grant").hidden = status?.state !== "no_permission";
}

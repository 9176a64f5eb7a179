/** The popup: shows what the worker says about this moment, and holds the pause switch. */
import { openOptions, openPage, reloadExtension } from "../lib/browser.js";
import { offerCheck, outdateCheck, showCheck } from "../lib/check.js";
import { button, byId, input, make, setChildren, setText, showProblem } from "../lib/dom.js";
import { localise, t } from "../lib/i18n.js";
import { saveLog } from "../lib/log-file.js";
import { send } from "../lib/messages.js";
import { offerNotifications } from "../lib/notifications.js";
import { watchStatus } from "../lib/status-watch.js";
import { offerApprovals } from "./approvals.js";
import { fallbackLine, headline, linkedinLine, otherWaits, problemLines, recentLine, serverLine, waitingItems } from "./describe.js";
import { offerCancelling } from "./running.js";
import { offerClearing, showStop } from "./stop.js";
import { showUsage } from "./usage.js";

/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */
/** @typedef {import("../lib/messages.js").Command} Command */
/** @typedef {import("../lib/messages.js").Status} Status */
/** @typedef {import("../lib/messages.js").Recent} Recent */

const pause = input("pause");
/** How many clicks are on their way: meanwhile a status that left before them must not flip the switch back. */
let asking = 0;
let version = "";
/** How many times in a row there was no status: the worker did not answer, or its core was down. */
let failures = 0;
const FAILURES_TO_RESTART = 3;
/** What is there, or can be used, only with an answer, or only without. */
const AWAY = ["pause", "export-log", "restart"];

// First of all: a worker that Chrome has ended starts while the page gets its words.
const refresh = watchStatus(show);
localise(document);
const showApprovals = offerApprovals(({ task, asked_at_ms }, approve) => ask({ kind: "decide", task, approve, asked_at_ms }));
const showRunning = offerCancelling((task) => ask({ kind: "cancel_task", task }));
pause.addEventListener("change", () => ask({ kind: "set_paused", paused: pause.checked }));
offerClearing(clearStop);
offerCheck(refresh);
const showNotifications = offerNotifications();
byId("open-options").addEventListener("click", () => openOptions());
byId("open-history").addEventListener("click", () => openPage("history/history.html"));
for (const id of ["open-onboarding", "pair-now"]) byId(id).addEventListener("click", () => openPage("onboarding/onboarding.html"));
byId("export-log").addEventListener("click", exportLog);
byId("restart").addEventListener("click", reloadExtension);

/** @param {Command} command */
async function ask(command) {
  asking += 1;
  const answer = await send(command);
  asking -= 1;
  showProblem(byId("message"), answer.ok ? null : answer.error);
  byId("message").scrollIntoView({ block: "nearest" });
  await refresh();
  return answer;
}

/** @param {string} code what the person was shown: the agent clears no other */
async function clearStop(code) {
  const answer = await ask({ kind: "clear_stop", code });
  // A check that the stop kept from running, or that met it, is no longer news.
  if (answer.ok) showCheck(null);
  return answer;
}

async function exportLog() {
  setText(byId("exported"), "");
  const answer = await ask({ kind: "export_log" });
  if (answer.ok) setText(byId("exported"), saveLog(answer.log ?? [], version));
}

/** @param {Answer | NoAnswer} answer */
function show(answer) {
  const held = document.activeElement;
  if (answer.ok && answer.status) showStatus(answer.status);
  else showSilence(answer);
  offerRestart(answer);
  // The keyboard is not to be lost with what an answer, or none, takes away.
  if (held && AWAY.includes(held.id) && held.matches(":disabled, [hidden]")) byId("headline").focus();
}

/** @param {Status} status */
function showStatus(status) {
  const now = Date.now();
  version = status.version;
  setText(byId("headline"), headline(status, now));
  showFact("server-state", serverLine(status));
  showFact("linkedin-state", { ...linkedinLine(status), detail: fallbackLine(status) });
  showProblem(byId("attention"), problemLines(status, now));
  showNotifications(status.state !== "unpaired" && status.attention !== null);
  showApprovals(status.approvals);
  showRunning(status.running);
  showList("waiting", waitingItems({ ...status, waiting: otherWaits(status) }, now).map(waitingItem));
  showUsage(status.state === "unpaired" ? null : status.usage);
  showList("recent", status.recent.map(recentItem));
  byId("pair-now").hidden = status.state !== "unpaired";
  byId("check-section").hidden = status.state === "unpaired";
  enable(true);
  showStop(status);
  outdateCheck(status);
  if (asking === 0) pause.checked = status.paused;
}

/**
 * Without an answer nothing is known, so nothing older is left standing.
 *
 * @param {Answer | NoAnswer} answer
 */
function showSilence(answer) {
  const silent = { tone: "quiet", text: t("state_unknown"), detail: "" };
  setText(byId("headline"), answer.ok ? t("state_unknown") : answer.error.message);
  showFact("server-state", silent);
  showFact("linkedin-state", silent);
  showProblem(byId("attention"), answer.ok ? null : { message: "", remedy: answer.error.remedy });
  showNotifications(false);
  showApprovals([]);
  showRunning(null);
  showUsage(null);
  byId("pair-now").hidden = true;
  showStop(null);
  showList("waiting", []);
  showList("recent", []);
  enable(false);
}

/** @param {boolean} answers whether there is a worker to do what is asked for */
function enable(answers) {
  pause.disabled = !answers;
  button("export-log").disabled = !answers;
}

/**
 * A worker that is only slow, or starts again by itself, needs no restart, and one is not wanted under a pointer that was on its way to
 * something else. One that is lost never comes back by itself.
 *
 * @param {Answer | NoAnswer} answer
 */
function offerRestart(answer) {
  failures = answer.ok ? 0 : failures + 1;
  const lost = !answer.ok && answer.error.code === "worker_lost";
  byId("restart").hidden = !lost && failures < FAILURES_TO_RESTART;
}

/**
 * @param {string} id
 * @param {{ tone: string, text: string, detail: string }} fact
 */
function showFact(id, { tone, text, detail }) {
  const element = byId(id);
  element.dataset.tone = tone;
  const said = make("span", "fact-text", text);
  setChildren(element, detail ? [said, make("span", "fact-detail", detail)] : [said]);
}

/**
 * @param {string} id
 * @param {Node[]} items
 */
function showList(id, items) {
  setChildren(byId(id), items);
  byId(`${id}-section`).hidden = items.length === 0;
}

/** @param {ReturnType<typeof waitingItems>[number]} item */
function waitingItem({ title, until, why, remedy }) {
  const head = make("div", "item-head", make("span", "item-title", title), make("span", "item-when", until));
  const lines = remedy ? [make("p", "", why), make("p", "item-line", remedy)] : [make("p", "", why)];
  return make("li", "item", head, ...lines);
}

/** @param {Recent} recent */
function recentItem(recent) {
  const { tone, title, outcome, when, why, remedy, unsent } = recentLine(recent, Date.now());
  const words = { "item-title": title, "item-outcome": outcome, "item-when": when };
  const head = make("div", "item-head", ...Object.entries(words).map(([name, text]) => make("span", name, text)));
  const item = make("li", "item", head);
  item.dataset.tone = tone;
  for (const line of [why, remedy, unsent]) if (line) item.append(make("p", "item-line", line));
  return item;
}

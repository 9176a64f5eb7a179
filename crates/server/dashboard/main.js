/** The dashboard: who is signed in, which team is looked at, and which view of it stands on the page. */
import { readPlace, VIEWS, writePlace } from "./address.js";
import { startApi } from "./api.js";
import { browsersView } from "./browsers.js";
import { connectionsView } from "./connections.js";
import { refusal } from "./describe.js";
import { button, byId, setText } from "./dom.js";
import { h, put } from "./element.js";
import { keysView } from "./keys.js";
import { follow } from "./live.js";
import { commandLine, problemBox } from "./pieces.js";
import { signInView } from "./sign-in.js";
import { watchSilence } from "./silence.js";
import { taskView } from "./task.js";
import { tasksView } from "./tasks.js";
import { tryView } from "./try.js";
import { choose, isolate, localise, speak, t } from "./words.js";

/** @typedef {{ id: string, name: string }} Team */
/** @typedef {{ title: string, content: HTMLElement[], stop: () => void, focus?: () => void }} Shown */
/**
 * @typedef {object} Page what a view is given
 * @property {import("./api.js").Api} api
 * @property {Team} team
 * @property {import("./address.js").Place} here
 * @property {(answer: import("./api.js").Answer) => boolean} hear whether an answer came; without one the page says so
 * @property {(line: HTMLElement) => void} stamp says that what is shown is so now
 * @property {(text: string) => void} tell says what was done
 * @property {(view: import("./address.js").View, told?: string) => void} go to another view, with what is to be said there
 * @property {() => void} focusTitle
 */

speak(choose(navigator.languages));
localise(document);

const VIEW = { tasks: tasksView, task: taskView, connections: connectionsView, browsers: browsersView, keys: keysView, try: tryView };
const content = byId("content");
const api = startApi({ base: document.baseURI, onSignedOut: () => void (signedIn && leave({ message: t("session_ended"), tone: "bad" })) });
const silence = watchSilence(byId("silence"), document.body);
const nav = byId("views");
const teamSelect = /** @type {HTMLSelectElement} */ (byId("team"));

let signedIn = false;
/** @type {Team[]} */
let teams = [];
/** @type {Shown | null} */
let shown = null;
/** What is to be said with the next view. */
let news = "";

/**
 * @param {Shown} next
 * @param {boolean} [takeFocus] a person who has pressed a link goes on at the new view's heading; one who has just come is left alone
 */
function mount(next, takeFocus = true) {
  shown?.stop();
  shown = next;
  document.title = t("page_title", next.title);
  for (const dialog of document.querySelectorAll("dialog")) dialog.close("no");
  content.replaceChildren(h("h1", { tabindex: "-1" }, next.title), ...next.content);
  if (next.focus) next.focus();
  else if (takeFocus) focusTitle();
  tell(news);
  news = "";
}

const focusTitle = () => content.querySelector("h1")?.focus();

/** @param {{ message: string, tone: "good" | "bad" } | null} why */
function leave(why) {
  signedIn = false;
  for (const id of ["team-choice", "account", "views", "skip"]) byId(id).hidden = true;
  mount(signInView(api, why, enter));
}

/** @param {import("./api.js").Session} session */
function enter(session) {
  signedIn = true;
  setText(byId("who"), session.name === null ? "" : t("signed_in_as", isolate(session.name)));
  for (const id of ["account", "views", "skip"]) byId(id).hidden = false;
  loadTeams();
}

/** Asks until the server says which teams there are, then shows what the address says. */
function loadTeams() {
  const problem = problemBox();
  const watch = follow(() => api.all("admin/v1/teams"), (answer) => {
    if (!silence.hear(answer)) return;
    if (!answer.ok) return problem.show(refusal(answer));
    watch.stop();
    teams = answer.data;
    teamSelect.replaceChildren(...teams.map(({ id, name }) => h("option", { value: id }, name)));
    byId("team-choice").hidden = teams.length === 0;
    teamSelect.disabled = teams.length < 2;
    route();
  });
  mount({ title: t("starting"), content: [problem.box], stop: watch.stop }, false);
}

function route() {
  if (!signedIn) return;
  const place = readPlace(location.hash);
  const team = teams.find(({ id }) => id === place.team) ?? (place.team === "" ? teams[0] : undefined);
  if (!team) return showNoTeam();
  teamSelect.value = team.id;
  showNav(team, place.view);
  const here = { ...place, team: team.id };
  const go = (/** @type {import("./address.js").View} */ view, told = "") => {
    news = told;
    location.hash = writePlace(team.id, view);
  };
  const first = shown === null || shown.title === t("starting");
  mount(VIEW[here.view]({ api, team, here, go, focusTitle, hear: silence.hear, stamp: silence.stamp, tell }), !first);
}

function showNoTeam() {
  nav.replaceChildren();
  const none = teams.length === 0;
  const lines = none ? [h("p", {}, t("no_team")), h("p", { class: "soft" }, t("no_team_how")), commandLine("liaison-server team add Sales")] : [h("p", {}, t("unknown_team")), h("p", {}, h("a", { href: writePlace(teams[0]?.id ?? "", "tasks") }, t("view_tasks")))];
  mount({ title: t("team"), content: [h("div", { class: "empty" }, ...lines)], stop() {} }, false);
}

/**
 * @param {Team} team
 * @param {import("./address.js").View} view
 */
function showNav(team, view) {
  const current = view === "task" || view === "connections" ? "tasks" : view;
  const link = (/** @type {import("./address.js").View} */ name) => h("a", { href: writePlace(team.id, name), "aria-current": name !== current ? null : name === view ? "page" : "true" }, t(`view_${/** @type {"tasks" | "browsers" | "keys" | "try"} */ (name)}`));
  nav.replaceChildren(h("ul", {}, ...VIEWS.map((name) => h("li", {}, link(name)))));
}

/** @param {string} text */
function tell(text) {
  setText(byId("said"), text);
}

teamSelect.addEventListener("change", () => void (location.hash = writePlace(teamSelect.value, "tasks")));
window.addEventListener("hashchange", route);
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  focusTitle();
});
button("sign-out").addEventListener("click", async () => {
  const answer = await api.signOut();
  if (answer.ok || answer.kind === "session") leave({ message: t("signed_out"), tone: "good" });
  else put(content, [h("p", { role: "alert", class: "problem" }, t("sign_out_failed"))]);
});

const first = follow(api.resume, (answer) => {
  if (!silence.hear(answer)) return;
  first.stop();
  if (answer.ok) enter(answer.data);
  else leave(null);
});
mount({ title: t("starting"), content: [], stop: first.stop }, false);

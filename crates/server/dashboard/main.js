/** The dashboard: who is signed in, which team is looked at, and which view of it stands on the page. */
import { readPlace, VIEWS, writePlace } from "./address.js";
import { startApi } from "./api.js";
import { browsersView } from "./browsers.js";
import { connectionsView } from "./connections.js";
import { refusal } from "./describe.js";
import { button, byId, setText } from "./dom.js";
import { h } from "./element.js";
import { keysView } from "./keys.js";
import { follow, rest } from "./live.js";
import { commandLine, problemBox } from "./pieces.js";
import { signInView } from "./sign-in.js";
import { watchSilence } from "./silence.js";
import { taskView } from "./task.js";
import { tasksView } from "./tasks.js";
import { tryView } from "./try.js";
import { choose, isolate, localise, speak, t } from "./words.js";

/** @typedef {{ id: string, name: string }} Team */
/**
 * @typedef {object} Shown
 * @property {string} title
 * @property {HTMLElement[]} content
 * @property {() => void} stop
 * @property {() => void} [focus]
 * @property {boolean} [still] it asks for nothing by itself, so it can't learn that the server answers again
 */
/** @typedef {{ shown: Shown, parts: Node[], held: Element | null, key: string | null, hash: string }} Aside */
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
const silence = watchSilence(byId("silence"), document.body);
const api = startApi({ base: document.baseURI, onHeard: silence.heard, onSignedOut: () => void (signedIn && leave({ message: t("session_ended"), tone: "bad" }, setAside())) });
const nav = byId("views");
const teamSelect = /** @type {HTMLSelectElement} */ (byId("team"));
const signOutProblem = problemBox("sign-out-problem");

let signedIn = false;
/** @type {string | null} what the key is called that one is signed in with */
let keyName = null;
/** @type {Team[]} */
let teams = [];
/** @type {Shown | null} */
let shown = null;
/** @type {Aside | null} */
let aside = null;
/** What is to be said with the next view. */
let news = "";

/**
 * @param {Shown} next
 * @param {boolean} [takeFocus] a person who has pressed a link goes on at the new view's heading; one who has just come is left alone
 */
function mount(next, takeFocus = true) {
  shown?.stop();
  shown = next;
  if (next.still) silence.over();
  signOutProblem.show(null);
  for (const dialog of document.querySelectorAll("dialog")) dialog.close("no");
  content.replaceChildren(h("h1", { tabindex: "-1" }), ...next.content);
  entitle(next.title);
  if (next.focus) next.focus();
  else if (takeFocus) focusTitle();
  tell(news);
  news = "";
}

const focusTitle = () => content.querySelector("h1")?.focus();

/** @param {string} title */
function entitle(title) {
  document.title = t("page_title", title);
  setText(/** @type {HTMLElement} */ (content.querySelector("h1")), title);
}

/**
 * What was typed, and a key that is shown once, would be lost with a session that has ended. So the view goes off the page, where
 * nobody reads it, and comes back for who signs in with the same key in the same place.
 *
 * @returns {Aside | null}
 */
function setAside() {
  const held = content.contains(document.activeElement) ? document.activeElement : null;
  const taken = shown && { shown, parts: [...content.childNodes], held, key: keyName, hash: location.hash };
  shown = null;
  return taken;
}

/** @param {Aside} back */
function bringBack(back) {
  shown = back.shown;
  content.replaceChildren(...back.parts);
  document.title = t("page_title", content.querySelector("h1")?.textContent ?? "");
  if (back.held instanceof HTMLElement) back.held.focus();
  else focusTitle();
}

/**
 * @param {{ message: string, tone: "good" | "bad" } | null} why
 * @param {Aside | null} [kept]
 */
function leave(why, kept = null) {
  signedIn = false;
  rest(true);
  aside = kept;
  for (const id of ["team-choice", "account", "views", "skip"]) byId(id).hidden = true;
  mount(signInView(api, why, enter));
}

/** @param {import("./api.js").Session} session */
function enter(session) {
  const back = aside;
  aside = null;
  signedIn = true;
  keyName = session.name;
  rest(false);
  setText(byId("who"), keyName === null ? "" : t("signed_in_as", isolate(keyName)));
  for (const id of ["account", "views", "skip"]) byId(id).hidden = false;
  byId("team-choice").hidden = teams.length === 0;
  if (back?.key === keyName && back.hash === location.hash) return bringBack(back);
  back?.shown.stop();
  findTeam();
}

/** Asks until the server has the team that the address means, which may be younger than this page; then shows what the address says. */
function findTeam() {
  const problem = problemBox();
  const missing = h("div", { class: "empty", hidden: true });
  let lines = "";
  const watch = follow(() => api.all("admin/v1/teams"), (answer) => {
    if (!silence.hear(answer)) return;
    problem.show(answer.ok ? null : refusal(answer));
    if (!answer.ok) return;
    showTeams(answer.data);
    if (teamMeant(readPlace(location.hash))) return route(false);
    if (lines === JSON.stringify(teams)) return;
    lines = JSON.stringify(teams);
    nav.replaceChildren();
    entitle(t("team"));
    missing.replaceChildren(...missingTeam());
    missing.hidden = false;
  });
  mount({ title: t("starting"), content: [problem.box, missing], stop: watch.stop }, false);
}

/** @param {Team[]} now */
function showTeams(now) {
  teams = now;
  teamSelect.replaceChildren(...teams.map(({ id, name }) => h("option", { value: id }, name)));
  byId("team-choice").hidden = teams.length === 0;
  teamSelect.disabled = teams.length < 2;
}

function missingTeam() {
  const [first] = teams;
  if (first) return [h("p", {}, t("unknown_team")), h("p", {}, h("a", { href: writePlace(first.id, "tasks") }, t("view_tasks")))];
  return [h("p", {}, t("no_team")), h("p", { class: "soft" }, t("no_team_how")), commandLine("liaison-server team add Sales")];
}

/** @param {import("./address.js").Place} place */
const teamMeant = (place) => teams.find(({ id }) => id === place.team) ?? (place.team === "" ? teams[0] : undefined);

/** @param {boolean} [takeFocus] */
function route(takeFocus = true) {
  if (!signedIn) return;
  const place = readPlace(location.hash);
  const team = teamMeant(place);
  if (!team) return findTeam();
  teamSelect.value = team.id;
  showNav(team, place.view);
  const here = { ...place, team: team.id };
  const go = (/** @type {import("./address.js").View} */ view, told = "") => {
    news = told;
    location.hash = writePlace(team.id, view);
  };
  mount(VIEW[here.view]({ api, team, here, go, focusTitle, hear: silence.hear, stamp: silence.stamp, tell }), takeFocus);
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
window.addEventListener("hashchange", () => route());
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  focusTitle();
});
button("sign-out").addEventListener("click", async () => {
  const answer = await api.signOut();
  if (answer.ok || answer.kind === "session") return leave({ message: t("signed_out"), tone: "good" });
  content.querySelector("h1")?.after(signOutProblem.box);
  signOutProblem.show(answer.kind === "silent" ? { message: t("sign_out_failed"), remedy: "" } : refusal(answer));
});

const asked = problemBox();
const first = follow(api.resume, (answer) => {
  if (!silence.hear(answer)) return;
  if (answer.ok) return enter(answer.data);
  if (answer.kind === "session") return leave(null);
  asked.show(refusal(answer));
});
mount({ title: t("starting"), content: [asked.box], stop: first.stop }, false);

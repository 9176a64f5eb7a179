// An ordinary day, of invented people: what the pictures in README and docs/USING.md show.

import { NOW } from "../../tests/extension/e2e/states.mjs";
import { agent, finished, invitation, plainState, row, task } from "../../tests/dashboard/fake-server.mjs";

const READ = "agent_fetch_connections";
const INVITE = "agent_send_connection_request";
const MINUTE_MS = 60_000;
const SERVER = "http://127.0.0.1:8787";
const SOMEBODY = "urn:li:fsd_profile:ACoAASIM4290000017";

const server = { url: SERVER, name: "Chrome on Linux" };
const usage = { day: 4, day_limit: 20, week: 31, week_limit: 100, by_hand: "known" };
const reading = { task: "t-1", task_type: READ, phase: "reading", done: 240, of: 500, cancelled: false };
const recent = (minutes, outcome, task_type = READ, code = null) => ({
  ...{ task: `t-${minutes}`, task_type, outcome, code, message: null, remedy: null, at_ms: NOW - minutes * MINUTE_MS },
  acknowledged: true,
});
const RECENT = [
  recent(4, "completed", INVITE),
  recent(12, "completed"),
  recent(45, "failed", INVITE, "cannot_resend_yet"),
  recent(130, "completed"),
];
const approval = { task: "a-1", profile_urn: SOMEBODY, note: "Hello Zelda, we met at the harbour conference.", asked_at_ms: NOW - 3 * MINUTE_MS, approved: false };
const log = Array.from({ length: 14 }, (_, nth) => ({
  ...{ at_ms: NOW - (14 - nth) * 37 * MINUTE_MS, task: `${(0x5c1e + nth * 977).toString(16)}-4f1b`, server: SERVER },
  ...(nth % 3 === 1
    ? { task_type: INVITE, target: `urn:li:fsd_profile:ACoAASIM42900000${10 + nth}`, outcome: nth === 7 ? "failed" : "completed", code: nth === 7 ? "cannot_resend_yet" : null }
    : { task_type: READ, target: null, outcome: "completed", code: null }),
}));

const popup = (name, status, more = {}) => ({
  ...{ name, path: "popup/popup.html", ready: "#pause:enabled", status: { server, usage, recent: RECENT, ...status } },
  ...more,
});

/** Pages of the extension, by the name of their picture. */
export const PAGES = {
  "popup-busy": popup("busy", { running: reading }),
  "popup-approval": popup("approval", { recent: RECENT.slice(1, 3), approvals: [approval], waiting: [{ task_type: INVITE, reason: "approval", for_ms: null }] }),
  "popup-limit": popup("limit", { usage: { ...usage, day: 20 }, waiting: [{ task_type: INVITE, reason: "daily_limit", for_ms: 95 * MINUTE_MS }] }),
  "popup-stopped": popup(
    "stopped",
    { state: "latched", recent: RECENT.slice(1), attention: { code: "challenge", said: "challenge", values: [], message: "", remedy: "" }, waiting: [READ, INVITE].map((task_type) => ({ task_type, reason: "challenge", for_ms: null })) },
    { press: (page) => page.locator("#stop summary").click() },
  ),
  "onboarding-1": { name: "1", path: "onboarding/onboarding.html", ready: "#screen-1" },
  "onboarding-2": { name: "2", path: "onboarding/onboarding.html", place: "2", status: { state: "unpaired", server: null }, ready: "#screen-2" },
  "options-page": { name: "options", path: "options/options.html", status: { server }, ready: "#limits-fields:enabled", press: (page) => page.locator("#limits").evaluate((limits) => limits.scrollIntoView()) },
  "history-page": { name: "history", path: "history/history.html", status: { server }, answers: { export_log: () => ({ ok: true, log }) }, ready: "#table" },
};

const at = (minutes) => new Date(NOW - minutes * MINUTE_MS).toISOString();
const PEOPLE = [
  ["Édouard Osterquill", "Harbour master at Port Example"],
  ["Dorrit Inkpenny", "Types, mostly serif · Letterpress Ltd"],
  ["Quill Brindlehurst", "Head of Nothing in Particular"],
  ["Søren Pellworth", "Lighthouses, on- and offshore"],
  ["Zelda Hollowmere", "Cartographer of places that are not there"],
  ["نور الهدى", "مهندسة برمجيات في شركة مثال"],
  ["Tamsin Oakridge-Bell", "Rivers team lead at Example Works"],
];
const ROWS = PEOPLE.map(([name, headline], nth) => row({ name, headline, connected_at: at(nth * 1_700) }));

function day() {
  const list = (id, minutes, input = {}) => finished(id, ROWS, { created_at: at(minutes), ended_at: at(minutes - 1) }, input);
  return plainState({
    agents: [agent({ last_seen_at: at(0), usage: { day: { used: 4, limit: 20 }, week: { used: 31, limit: 100 }, at: at(0) } })],
    tasks: [
      task("5c1e7a10", { status: "processing", progress: { done: 240, of: 500 }, created_at: at(6) }, { count: 500 }),
      invitation("5c1e7a0f", { waiting: { reason: "daily_limit", until: at(-95) }, created_at: at(9) }, { note: "Hello Zelda!" }),
      list("5c1e7a0e", 14, { fields: "all", keyword: "example" }),
      invitation("5c1e7a0d", { status: "completed", created_at: at(51), ended_at: at(50), task_output: { sent: true } }),
      list("5c1e7a0c", 132),
    ],
  });
}

/** Views of the dashboard, by the name of their picture. */
export const VIEWS = {
  "dashboard-tasks": { view: "tasks", state: day, ready: ".card" },
  "dashboard-list": { view: "tasks/5c1e7a0e/connections", state: day, ready: ".rows td" },
};

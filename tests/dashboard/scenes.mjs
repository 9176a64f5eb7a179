// What can stand on the dashboard, view by view: the states that axe is run over, and that pictures are taken of.

import { agent, finished, invitation, plainState, row, task } from "./fake-server.mjs";

const at = (ms) => new Date(Date.now() + ms).toISOString();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** 190 letters, as long as some are. */
const LONG = "Head of Everything at a Company with a Very Long Name that Makes Many Things for Many People in Many Countries · Speaker · Author · Father of Three · Hiring · Views are my own, not my employer's";
export const HOSTILE = '<img src=x onerror="document.title=\'owned\'">';

/** Names as strangers write them: markup, emoji, right to left, very long, none. */
export const ROWS = [
  row({ name: "Ada Sim", headline: "Engineer at Example Works", connected_at: at(-2 * HOUR), profile_image_url: "https://media.licdn.com/dms/image/v2/SIM/0" }),
  row({ name: HOSTILE, headline: '"><script>document.title="owned"</script>', public_identifier: "x/../../feed", connected_at: at(-50 * HOUR), profile_image_url: "javascript:document.title='owned'" }),
  row({ name: "🚀 Grâce 👩🏽‍💻 Møller 🇩🇰", headline: LONG.slice(0, 190), connected_at: at(-90 * HOUR), profile_image_url: "https://media.licdn.com.evil.example/0" }),
  row({ name: "نور الهدى", headline: "مهندسة برمجيات في شركة مثال", public_identifier: "نور", connected_at: at(-400 * HOUR) }),
  row({ name: "דנה כהן", headline: "מנהלת מוצר", connected_at: at(-500 * HOUR) }),
  row({ name: "张伟", headline: "软件工程师", connected_at: null }),
  row({ name: "Bo", headline: null, public_identifier: null, connected_at: at(-9_000 * HOUR) }),
  row({ name: null, headline: null, public_identifier: null, entity_urn: "urn:li:fsd_profile:ACoAASIM4290000099", connected_at: null }),
];

const TIMELINE = [
  { at: at(-9 * MINUTE), event: "created" },
  { at: at(-9 * MINUTE + 40), event: "offered", epoch: 1, attempt: 1 },
  { at: at(-8 * MINUTE), event: "lost", epoch: 1 },
  { at: at(-7 * MINUTE), event: "offered", epoch: 2, attempt: 2 },
  { at: at(-6 * MINUTE), event: "failed", code: "challenge" },
];

/** Everything at once, as on a bad day. */
export function busyState() {
  const tasks = [
    task("running", { status: "processing", progress: { done: 212, of: 500 }, created_at: at(-3 * MINUTE) }, { count: 500, keyword: "Jo & <b>" }),
    invitation("limited", { waiting: { reason: "daily_limit", until: at(3 * HOUR) }, created_at: at(-20 * MINUTE) }, { note: "Hello!" }),
    invitation("cancelled", { status: "processing", cancel_requested: true, created_at: at(-25 * MINUTE) }),
    task("queued", { created_at: at(-MINUTE) }, { fields: "total" }),
    finished("list", ROWS, { created_at: at(-HOUR), ended_at: at(-HOUR + 4_000), findings: { unresolved: 1, duplicates: 2, unreadable: 0, list_shifted: true, fallback: null } }, { fields: "all" }),
    invitation("challenged", { status: "failed", created_at: at(-9 * MINUTE), ended_at: at(-6 * MINUTE), task_output: { code: "challenge", error: "LinkedIn shows a security check", remedy: "pass it" }, events: TIMELINE }, { note: `Hello ${HOSTILE}\nsecond line 🙂` }),
  ];
  return plainState({
    teams: [{ id: "t1", name: "Sales & <b>Partners</b>" }, { id: "t2", name: "Research" }],
    members: [
      { id: "m1", name: "Ada Sim", role: "admin", acts: true },
      { id: "m2", name: null, role: "member", acts: false },
    ],
    agents: [
      agent({ name: HOSTILE, state: "latched", usage: { day: { used: 20, limit: 20 }, week: { used: 61, limit: 100 }, at: at(-5_000) } }),
      agent({ id: "a2", name: "Laptop", member_id: "m2", online: false, last_seen_s: 7_300, usage: null }),
    ],
    keys: [
      { id: "k1", name: "nightly", access: "write", scopes: ["r_1st_connections"], created_at: at(-700 * HOUR), last_used_at: at(-3 * MINUTE) },
      { id: "k2", name: HOSTILE, access: "read", scopes: [], created_at: at(-7 * HOUR), last_used_at: null },
    ],
    tasks,
  });
}

export const emptyState = () => plainState({ members: [], agents: [], keys: [], tasks: [] });

/** What is looked at: a name, an address, what stands there, and what is waited for. */
export const SCENES = [
  { name: "tasks-busy", view: "tasks", state: busyState, ready: ".card" },
  { name: "tasks-empty", view: "tasks", state: emptyState, ready: ".empty" },
  { name: "task-failed", view: "tasks/challenged", state: busyState, ready: ".timeline li" },
  { name: "task-running", view: "tasks/running", state: busyState, ready: ".timeline li" },
  { name: "task-list", view: "tasks/list", state: busyState, ready: "a.button" },
  { name: "task-unknown", view: "tasks/none", state: busyState, ready: ".problem:not([hidden])" },
  { name: "connections", view: "tasks/list/connections", state: busyState, ready: ".rows td" },
  { name: "browsers-busy", view: "browsers", state: busyState, ready: "meter" },
  { name: "browsers-empty", view: "browsers", state: emptyState, ready: ".command" },
  { name: "keys-busy", view: "keys", state: busyState, ready: ".card" },
  { name: "keys-empty", view: "keys", state: emptyState, ready: ".empty:not([hidden])" },
  { name: "try", view: "try", state: busyState, ready: ".command" },
];

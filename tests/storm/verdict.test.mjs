// @ts-check
// The storm passes for a judge of the agent, so it is judged here: it must see each broken promise in an invented run.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../scripts/world/process.mjs";
import { DEAF } from "./asking.mjs";
import { KINDS, planOf } from "./plan.mjs";
import { sees } from "./run.mjs";
import { searchAll } from "./search.mjs";
import { judge, untouched } from "./verdict.mjs";

const PERSON = "ACoAAsomebody";
const NOTE = "Hello from a storm";
const PEOPLE = [
  { id: "ACoAAfirst", name: "Ada Example" },
  { id: "ACoAAsecond", name: "Ben Example" },
];

/** When the browser's lives began, and when a POST came in each of them. */
const LIVES = [1_000, 2_000];
const FIRST_LIFE_MS = 1_500;
const SECOND_LIFE_MS = 2_500;

const post = (profile = PERSON, faults = /** @type {string[]} */ ([]), atMs = FIRST_LIFE_MS) => ({
  method: "POST",
  body: { invitee: { inviteeUnion: { memberProfile: `urn:li:fsd_profile:${profile}` } } },
  faults,
  arrived_us: atMs * 1_000,
});
/** @param {Record<string, any>} [but] */
const page = (but) => ({
  method: "GET",
  path: "/voyager/api/relationships/dash/connections",
  query: "count=2&q=search&start=0",
  body: null,
  status: 200,
  faults: [],
  ...but,
});
const sent = { profile_id: PERSON, note: NOTE };
/** @param {string} code */
const failed = (code, retryable = false) => ({ status: "failed", task_output: { code, retryable } });
const rows = PEOPLE.map(({ id, name }) => ({ entity_urn: `urn:li:fsd_profile:${id}`, name, headline: `Works at ${name}'s` }));

/** A run in which all went well, but for what `but` says. @param {Record<string, any>} [but] @returns {any} */
function reportOf(but = {}) {
  const { requests = [post(), page()], invitations = [sent], storage = { local: {}, session: {} }, ...others } = but;
  const posts = requests.filter((/** @type {any} */ { method }) => method === "POST").length;
  return {
    plan: {
      kind: "worker",
      tasks: [
        { kind: "invitation", body: { profile_urn: PERSON, note: NOTE }, cancel: null },
        { kind: "read", body: { start: 0, count: 2 }, cancel: null },
      ],
    },
    tasks: [
      { status: "completed", task_output: { sent: true } },
      { status: "completed", task_output: { total: 2, connections: rows } },
    ],
    ids: ["one", "two"],
    rows: ["one", "two"].map((id) => ({ id, state: "completed" })),
    events: [],
    fetches: [{ profile: PERSON, life: 0 }],
    lives: LIVES,
    blind: [],
    people: PEOPLE,
    journal: { counts: { invitations: invitations.length, posts }, requests, invitations },
    known: {
      agentToken: "lat_of_the_storm",
      apiKey: "lsk_of_the_storm",
      pairingCode: "AAAAA-BBBBB",
      session: { li_at: "the session", csrf_token: "ajax:1" },
      leases: ["lease-of-the-storm"],
    },
    seen: { storage, answers: {}, popup: "", lines: [], logs: [] },
    ...others,
  };
}

/** @param {any} report */
const violationsOf = (report) => judge(report).violations;
const [well, read] = reportOf().tasks;

test("a run in which all went well has no violation", () => {
  assert.deepEqual(violationsOf(reportOf()), []);
});

const unsent = { tasks: [failed("outcome_unknown"), read], invitations: [] };
/** @param {string} code */
const readFailed = (code) => ({ tasks: [well, failed(code, true)] });
const cancelled = (/** @type {number} */ task) => ({ what: "cancel", task, more: { status: 200 } });
const strikes = (/** @type {string[]} */ ...died) => [{ what: `strike ${died.join("+")}` }, { what: "dead", more: died }];
const offered = { what: "poll answered", task: 1, more: 200 };
const asked = (task = 0) => ({ what: "start asked", task });
const heard = (task = 0, status = 200) => ({ what: "start passed", task, more: status });
const result = (status = "failed", task = 0) => ({ what: "complete asked", task, more: [status] });

for (const [what, but, words] of /** @type {[string, Record<string, any>, RegExp][]} */ ([
  ["a task that did not end", { tasks: [{ status: "processing" }, read] }, /not over/],
  ["a worker that hears nothing", { events: [{ what: "nudge failed", more: `Error: ${DEAF}` }] }, /hears nothing/],
  ["a run that did not end", { events: [{ what: "not over in time" }] }, /not over in time/],
  ["a strike that failed", { events: [{ what: "strike failed", more: "Error: no port" }] }, /no port/],
  ["a hold that failed", { events: [{ what: "hold failed", more: "Error: 404" }] }, /404/],
  ["completed and not sent", { invitations: [] }, /nothing was sent/],
  ["sent and failed", { tasks: [failed("network"), read] }, /sent, and yet failed/],
  ["sent and unknown", { tasks: [failed("outcome_unknown"), read], requests: [post(PERSON, ["reset"])] }, /sent, and yet failed/],
  ["two fetches", { fetches: [0, 0].map((life) => ({ profile: PERSON, life })) }, /called fetch 2 times/],
  ["a fetch whose person can't be seen", { fetches: [{ profile: PERSON, life: 0 }, { profile: "?", life: 0 }] }, /for nobody/],
  ["a POST without a fetch", { fetches: [] }, /POST 1 of 1 belongs to no fetch/],
  ["a POST without a fetch in its life", { requests: [post(PERSON, [], SECOND_LIFE_MS)] }, /POST 1 of 1 belongs to no fetch/],
  ["a POST before the worker was last heard", { fetches: [], blind: [{ from: 1_501, to: 1_900 }] }, /belongs to no fetch/],
  ["a POST of the next worker", { fetches: [], blind: [{ from: 1_400, to: 1_499 }] }, /belongs to no fetch/],
  ["an unseen fetch after a seen one", { requests: [post(), post()], blind: [{ from: 1_400, to: 1_900 }] }, /called fetch 2 times/],
  ["two POSTs over sound connections", { requests: [post(), post()] }, /POST 2 of 2/],
  ["a repeat of a repeat that was not cut", { requests: [post(PERSON, ["reset"]), post(), post()] }, /POST 3 of 3/],
  ["a repeat by another browser", { requests: [post(PERSON, ["reset"]), post(PERSON, [], SECOND_LIFE_MS)] }, /POST 2 of 2/],
  ["a repeat before the cut", { requests: [post(), post(PERSON, ["reset"])] }, /POST 2 of 2/],
  ["two invitations", { invitations: [sent, sent] }, /2 invitations took effect/],
  ["another note", { invitations: [{ ...sent, note: null }] }, /another note/],
  ["somebody nobody asked for", { invitations: [sent, { profile_id: "ACoAAother", note: null }] }, /nobody asked for/],
  ["unknown without a death", unsent, /without a death/],
  ["a cancel nobody asked for", { tasks: [failed("cancelled"), read], invitations: [] }, /failed/],
  ["a cancel that was refused", { ...readFailed("cancelled"), events: [{ ...cancelled(1), more: { status: 409 } }] }, /failed/],
  ["a cancel of another task", { ...readFailed("cancelled"), events: [cancelled(0)] }, /failed/],
  ["a start after a cancel", { events: [cancelled(0), asked()] }, /had been cancelled/],
  ["a row too few", { tasks: [well, { status: "completed", task_output: { total: 1, connections: rows.slice(1) } }] }, /1 rows, not/],
  ["a read that failed for good", readFailed("drift"), /failed for good/],
  ["a read that was throttled", readFailed("throttled"), /failed for good/],
  ["a read that expired", readFailed("expired"), /failed for good/],
  ["a network that did not fail", readFailed("network"), /without a cause/],
  ["a network that failed elsewhere", { ...readFailed("network"), requests: [post(), page({ faults: ["reset"], query: "start=2" })] }, /without a cause/],
  ["upstream after two deaths", { ...readFailed("upstream"), events: [offered, ...strikes("worker"), ...strikes("browser")] }, /without a cause/],
  [
    "upstream after deaths of the server",
    { ...readFailed("upstream"), events: [offered, ...strikes("server"), ...strikes("server"), ...strikes("server")] },
    /without a cause/,
  ],
  [
    "upstream after a death that came too late",
    { ...readFailed("upstream"), events: [offered, ...strikes("worker"), ...strikes("worker"), result("failed", 1), ...strikes("worker")] },
    /without a cause/,
  ],
  ["a task more in the server's file", { rows: ["one", "two", "three"].map((id) => ({ id, state: "completed" })) }, /3 rows/],
  ["a task less in the server's file", { rows: [{ id: "one", state: "completed" }] }, /1 rows/],
  ["two tasks under one id", { ids: ["one", "one"] }, /not those of the rows/],
  ["a row that is not over", { rows: ["one", "two"].map((id) => ({ id, state: "started" })) }, /row two is started/],
])) {
  test(`is seen: ${what}`, () => {
    const violations = violationsOf(reportOf(but));
    assert.ok(violations.some((violation) => words.test(violation)), JSON.stringify(violations));
  });
}

for (const [what, but] of /** @type {[string, Record<string, any>][]} */ ([
  ["a fetch that a dying browser did not tell", { fetches: [], blind: [{ from: 1_400, to: 1_600 }] }],
  ["a fetch that never arrived", { tasks: [failed("cancelled"), read], requests: [], invitations: [], events: [asked(), cancelled(0)] }],
  ["a read whose page was cut", { ...readFailed("network"), requests: [post(), page({ faults: ["cut"] })] }],
  ["a read whose page was never answered", { ...readFailed("network"), requests: [post(), page({ status: null })] }],
  ["a read that was cancelled", { ...readFailed("cancelled"), events: [cancelled(1)] }],
  [
    "a read that ended three workers",
    { ...readFailed("upstream"), events: [offered, ...strikes("worker"), ...strikes("worker", "server"), ...strikes("browser"), result("failed", 1)] },
  ],
])) {
  test(`is no violation: ${what}`, () => assert.deepEqual(violationsOf(reportOf(but)), []));
}

test("from the next worker on all is seen, though a second strike came before it", () => {
  const blind = [
    { from: 1_100, to: Infinity },
    { from: 1_200, to: Infinity },
  ];
  sees({ blind }, 1_300);
  const [violation, ...others] = violationsOf(reportOf({ fetches: [], blind }));
  assert.match(violation ?? "", /POST 1 of 1 belongs to no fetch/);
  assert.deepEqual(others, []);
});

for (const [what, events, may] of /** @type {[string, any[], boolean][]} */ ([
  ["a worker ended after its leave", [asked(), heard(), ...strikes("worker"), result()], true],
  ["a worker ended while its leave came", [asked(), { what: "strike worker" }, heard(), { what: "dead", more: ["worker"] }, result()], true],
  ["a worker ended before its leave", [asked(), ...strikes("worker"), heard(), result()], false],
  ["a worker ended after leave that was refused", [asked(), heard(0, 410), ...strikes("worker"), result()], false],
  ["a worker ended before it asked again", [asked(), heard(), ...strikes("worker"), asked(), heard(), result()], false],
  ["a browser ended before its leave", [asked(), ...strikes("browser"), result()], true],
  ["a browser ended before it asked", [...strikes("browser"), asked(), heard(), result()], false],
  ["a browser ended before the task was given back", [asked(), ...strikes("browser"), result("returned"), asked(), heard(), result()], false],
  ["the server alone ended", [asked(), heard(), ...strikes("server"), result()], false],
  ["there was no worker to end", [asked(), heard(), { what: "strike worker" }, { what: "dead", more: [] }, result()], false],
  ["a worker ended after the result", [asked(), heard(), result(), ...strikes("worker")], false],
  ["a worker ended, and no result ever came", [asked(), heard(), ...strikes("worker")], false],
  ["a worker ended in another task's window", [asked(1), heard(1), ...strikes("worker"), result("failed", 1), asked(), heard(), result()], false],
])) {
  test(`unknown and not sent is ${may ? "counted apart" : "a violation"}: ${what}`, () => {
    const tally = judge(reportOf({ ...unsent, events }));
    assert.deepEqual([tally.violations.length, tally.unknownUnsent, tally.unknownSent], [may ? 0 : 1, 1, 0]);
  });
}

test("repeats by Chrome are counted apart, each after a connection that had ended", () => {
  const tally = judge(reportOf({ requests: [post(PERSON, ["reset"]), post(PERSON, ["goaway"]), post()] }));
  assert.deepEqual([tally.violations, tally.repeats, tally.posts], [[], 2, 3]);
});

test("a kind that nothing has struck is named", () => {
  const run = { kind: "worker", strikes: 0, severed: 0 };
  assert.deepEqual(untouched([run, { ...run, severed: 1 }]), ["worker"]);
  assert.deepEqual(untouched([run, { ...run, strikes: 1 }]), []);
  assert.deepEqual(untouched([{ ...run, kind: "linkedin", strikes: 1 }]), ["linkedin"]);
  assert.deepEqual(untouched([{ ...run, kind: "linkedin", severed: 1 }]), []);
});

test("no moment is planned that can't come: of a poll it is not known before its answer what it offers", () => {
  const moments = Array.from({ length: 2_000 }, (_, seed) => planOf(seed)).flatMap(({ tasks, strikes }) => [
    ...tasks.map(({ cancel }) => cancel),
    ...strikes.map(({ at }) => at),
  ]);
  const polls = moments.filter((at) => at?.where === "call" && at.call === "poll");
  assert.ok(polls.length > 100, `${polls.length}`);
  assert.deepEqual(polls.filter((at) => at?.where === "call" && at.phase === "asked"), []);
});

test("a worker's script is torn by a browser that dies, now and then, and by nothing else", () => {
  const strikes = Array.from({ length: 2_000 }, (_, seed) => planOf(seed)).flatMap((plan) => plan.strikes);
  const browsers = strikes.filter(({ action }) => action.includes("browser"));
  const torn = strikes.filter((strike) => strike.torn);
  assert.ok(torn.length > 100 && torn.length < browsers.length / 2, `${torn.length} of ${browsers.length}`);
  assert.deepEqual(torn.filter((strike) => !browsers.includes(strike)), []);
});

const ANSWERED = { what: "answered", at: 50 };
const KILLED = [{ what: "strike browser", at: 100 }, { what: "dead", at: 110, more: ["browser"] }];
const BACK = { what: "back", at: 200 };
const RESTARTED = { what: "restarted", at: 300 };
const SWITCHED_ON = { what: "switched on", at: 190 };
const TORN = { what: "torn", at: 120 };
const ENDED = [{ what: "strike worker", at: 100 }, { what: "dead", at: 110, more: ["worker"] }, BACK];

for (const [what, events, violation, [torn, lost, off = 0]] of /** @type {[string, object[], RegExp | null, [number, number, number?]][]} */ ([
  ["torn, and lost", [...KILLED, TORN, BACK, RESTARTED], null, [1, 0]],
  ["lost by Chrome", [...KILLED, BACK, RESTARTED], null, [0, 1]],
  ["torn, and killed again before it was asked", [...KILLED, TORN, BACK, ...KILLED, BACK], null, [1, 0]],
  ["torn, killed again, and lost by Chrome", [...KILLED, TORN, BACK, ...KILLED, BACK, RESTARTED], null, [1, 1]],
  ["torn, and not lost", [ANSWERED, ...KILLED, TORN, BACK], /was not lost/, [1, 0]],
  ["torn when it had not answered", [...KILLED, TORN, BACK], null, [1, 0]],
  ["torn twice, the second time when it had not answered", [ANSWERED, ...KILLED, TORN, BACK, ...KILLED, TORN, BACK], null, [2, 0]],
  ["torn, back, torn again, and not lost", [ANSWERED, ...KILLED, TORN, BACK, RESTARTED, ANSWERED, ...KILLED, TORN, BACK], /was not lost/, [2, 0]],
  ["without a script to tear", [ANSWERED, ...KILLED, { ...TORN, what: "nothing to tear" }, BACK], /no script/, [0, 0]],
  ["without a script to tear, and had not answered", [...KILLED, { ...TORN, what: "nothing to tear" }, BACK], null, [0, 0]],
  ["lost twice", [...KILLED, TORN, BACK, RESTARTED, RESTARTED], /twice/, [1, 0]],
  ["off after a restart in the life before", [...KILLED, TORN, BACK, RESTARTED, ANSWERED, ...KILLED, SWITCHED_ON, BACK], null, [1, 0, 1]],
  ["torn, switched on, and lost by Chrome", [...KILLED, TORN, BACK, RESTARTED, ANSWERED, ...KILLED, TORN, SWITCHED_ON, BACK, RESTARTED], null, [2, 1, 1]],
  ["torn, and off after a restart", [...KILLED, TORN, BACK, RESTARTED, ANSWERED, ...KILLED, TORN, SWITCHED_ON, BACK], null, [2, 0, 1]],
  ["off, switched on, and off", [...KILLED, TORN, BACK, RESTARTED, ...KILLED, SWITCHED_ON, BACK, ...KILLED, SWITCHED_ON, BACK], null, [1, 0, 2]],
  ["off long after a restart", [...KILLED, TORN, BACK, RESTARTED, { what: "strike browser", at: 30_300 }, { ...SWITCHED_ON, at: 30_400 }, BACK], /neither restarted nor switched on/, [1, 0, 1]],
  ["off without a restart", [ANSWERED, ...KILLED, SWITCHED_ON, BACK], /neither restarted nor switched on/, [0, 0, 1]],
  ["off after a restart two lives before", [...KILLED, TORN, BACK, RESTARTED, ANSWERED, ...KILLED, BACK, ...KILLED, SWITCHED_ON, BACK], /neither restarted nor switched on/, [1, 0, 1]],
  ["lost in the first life", [...ENDED, RESTARTED], /no kill had begun/, [0, 1]],
  ["unheard while a worker was being ended", [...ENDED, { what: "unheard", at: 150, more: 90 }], null, [0, 0]],
  ["unheard, asked while a worker was being ended", [...ENDED, { what: "unheard", at: 260, more: 190 }], null, [0, 0]],
  ["unheard before", [{ what: "unheard", at: 90, more: 20 }, ...ENDED], /none was being ended/, [0, 0]],
  ["unheard after", [...ENDED, { what: "unheard", at: 400, more: 210 }], /none was being ended/, [0, 0]],
  ["unheard after a server's death", [{ what: "strike server", at: 100 }, { what: "unheard", at: 150, more: 90 }], /none was being ended/, [0, 0]],
  ["unheard, when a server came back long after", [...ENDED, { what: "strike server", at: 300 }, { what: "unheard", at: 390, more: 310 }, { ...BACK, at: 400 }], /none was being ended/, [0, 0]],
  ["restarted in vain", [{ what: "restart failed", at: 300, more: "Error: the extension to be restarted: too late" }], /restart failed/, [0, 0]],
  ["restarted in a browser that ends", [{ what: "restart failed", at: 300, more: "Error: the browser ended before Page.close" }], null, [0, 0]],
  ["thrown", [{ what: "exception", at: 10 }], /was thrown/, [0, 0]],
])) {
  test(`a worker that is ${what}`, () => {
    const tally = judge(reportOf({ events }));
    assert.deepEqual([tally.torn, tally.lost, tally.off], [torn, lost, off]);
    if (violation === null) assert.deepEqual(tally.violations, []);
    else assert.match(tally.violations.join("; "), violation);
  });
}

for (const [place, value] of /** @type {[string, string][]} */ ([
  ["Default/History", "the session"],
  ["Default/Local Extension Settings/x/000003.log", "ajax:1"],
  ["Default/Local Extension Settings/x/000003.log", NOTE],
  ["Default/History", "lat_of_the_storm"],
])) {
  test(`is found: ${value} in ${place}`, () => {
    assert.equal(searchAll(reportOf(), folderWith(join("profile", place), value)).violations.length, 1);
  });
}

test("what storage had of a task and has overwritten is told apart", () => {
  const folder = folderWith("profile/Default/Local Extension Settings/x/000003.log", "Ada Example lease-of-the-storm");
  const { violations, lingering } = searchAll(reportOf(), folder);
  assert.deepEqual([violations.length, lingering.length], [0, 1]);
});

test("where a find is no fault", () => {
  const pairing = JSON.stringify({ token: "lat_of_the_storm" });
  const report = reportOf({ storage: { local: { pairing }, session: {} } });
  for (const [place, value] of /** @type {[string, string][]} */ ([
    ["profile/Default/Cookies", "the session"],
    ["profile/Default/Local Extension Settings/x/000003.log", "lat_of_the_storm"],
    ["liaison.sqlite3-wal", NOTE],
  ])) {
    assert.deepEqual(searchAll(report, folderWith(place, value)), { violations: [], lingering: [] }, place);
  }
});

for (const seen of [
  { storage: { local: { recent: NOTE }, session: {} } },
  { storage: { local: {}, session: { cursors: "Ada Example" } } },
  { answers: { status: { recent: [{ message: NOTE }] } } },
  { popup: "Ben Example was invited" },
  { logs: ["authorization: Bearer lat_of_the_storm"] },
  { lines: ["ajax:1"] },
]) {
  test(`is found in what was written: ${Object.keys(seen)}`, () => {
    const report = reportOf();
    const { violations } = searchAll({ ...report, seen: { ...report.seen, ...seen } }, folderWith("liaison.sqlite3", ""));
    assert.equal(violations.length, 1);
  });
}

test("a hash in the database is no key, and a key is found", () => {
  assert.equal(searchAll(reportOf(), folderWith("liaison.sqlite3", "x lsk_of_the_storm x")).violations.length, 1);
});

test("a seed gives one plan, and so many seeds in a row every kind", () => {
  assert.deepEqual(planOf(7), planOf(7));
  assert.notDeepEqual(planOf(7), planOf(15));
  assert.deepEqual(new Set(KINDS.map((_, nth) => planOf(100 + nth).kind)), new Set(KINDS));
});

/** @param {string} place @param {string} value */
function folderWith(place, value) {
  const folder = temporaryFolder("search");
  mkdirSync(join(folder, "profile"), { recursive: true });
  mkdirSync(join(folder, place, ".."), { recursive: true });
  writeFileSync(join(folder, place), `before ${value} after`);
  return folder;
}

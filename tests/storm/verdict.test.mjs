// @ts-check
// The storm passes for a judge of the agent, so it is judged here: it must see each broken promise in an invented run.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../scripts/world/process.mjs";
import { KINDS, planOf } from "./plan.mjs";
import { searchAll } from "./search.mjs";
import { judge } from "./verdict.mjs";

const PERSON = "ACoAAsomebody";
const NOTE = "Hello from a storm";
const PEOPLE = [
  { id: "ACoAAfirst", name: "Ada Example" },
  { id: "ACoAAsecond", name: "Ben Example" },
];

/** @param {string} [profile] */
const post = (profile = PERSON, faults = /** @type {string[]} */ ([])) => ({
  method: "POST",
  body: { invitee: { inviteeUnion: { memberProfile: `urn:li:fsd_profile:${profile}` } } },
  faults,
});
const sent = { profile_id: PERSON, note: NOTE };
/** @param {string} code */
const failed = (code, retryable = false) => ({ status: "failed", task_output: { code, retryable } });
const rows = PEOPLE.map(({ id, name }) => ({ entity_urn: `urn:li:fsd_profile:${id}`, name, headline: `Works at ${name}'s` }));

/** A run in which all went well, but for what `but` says. @param {Record<string, any>} [but] @returns {any} */
function reportOf(but = {}) {
  const { requests = [post()], invitations = [sent], storage = { local: {}, session: {} }, ...others } = but;
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
    events: [],
    fetches: [{ profile: PERSON, at: 1 }],
    people: PEOPLE,
    journal: { counts: { invitations: invitations.length, posts: requests.length }, requests, invitations },
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

for (const [what, but, words] of /** @type {[string, Record<string, any>, RegExp][]} */ ([
  ["a task that did not end", { tasks: [{ status: "processing" }, read] }, /not over/],
  ["completed and not sent", { invitations: [] }, /nothing was sent/],
  ["sent and failed", { tasks: [failed("network"), read] }, /sent, and yet failed/],
  ["sent and unknown", { tasks: [failed("outcome_unknown"), read], requests: [post(PERSON, ["reset"])] }, /sent, and yet failed/],
  ["two fetches", { fetches: [1, 2].map((at) => ({ profile: PERSON, at })) }, /called fetch 2 times/],
  ["two POSTs over sound connections", { requests: [post(), post()] }, /2 POSTs/],
  ["two invitations", { invitations: [sent, sent] }, /2 invitations took effect/],
  ["another note", { invitations: [{ ...sent, note: null }] }, /another note/],
  ["somebody nobody asked for", { invitations: [sent, { profile_id: "ACoAAother", note: null }] }, /nobody asked for/],
  ["unknown without a death", { tasks: [failed("outcome_unknown"), read], invitations: [] }, /without a death/],
  ["a cancel nobody asked for", { tasks: [failed("cancelled"), read], invitations: [] }, /failed/],
  [
    "a start after a cancel",
    { events: [{ at: 1, what: "cancel", task: 0, more: { status: 200 } }, { at: 2, what: "start asked", task: 0 }] },
    /had been cancelled/,
  ],
  ["a row too few", { tasks: [well, { status: "completed", task_output: { total: 1, connections: rows.slice(1) } }] }, /1 rows/],
  ["a read that failed for good", { tasks: [well, failed("drift")] }, /failed for good/],
])) {
  test(`is seen: ${what}`, () => {
    const violations = violationsOf(reportOf(but));
    assert.ok(violations.some((violation) => words.test(violation)), JSON.stringify(violations));
  });
}

test("unknown and not sent is counted apart, if a death fell between leave and outcome", () => {
  const events = [
    { at: 1, what: "start asked", task: 0 },
    { at: 2, what: "strike worker" },
    { at: 3, what: "complete asked", task: 0 },
  ];
  const tally = judge(reportOf({ tasks: [failed("outcome_unknown"), read], invitations: [], events }));
  assert.deepEqual([tally.violations, tally.unknownUnsent, tally.unknownSent], [[], 1, 0]);
  const server = events.map((event) => ({ ...event, what: event.what.replace("worker", "server") }));
  assert.equal(violationsOf(reportOf({ tasks: [failed("outcome_unknown"), read], invitations: [], events: server })).length, 1);
});

test("a repeat by Chrome is counted apart, if the connection had ended", () => {
  const tally = judge(reportOf({ requests: [post(PERSON, ["reset"]), post()] }));
  assert.deepEqual([tally.violations, tally.repeats, tally.posts], [[], 1, 2]);
});

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

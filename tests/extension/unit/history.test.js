import assert from "node:assert/strict";
import { test } from "node:test";
import { installChrome } from "./support/chrome.js";

installChrome();
const { countLine, matching, rowsOf, valuesOf, whenLine } = await import("../../../extension/history/filter.js");

const READ = "agent_fetch_connections";
const INVITE = "agent_send_connection_request";
const NOW = Date.UTC(2026, 10, 27, 13, 0);
const DAY = 86_400_000;
const ALL = { search: "", kind: "", outcome: "", days: 0 };

const line = (changes) => ({ at_ms: NOW, task: "t", task_type: READ, target: null, outcome: "completed", code: null, server: "https://api.example.com", ...changes });
const log = [
  line({ at_ms: NOW - 40 * DAY, task: "t-1" }),
  line({ at_ms: NOW - 6 * DAY, task: "t-2", task_type: INVITE, target: "urn:li:fsd_profile:ACoAABCDEF123" }),
  line({ at_ms: NOW - DAY + 1, task: "t-3", task_type: INVITE, target: "urn:li:fsd_profile:ACoAAHIJKLM456", outcome: "failed", code: "account_restricted" }),
  line({ at_ms: NOW - 5, task: "t-4", outcome: "returned", server: "https://other.example" }),
];
const rows = rowsOf(log);
const found = (filter) => matching(rows, { ...ALL, ...filter }, NOW).map(({ entry }) => entry.task);

test("lines are shown newest first, and all of them at first", () => assert.deepEqual(found({}), ["t-4", "t-3", "t-2", "t-1"]));

test("a search goes through profile, task, server, and the words of the outcome", () => {
  assert.deepEqual(found({ search: "ACoAABCDEF123" }), ["t-2"]);
  assert.deepEqual(found({ search: "acoaahij" }), ["t-3"]);
  assert.deepEqual(found({ search: "t-1" }), ["t-1"]);
  assert.deepEqual(found({ search: "OTHER.example" }), ["t-4"]);
  assert.deepEqual(found({ search: "account_restricted" }), ["t-3"]);
  assert.deepEqual(found({ search: "no more invitations for now" }), ["t-3"]);
  assert.deepEqual(found({ search: "given back" }), ["t-4"]);
  assert.deepEqual(found({ search: "send an invitation" }), ["t-3", "t-2"]);
});

test("each word of a search has to be there, in any order", () => {
  assert.deepEqual(found({ search: "  failed   invitation " }), ["t-3"]);
  assert.deepEqual(found({ search: "failed other" }), []);
});

test("a search takes signs as they are", () => {
  for (const search of [".*", "(", "[a-z]", "\\"]) assert.deepEqual(found({ search }), [], search);
});

test("filters hold together, and a period is counted back from now", () => {
  assert.deepEqual(found({ kind: INVITE }), ["t-3", "t-2"]);
  assert.deepEqual(found({ outcome: "completed" }), ["t-2", "t-1"]);
  assert.deepEqual(found({ days: 1 }), ["t-4", "t-3"]);
  assert.deepEqual(found({ days: 7 }), ["t-4", "t-3", "t-2"]);
  assert.deepEqual(found({ days: 30, kind: READ }), ["t-4"]);
  assert.deepEqual(found({ days: 7, kind: INVITE, outcome: "failed", search: "acoaa" }), ["t-3"]);
});

test("a line is in words, with an address of LinkedIn's only for what is a profile", () => {
  const [returned, failed, sent] = rows.map(({ line }) => line);
  assert.deepEqual([returned.what, returned.whom, returned.profile, returned.outcome, returned.tone], ["Read connections", "", null, "Given back", "quiet"]);
  assert.deepEqual([failed.what, failed.outcome, failed.tone], ["Send an invitation", "Failed", "bad"]);
  assert.match(failed.why, /lets this account send no more invitations/);
  assert.equal(sent.profile, "https://www.linkedin.com/in/ACoAABCDEF123/");
  for (const target of ["javascript:alert(1)", "urn:li:fsd_profile:../../x", "urn:li:fsd_profile:a", "<img src=x>"]) {
    assert.equal(rowsOf([line({ target })])[0].line.profile, null, target);
  }
});

test("codes and kinds that are not known are shown as they are", () => {
  const [{ line: odd }] = rowsOf([line({ task_type: "agent_dance", outcome: "toString", code: "constructor" })]);
  assert.deepEqual([odd.what, odd.outcome, odd.tone, odd.why], ["agent_dance", "toString", "quiet", "constructor"]);
});

test("a time that no date can have is shown as the number that it is", () => {
  assert.equal(whenLine(9e15), "9000000000000000");
  assert.match(whenLine(NOW), /2026/);
});

test("what there is to choose from is what is in the log", () => {
  assert.deepEqual(valuesOf(rows, "task_type"), [READ, INVITE]);
  assert.deepEqual(valuesOf(rows, "outcome"), ["completed", "failed", "returned"]);
});

test("the count says how many of how many", () => {
  assert.equal(countLine(1, 1), "1 entry");
  assert.equal(countLine(12_000, 12_000), "12,000 entries");
  assert.equal(countLine(1, 12_000), "1 of 12,000 entries");
  assert.equal(countLine(0, 3), "0 of 3 entries");
});

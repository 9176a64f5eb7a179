import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlace, VIEWS, writePlace } from "../../../crates/server/dashboard/address.js";
import { callOf, curlOf, fault } from "../../../crates/server/dashboard/curl.js";
import * as describe from "../../../crates/server/dashboard/describe.js";
import { arranged, nextOrder, pictureAddress, profileAddress } from "../../../crates/server/dashboard/rows.js";
import { clockTime, countdown, duration } from "../../../crates/server/dashboard/time.js";
import { speak } from "../../../crates/server/dashboard/words.js";
import { agent, finished, invitation, row, task } from "../fake-server.mjs";

speak("en-GB");
const NOW = new Date(2026, 10, 27, 14, 0).getTime();
const at = (minutes) => new Date(NOW + minutes * 60_000).toISOString();
const plain = (text) => text.replace(/[\u2068\u2069]/g, "");

test("an address leads back to where it was written", () => {
  for (const view of VIEWS) assert.deepEqual(readPlace(writePlace("t 1/ü", view)), { team: "t 1/ü", view, task: "", filters: { status: "", task_type: "" } });
  assert.equal(readPlace(writePlace("t", "task", { task: "a/b?c" })).task, "a/b?c");
  assert.equal(readPlace(writePlace("t", "connections", { task: "a" })).view, "connections");
  assert.deepEqual(readPlace(writePlace("t", "tasks", { filters: { status: "failed", task_type: "" } })).filters, { status: "failed", task_type: "" });
});

test("an address that means nothing is the list of tasks", () => {
  for (const hash of ["", "#", "#/", "#/t/elsewhere", "#/t/%E0%A4%A", "#/t/keys/x"]) assert.ok(["tasks", "keys"].includes(readPlace(hash).view), hash);
  assert.equal(readPlace("#/t/tasks?status=failed&evil=1").filters.evil, undefined);
});

test("what a task is and how it stands", () => {
  const said = (changes) => describe.state(task("1", changes), NOW).text;
  assert.equal(said({}), "In the queue");
  assert.equal(said({ status: "processing" }), "Working");
  assert.equal(said({ waiting: { reason: "paused", until: null } }), "Waiting");
  assert.equal(said({ waiting: { reason: "daily_limit", until: at(5) } }), "Waiting until 14:05");
  assert.equal(said({ status: "processing", waiting: { reason: "challenge", until: null } }), "Held up");
  assert.equal(said({ status: "processing", cancel_requested: true }), "Being cancelled");
  assert.equal(said({ status: "failed", task_output: { code: "cancelled" } }), "Cancelled");
  assert.equal(said({ status: "failed" }), "Failed");
  assert.equal(plain(describe.subject(task("1", {}, { keyword: "Jo", start: 40 }))), "rows 41 to 80, names with “Jo”");
  assert.equal(plain(describe.subject(invitation("1", {}, { note: "x" }))), "with a note, to urn:li:fsd_profile:ACoAASIM4290000001");
  assert.equal(describe.subject({ id: "1", status: "pending", task_input: { task_type: "new_kind" } }), "");
  assert.equal(describe.kindName("new_kind"), "new_kind");
});

test("progress is shown of what is being done, and never as more than all", () => {
  assert.deepEqual(describe.progress(task("1", { status: "processing", progress: { done: 1_200, of: 1_000 } })), { text: "1,200 of 1,000", share: 1 });
  assert.deepEqual(describe.progress(task("1", { status: "processing", progress: { done: 7, of: null } })), { text: "7 so far", share: null });
  assert.equal(describe.progress(task("1", { status: "completed", progress: { done: 7, of: 8 } })), null);
});

test("a code that is newer than the page is told in the server's own words", () => {
  const failed = (output) => describe.failure(task("1", { status: "failed", task_output: output }));
  assert.deepEqual(failed({ code: "new_code", error: "something new", remedy: "do this" }), { message: "something new", remedy: "do this" });
  assert.match(failed({ code: "challenge", error: "x", remedy: "y" }).message, /check/);
  assert.equal(describe.waiting(task("1", { waiting: { reason: "new_reason", until: null } })).why, "It waits (new_reason).");
  assert.equal(describe.eventLine({ at: at(0), event: "new_event" }).text, "new_event");
  assert.equal(plain(describe.refusal({ ok: false, kind: "refused", code: "new_code", message: "No.", remedy: "", retryAfter: 90 }).message), "The server refused: No.");
  assert.match(describe.refusal({ ok: false, kind: "refused", code: "queue_full", message: "", remedy: "", retryAfter: 90 }).remedy, /2 min/);
  const remedyOf = (/** @type {string} */ code) => plain(describe.refusal({ ok: false, kind: "refused", code, message: "No.", remedy: "Do so.", retryAfter: null }).remedy);
  assert.deepEqual([remedyOf("new_code"), remedyOf("not_finished")], ["Do so.", "Cancel it first."], "the server's own goes with its own sentence");
});

test("what came of a task", () => {
  assert.equal(describe.outcome(finished("1", [row(), row()])), "2 connections were read.");
  assert.equal(describe.outcome(invitation("1", { status: "completed", task_output: { sent: true } })), "The invitation was sent.");
  assert.equal(describe.outcome(task("1", { status: "completed", task_output: { network_total: null } }, { fields: "total" })), "LinkedIn did not say how many connections there are.");
  assert.deepEqual(describe.findings(task("1", { findings: { unresolved: 0, duplicates: 2, unreadable: 0, list_shifted: true, fallback: null } })).length, 2);
});

test("presence and limits", () => {
  assert.equal(describe.presence(agent()).tone, "good");
  const stopped = describe.presence(agent({ state: "latched" }));
  assert.deepEqual([stopped.tone, stopped.text], ["busy", "Stopped"]);
  assert.match(stopped.detail, /is connected to this server, but does nothing until/);
  assert.deepEqual(describe.presence(agent({ state: "dancing" })), { tone: "busy", text: "Connected", detail: "dancing" });
  assert.equal(describe.presence(agent({ online: false, last_seen_s: 7_200 })).detail, "Last heard of 2 h ago");
  assert.deepEqual(describe.usageLine({ used: 5, limit: 20 }), { text: "5 of 20", share: 0.25, tone: "good" });
  assert.deepEqual(describe.usageLine({ used: 25, limit: 20 }), { text: "25 of 20, reached", share: 1, tone: "busy" });
  assert.equal(describe.usageLine({ used: 0, limit: 0 }).text, "None allowed");
});

test("rows are found whatever the case and the way a letter is made, and sorted with the empty ones last", () => {
  const rows = [row({ name: "Zoë" }), row({ name: null }), row({ name: "ada" }), row({ name: "Ångström", headline: "MØLLER" })];
  const names = (text, order) => arranged(rows, text, order).map(({ name }) => name);
  assert.deepEqual(names("zoe\u0308", null), ["Zoë"]);
  assert.deepEqual(names("møl", null), ["Ångström"]);
  assert.deepEqual(names("", { column: "name", descending: false }), ["ada", "Ångström", "Zoë", null]);
  assert.deepEqual(names("", { column: "name", descending: true }), ["Zoë", "Ångström", "ada", null]);
  assert.deepEqual(names("", null), ["Zoë", null, "ada", "Ångström"], "the rows themselves are not moved");
});

test("a head pressed three times comes back to the order of the task", () => {
  let order = nextOrder(null, "name");
  assert.deepEqual(order, { column: "name", descending: false });
  order = nextOrder(order, "name");
  assert.deepEqual(order, { column: "name", descending: true });
  assert.equal(nextOrder(order, "name"), null);
  assert.deepEqual(nextOrder(order, "headline"), { column: "headline", descending: false });
});

test("no address of a stranger's leads anywhere but to LinkedIn", () => {
  assert.equal(profileAddress(row({ public_identifier: "x/../../feed?a#b" })), "https://www.linkedin.com/in/x%2F..%2F..%2Ffeed%3Fa%23b/");
  assert.equal(profileAddress(row({ public_identifier: null })), null);
  assert.equal(pictureAddress(row({ profile_image_url: "https://media.licdn.com/a" })), "https://media.licdn.com/a");
  for (const url of ["http://media.licdn.com/a", "https://media.licdn.com.evil.example/", "https://media.licdn.com:8443/a", "javascript:1", "data:image/png;base64,", "", null]) {
    assert.equal(pictureAddress(row({ profile_image_url: url })), null, String(url));
  }
});

const asked = (changes) => ({ kind: describe.READ, keyword: "", sort_type: "", start: "0", count: "40", fields: "", profile_urn: "", note: "", ...changes });

test("the form's call says what differs from the default", () => {
  assert.deepEqual(callOf(asked({})), { path: "fetch-connections", body: { start: 0, count: 40 } });
  assert.deepEqual(callOf(asked({ keyword: "Jo", sort_type: "RECENTLY_ADDED", fields: "all", count: "5" })).body, { keyword: "Jo", sort_type: "RECENTLY_ADDED", start: 0, count: 5, fields: "all" });
  assert.deepEqual(callOf(asked({ kind: describe.INVITE, profile_urn: " ACoAA ", note: " " })), { path: "send-connection-request", body: { profile_urn: "ACoAA" } });
});

test("what would be refused is found before it is sent", () => {
  assert.equal(fault(asked({})), null);
  assert.equal(fault(asked({ count: "501" })).field, "count");
  assert.equal(fault(asked({ count: "4.5" })).field, "count");
  assert.equal(fault(asked({ start: "-1" })).field, "start");
  assert.equal(fault(asked({ kind: describe.INVITE })).field, "profile_urn");
});

test("the command names the key's place, and a path that a proxy has put before", () => {
  const command = curlOf("https://api.example.com/liaison/", callOf(asked({})), "YOUR_API_KEY");
  assert.ok(command.includes("'https://api.example.com/liaison/linkedin-agent/fetch-connections'"));
  assert.ok(command.includes("YOUR_API_KEY"));
});

test("times and spans", () => {
  assert.equal(clockTime(at(0.5), NOW), "14:01");
  assert.equal(clockTime(NOW + 60 * 60_000 + 4, NOW), "15:00", "what is told from two clocks is not a minute late for some milliseconds");
  assert.equal(clockTime(at(-0.5), NOW), "13:59");
  assert.match(clockTime(at(-60 * 24 * 3), NOW), /24 Nov.*14:00/);
  assert.match(clockTime(at(-60 * 24 * 400), NOW), /2025/);
  assert.equal(clockTime("no time", NOW), "no time");
  assert.deepEqual([599_001, 600_000, 1, 0, -5].map(countdown), ["10:00", "10:00", "0:01", "0:00", "0:00"]);
  assert.deepEqual([4_000, 180_000, 7_200_000, 90_000_000].map(duration), ["4 s", "3 min", "2 h", "1 d"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { installChrome } from "./support/chrome.js";

installChrome();
const describe = await import("../../../extension/popup/describe.js");
const { checkLine, fallbackLine, headline, linkedinLine, progressLine, recentLine, serverLine, stopLines, waitingLine } = describe;
const { pairingLine } = await import("../../../extension/options/pairing.js");
const { stepLine } = await import("../../../extension/lib/steps.js");
const { duration } = await import("../../../extension/lib/i18n.js");

const server = { url: "https://api.example.com/liaison", name: "Chrome on linux" };
const base = { state: "ready", server, contact: { state: "connected", last_ms_ago: 3_000, error: null }, running: null };
const STATES = ["unpaired", "paused", "signed_out", "wrong_account", "latched", "superseded", "unauthorised", "no_permission"];

test("every state has its own headline", () => {
  const said = STATES.map((state) => headline({ ...base, state }));
  assert.equal(new Set(said).size, STATES.length);
  assert.ok(said.every(Boolean));
});

test("ready says what the contact with the server is", () => {
  const said = ["connecting", "connected", "unreachable"].map((state) => headline({ ...base, contact: { ...base.contact, state } }));
  assert.deepEqual(said, ["Connecting to the server.", "Ready for the next task.", "The server cannot be reached. Trying again."]);
});

test("what is running comes first, even while pausing", () => {
  const running = { task_type: "agent_fetch_connections", phase: "reading", done: 40, of: 500 };
  assert.equal(headline({ ...base, running }), "Reading your connections.");
  assert.equal(headline({ ...base, running, state: "paused" }), "Pausing after the step in hand.");
  assert.equal(headline({ ...base, running: { ...running, phase: "dancing" } }), "dancing");
  const phases = ["reading", "checking", "starting", "sending", "verifying"];
  const said = phases.map((phase) => headline({ ...base, running: { ...running, phase } }));
  assert.equal(new Set(said).size, phases.length);
});

test("a task that waits to be verified does not hide that the agent is paused or stopped", () => {
  const running = { task_type: "agent_send_connection_request", phase: "verifying", done: null, of: null };
  for (const state of STATES) assert.equal(headline({ ...base, running, state }), headline({ ...base, state }));
});

test("the server line is the measured contact", () => {
  assert.deepEqual(serverLine(base), { tone: "good", text: `Connected to ${server.url}`, detail: "Last heard from 3 s ago" });
  const silent = { ...base, contact: { state: "unreachable", last_ms_ago: null, error: null } };
  assert.deepEqual(serverLine(silent).tone, "bad");
  assert.equal(serverLine({ ...base, server: null }).text, "None yet");
});

test("every sign-in state has words", () => {
  const said = ["signed_in", "signed_out", "unknown", "wrong_account"].map((linkedin) => linkedinLine({ linkedin }).text);
  assert.equal(new Set(said).size, 4);
});

test("every documented waiting reason has words, and an unknown one is shown as it is", () => {
  const reasons = `agent_offline signed_out wrong_account paused kind_off working_hours pacing daily_limit weekly_limit
    approval throttled challenge blocked invitation_limit note_limit account_stopped storage`;
  for (const reason of reasons.split(/\s+/)) {
    assert.doesNotMatch(waitingLine({ task_type: "agent_send_connection_request", reason, for_ms: null }), /_/, reason);
  }
  assert.equal(
    waitingLine({ task_type: "agent_send_connection_request", reason: "pacing", for_ms: 12_000 }),
    "Send an invitation: a short gap between actions, about 12 s",
  );
  assert.match(waitingLine({ task_type: "t", reason: "constructor", for_ms: null }), /constructor/);
});

test("progress tells what is known", () => {
  assert.equal(progressLine({ done: 120, of: 500 }), "120 of 500");
  assert.equal(progressLine({ done: 120, of: null }), "120 so far");
  assert.equal(progressLine({ done: null, of: null }), "");
});

test("a result says how it ended, when, and whether the server has it", () => {
  const recent = { task_type: "agent_fetch_connections", outcome: "failed", at_ms: 1_000, acknowledged: false };
  const said = recentLine(recent, 121_000);
  assert.deepEqual([said.tone, said.title, said.outcome, said.when], ["bad", "Read connections", "Failed", "2 min ago"]);
  assert.notEqual(said.unsent, "");
  assert.equal(recentLine({ ...recent, acknowledged: true }, 121_000).unsent, "");
});

test("durations use the largest unit that fits", () => {
  const cases = [[-5, "0 s"], [400, "0 s"], [59_400, "59 s"], [60_000, "1 min"], [3_600_000, "1 h"], [172_800_000, "2 d"]];
  for (const [ms, words] of cases) assert.equal(duration(ms), words);
});

test("the pairing line says whether the pairing works", () => {
  assert.equal(pairingLine({ ...base, server: null }).tone, "quiet");
  assert.equal(pairingLine(base).tone, "good");
  for (const state of ["superseded", "unauthorised", "no_permission"]) assert.equal(pairingLine({ ...base, state }).tone, "bad");
});

const attention = (code) => ({ attention: { code, message: "m", remedy: "r" } });
const STOPS = ["challenge", "blocked", "account_restricted", "sender_unconfirmed", "connection_cap", "record_set_aside"];

test("only what LinkedIn stopped for can be cleared here", () => {
  const clearable = (code) => stopLines(attention(code)) !== null;
  for (const code of STOPS) assert.ok(clearable(code));
  for (const code of ["signed_out", "wrong_account", "superseded", "storage", "constructor"]) assert.equal(clearable(code), false);
  assert.equal(stopLines({ attention: null }), null);
});

test("each stop says what it is and what clearing lets out again", () => {
  const lines = STOPS.map((code) => stopLines(attention(code)));
  assert.equal(new Set(lines.map(({ meaning }) => meaning)).size, STOPS.length);
  for (const { meaning, clearing } of lines) assert.ok(meaning && clearing);
  const [challenge, blocked, restricted, , , record] = lines;
  assert.match(challenge.meaning, /security check.*Open LinkedIn.*pass it first/);
  assert.match(blocked.meaning, /999.*an hour at least/);
  for (const { clearing } of [challenge, blocked]) assert.match(clearing, /requests go out.*usual pace/);
  assert.match(restricted.clearing, /invitations go out.*usual pace/);
  assert.match(record.clearing, /erases/);
});

test("an older way of reading the list is said, and nothing when there is none", () => {
  const said = ["older_decoration", "legacy_list"].map((fallback) => fallbackLine({ ...base, fallback }));
  assert.equal(new Set(said).size, 2);
  for (const line of said) assert.match(line, /older/);
  assert.deepEqual([fallbackLine({ ...base, fallback: null }), fallbackLine(base)], ["", ""]);
  assert.equal(fallbackLine({ ...base, fallback: "carrier_pigeon" }), "carrier_pigeon");
});

test("a check says in one line what it came to, and nothing when that is not known", () => {
  const steps = [{ name: "session", ok: false, detail: "d", remedy: "r" }];
  const error = { code: "blocked", message: "m", remedy: "r" };
  assert.deepEqual(checkLine({ ok: true, steps }, steps), { tone: "good", text: "LinkedIn works here: every step passed." });
  assert.equal(checkLine({ ok: false, error, steps }, steps).tone, "bad");
  assert.equal(checkLine({ ok: false, error }, []).text, "Nothing was checked:");
  for (const answer of [{ ok: false, unanswered: true, error }, null]) assert.equal(checkLine(answer, []).text, "");
});

test("every step of the test has a name", () => {
  const names = ["permission", "reach", "protocol", "authorise", "linkedin"].map((name) => stepLine({ name, ok: false }).title);
  assert.equal(new Set(names).size, 5);
});

test("so has every step of the check, and words say whether it went well", () => {
  const lines = ["session", "me", "list"].map((name) => stepLine({ name, ok: true }));
  assert.equal(new Set(lines.map(({ title }) => title)).size, 3);
  for (const { title } of lines) assert.doesNotMatch(title, /^(session|me|list)$/);
  const bad = stepLine({ name: "list", ok: false });
  assert.deepEqual([lines[2].tone, lines[2].outcome, bad.tone, bad.outcome], ["good", "OK", "bad", "Not OK"]);
  assert.equal(stepLine({ name: "constructor", ok: true }).title, "constructor");
});

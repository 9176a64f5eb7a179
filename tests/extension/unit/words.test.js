import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { installChrome } from "./support/chrome.js";

installChrome();
const describe = await import("../../../extension/popup/describe.js");
const { approvalLine, canCancel, fallbackLine, linkedinLine, progressLine } = describe;
const { otherWaits, problemLines, recentLine, serverLine, stopLines, uncountedLine, usageLine, waitingItems } = describe;
const { pairingLine } = await import("../../../extension/lib/pairing.js");
const { checkLine } = await import("../../../extension/lib/check.js");
const { stepLine } = await import("../../../extension/lib/steps.js");
const { clockTime, duration } = await import("../../../extension/lib/i18n.js");

/** Everything a program may meet, as the contract with servers lists it. */
const protocol = readFileSync(new URL("../../../crates/protocol/src/code.rs", import.meta.url), "utf8");
const wireNames = (name) => [...protocol.match(new RegExp(`\\b${name} \\{([^}]*)\\}`))[1].matchAll(/= "(\w+)"/g)].map(([, code]) => code);

const NOW = new Date(2026, 10, 27, 14, 0).getTime();
const headline = (status) => describe.headline(status, NOW);
const server = { url: "https://api.example.com/liaison", name: "Chrome on linux" };
const base = { state: "ready", server, contact: { state: "connected", last_ms_ago: 3_000, error: null }, running: null, waiting: [], approvals: [] };
const STATES = ["unpaired", "paused", "signed_out", "wrong_account", "latched", "superseded", "unauthorised", "no_permission"];

test("every state has its own headline", () => {
  const said = STATES.map((state) => headline({ ...base, state }));
  assert.equal(new Set(said).size, STATES.length);
  assert.ok(said.every(Boolean));
});

test("the headline says what has stopped it, and below it stands what to do alone", () => {
  const stopped = (state, code, more = {}) => ({ ...base, state, attention: { code, message: "It is so.", remedy: "Do so." }, ...more });
  assert.equal(headline(stopped("latched", "challenge")), "Stopped. It is so.");
  assert.equal(headline(stopped("no_permission", "no_permission")), "Stopped. It is so.");
  for (const state of ["signed_out", "wrong_account", "superseded", "unauthorised", "no_permission"]) {
    assert.deepEqual(problemLines(stopped(state, state)), { message: "", remedy: "Do so." }, state);
  }
  assert.deepEqual(problemLines(stopped("latched", "record_set_aside")), { message: "", remedy: "Do so." });
  assert.match(problemLines(stopped("latched", "challenge")).remedy, /^Open LinkedIn.*pass the check first.*clear the stop/);
  assert.match(problemLines(stopped("latched", "blocked")).remedy, /an hour at least/);
});

test("what the headline does not say is said in full below it", () => {
  const attention = { code: "signed_out", message: "It is so.", remedy: "Do so." };
  assert.deepEqual(problemLines({ ...base, state: "paused", attention }), { message: "It is so.", remedy: "Do so." });
  const restricted = problemLines({ ...base, attention: { ...attention, code: "account_restricted" } });
  assert.deepEqual([restricted.message, /^Withdraw/.test(restricted.remedy)], ["It is so.", true]);
  const unreachable = (said, more) => problemLines({ ...base, attention: null, contact: { state: "unreachable", last_ms_ago: 5, error: { ...attention, code: said, said } }, ...more });
  assert.deepEqual(unreachable("unreachable"), { message: "", remedy: "Do so." });
  assert.equal(unreachable("server_error").message, "It is so.");
  assert.equal(unreachable("unreachable", { state: "paused" }).message, "It is so.");
  assert.equal(unreachable("unreachable", { running: { phase: "reading", done: null, of: null } }).message, "It is so.");
  assert.equal(problemLines({ ...base, attention: { ...attention, code: "approval" } }), null);
  assert.equal(problemLines({ ...base, attention: null }), null);
});

test("of what waits, the list has what the headline does not say", () => {
  const left = (state, ...reasons) => otherWaits({ state, waiting: reasons.map((reason) => ({ reason })) }).map(({ reason }) => reason);
  for (const [state, reason] of Object.entries({ paused: "paused", signed_out: "signed_out", wrong_account: "wrong_account", no_permission: "signed_out" })) {
    assert.deepEqual(left(state, reason, "kind_off"), ["kind_off"], state);
    assert.deepEqual(left("ready", reason), [reason]);
  }
  for (const reason of ["challenge", "blocked", "storage"]) assert.deepEqual(left("latched", reason, "paused"), ["paused"]);
});

test("ready says what the contact with the server is", () => {
  const said = ["connecting", "connected", "unreachable"].map((state) =>
    headline({ ...base, contact: { state, last_ms_ago: null, error: null } }),
  );
  assert.deepEqual(said, ["Connecting to the server.", "Ready for the next task.", "The server cannot be reached. Trying again."]);
});

test("who was heard once and is not any more is said to be silent since then", () => {
  const contact = { state: "unreachable", last_ms_ago: 65 * 60_000, error: null };
  assert.match(headline({ ...base, contact }), /^The server has not answered since (12|0?1):55/);
});

test("a server that answers with an error is not said to be silent, nor out of reach", () => {
  const failing = (said, ms = 65 * 60_000) => {
    const error = { code: said, said, message: "It is so.", remedy: "Do so." };
    const status = { ...base, contact: { state: "failing", last_ms_ago: 2_000, failing_ms: ms, wait_ms: null, error } };
    return { status, line: headline(status), problem: problemLines(status, NOW) };
  };
  for (const said of ["server_error", "unexpected_answer"]) {
    assert.match(failing(said).line, /^The server has answered with an error since (12|0?1):55/);
  }
  for (const said of ["not_a_task_server", "redirected"]) {
    assert.match(failing(said).line, /^The server has given no usable answer since (12|0?1):55/);
  }
  const { status, problem } = failing("server_error");
  assert.deepEqual(problem, { message: "It is so.", remedy: "Do so." });
  assert.deepEqual(serverLine(status), { tone: "bad", text: `No usable answer from ${server.url}`, detail: "Last heard from 2 s ago" });
});

test("a server that asks to wait is said to, until when, and what ends it", () => {
  const waiting = (wait_ms, more = {}) => ({ ...base, contact: { state: "waiting", last_ms_ago: null, failing_ms: null, wait_ms, error: null }, ...more });
  const error = { code: "server_error", said: "server_error", message: "It is so.", remedy: "Do so." };
  assert.match(headline(waiting(24 * 60_000)), /^The server asks to wait until (14|0?2):24/);
  assert.equal(headline(waiting(8_000)), "The server asks to wait for another 8 s.");
  for (const status of [waiting(60_000), { ...waiting(60_000), contact: { ...waiting(60_000).contact, error } }]) {
    assert.deepEqual(problemLines(status, NOW), { message: "", remedy: 'To ask it now, press "Test connection" in the settings.', tone: "quiet" });
  }
  assert.match(problemLines(waiting(60_000, { state: "paused" }), NOW).message, /^The server asks to wait until /);
  assert.equal(problemLines(waiting(60_000, { state: "signed_out", attention: { ...error, code: "signed_out" } }), NOW).remedy, "Do so.");
  assert.deepEqual([serverLine(waiting(60_000)).tone, serverLine(waiting(60_000)).text], ["busy", `${server.url} asks to wait`]);
});

test("ready is said of what is ready", () => {
  const wait = (task_type) => ({ task_type, reason: "daily_limit", for_ms: 60_000 });
  const waiting = [wait("agent_send_connection_request"), wait("agent_fetch_connections")];
  const why = "Your limit for 24 hours is reached.";
  assert.match(headline({ ...base, waiting: waiting.slice(0, 1) }), new RegExp(`^Ready. Sending invitations has to wait until .*:01.*. ${why}$`));
  assert.match(headline({ ...base, waiting: waiting.slice(1) }), /^Ready. Reading connections has to wait until /);
  assert.match(headline({ ...base, waiting }), new RegExp(`^Waiting until (14|0?2):01.* ${why}$`));
  const other = { ...waiting[1], reason: "kind_off", for_ms: null };
  assert.equal(headline({ ...base, waiting: [waiting[0], other] }), "Every kind of task has to wait: why is below.");
  assert.equal(headline({ ...base, waiting: [other] }), "Ready. Reading connections has to wait. You have switched this kind of task off.");
  const short = waiting.map((wait) => ({ ...wait, reason: "throttled", for_ms: 5_000 }));
  assert.equal(headline({ ...base, waiting: short }), "Waiting. LinkedIn has asked to slow down.");
  assert.equal(headline({ ...base, waiting: [{ ...waiting[0], reason: "note_limit" }] }), "Ready for the next task.");
  assert.equal(headline({ ...base, waiting, approvals: [{}] }), "An invitation waits for your answer.");
});

test("what is running comes first, even while pausing", () => {
  const running = { task_type: "agent_fetch_connections", phase: "reading", done: 40, of: 500 };
  assert.equal(headline({ ...base, running }), "Reading your connections: 40 of 500.");
  assert.equal(headline({ ...base, running: { ...running, of: null } }), "Reading your connections: 40 so far.");
  assert.equal(headline({ ...base, running, state: "paused" }), "Paused: after the step in hand nothing is done until you resume.");
  assert.equal(headline({ ...base, running: { ...running, phase: "dancing" } }), "dancing");
  const phases = ["reading", "checking", "starting", "sending", "verifying"];
  const said = phases.map((phase) => headline({ ...base, running: { ...running, phase } }));
  assert.equal(new Set(said).size, phases.length);
});

test("a list that is stopped between two pages is not said to be read, an invitation on its way is said to go", () => {
  const waiting = [{ task_type: "agent_fetch_connections", reason: "working_hours", for_ms: 60_000 }];
  const reading = { task_type: "agent_fetch_connections", phase: "reading", done: 40, of: 500 };
  assert.equal(headline({ ...base, running: reading, waiting }), "In the middle of a list, which has to wait: why is below.");
  const sending = { task_type: "agent_send_connection_request", phase: "sending", done: null, of: null };
  assert.equal(headline({ ...base, running: sending, waiting }), "Sending an invitation.");
  assert.equal(headline({ ...base, running: sending, waiting: [{ ...waiting[0], task_type: sending.task_type }] }), "Sending an invitation.");
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

const INVITE = "agent_send_connection_request";
const waits = (reason, for_ms = null, state = "ready") => waitingItems({ state, waiting: [{ task_type: INVITE, reason, for_ms }] }, NOW)[0];

test("every waiting reason that an agent can give has its own sentence and a remedy", () => {
  const reasons = wireNames("WaitReason").filter((reason) => reason !== "agent_offline");
  assert.equal(reasons.length, 16);
  const items = reasons.map((reason) => waits(reason));
  assert.equal(new Set(items.map(({ why }) => why)).size, reasons.length);
  for (const [n, { title, why, remedy }] of items.entries()) {
    assert.equal(title, "Sending invitations");
    for (const text of [why, remedy]) assert.match(text, /^[A-Z][^_]*\.$/, reasons[n]);
  }
});

test("a reason that is not known is shown as it is", () => {
  const items = waitingItems({ state: "ready", waiting: [{ task_type: "dance", reason: "constructor", for_ms: null }] }, NOW);
  assert.deepEqual(items, [{ title: "dance", until: "", why: "constructor", remedy: "" }]);
});

test("a wait ends at a time of the clock, a short one after some seconds, a person's not by itself", () => {
  assert.equal(waits("paused").until, "");
  assert.equal(waits("pacing", 12_000).until, "for about 12 s");
  assert.equal(waits("pacing", 3).until, "for about 1 s");
  assert.match(waits("daily_limit", 5 * 60_000).until, /^until (14|0?2):05/);
  assert.match(waits("working_hours", 19 * 3_600_000).until, /^until Sat,? 0?9:00/);
});

test("a limit of nothing has no end, and says so", () => {
  for (const reason of ["daily_limit", "weekly_limit"]) {
    assert.match(waits(reason).why, /You allow no invitations/);
    assert.match(waits(reason, 60_000).why, /is reached/);
  }
  assert.notEqual(waits("daily_limit").why, waits("weekly_limit").why);
});

test("who could not be learnt to be signed in is not said to be signed out", () => {
  const status = { state: "ready", linkedin: "unknown", waiting: [{ task_type: INVITE, reason: "signed_out", for_ms: null }] };
  assert.match(waitingItems(status, NOW)[0].why, /could not learn/);
});

test("where LinkedIn may not be reached nobody is said to be signed out", () => {
  assert.match(waits("signed_out", null, "no_permission").why, /Chrome does not let/);
  assert.match(waits("paused", null, "no_permission").why, /paused/);
});

test("a damaged record is not said to be a full disk", () => {
  const waiting = [{ task_type: INVITE, reason: "storage", for_ms: null }];
  const why = (attention) => waitingItems({ state: "latched", waiting, attention }, NOW)[0].why;
  assert.match(why({ code: "record_set_aside", message: "m", remedy: "r" }), /was damaged/);
  for (const attention of [null, { code: "storage", message: "m", remedy: "r" }]) assert.match(why(attention), /written to this browser's storage/);
});

test("kinds that wait for the same are said together, others apart", () => {
  const both = (...reasons) =>
    waitingItems({ state: "ready", waiting: reasons.map((reason, n) => ({ task_type: ["agent_fetch_connections", INVITE][n], reason, for_ms: null })) }, NOW);
  assert.deepEqual(both("paused", "paused").map(({ title }) => title), ["Reading connections · Sending invitations"]);
  assert.deepEqual(both("kind_off", "approval").map(({ title }) => title), ["Reading connections", "Sending invitations"]);
});

test("a time is that of the person's clock, with the day when it is another", () => {
  const at = (...parts) => clockTime(new Date(2026, 10, ...parts).getTime(), NOW, "h23");
  assert.equal(at(27, 14, 5), "14:05");
  assert.equal(at(27, 14, 5, 40), "14:06", "a wait is not over in the middle of its minute");
  assert.equal(at(27, 14, 4, 59, 998), "14:05");
  assert.equal(at(27, 14, 5, 0, 3), "14:05", "two measurements of nine sharp differ by some milliseconds");
  assert.equal(at(27, 13, 5, 40), "13:05", "what was is not in the future");
  assert.equal(at(28, 0, 0), "Sat 00:00");
  assert.equal(at(26, 23, 59), "Thu 23:59");
  assert.match(at(34, 9, 0), /^Dec 4, 09:00$/);
  assert.match(clockTime(NOW, NOW, "h12"), /^2:00\sPM$/);
});

test("a bar of invitations is never longer than the limit, and full is said in words", () => {
  assert.deepEqual(usageLine(5, 20), { text: "5 of 20", share: 0.25, tone: "good" });
  assert.deepEqual(usageLine(20, 20), { text: "20 of 20, reached", share: 1, tone: "busy" });
  assert.deepEqual(usageLine(23, 20), { text: "23 of 20, reached", share: 1, tone: "busy" });
  assert.deepEqual(usageLine(0, 0), { text: "None allowed", share: 1, tone: "busy" });
});

test("a count that leaves out what was sent by hand says so", () => {
  assert.equal(uncountedLine({ by_hand: "known" }), "");
  assert.match(uncountedLine({ by_hand: "unknown" }), /by hand are not counted yet/);
});

test("an invitation that waits names its person by an address of LinkedIn's, and by no other", () => {
  const ask = { task: "t", profile_urn: "urn:li:fsd_profile:ACoAABCDEF123", note: "hello", asked_at_ms: NOW - 120_000, approved: false };
  assert.deepEqual(approvalLine(ask, NOW), {
    person: "urn:li:fsd_profile:ACoAABCDEF123",
    profile: "https://www.linkedin.com/in/ACoAABCDEF123/",
    note: "hello",
    asked: "An invitation with this note, asked for 2 min ago",
    approved: "",
  });
  assert.match(approvalLine({ ...ask, approved: true }, NOW).approved, /You approved it/);
  assert.match(approvalLine({ ...ask, note: null }, NOW).asked, /without a note/);
  const strangers = ["urn:li:fsd_profile:../../feed", "javascript:alert(1)", "urn:li:fsd_profile:ACoAABCDEF123/x", "urn:li:member:4290000000", ""];
  for (const profile_urn of strangers) assert.equal(approvalLine({ ...ask, profile_urn }, NOW).profile, null, profile_urn);
});

test("a task can be cancelled until its invitation may be out", () => {
  const may = ["reading", "checking", "starting", "sending", "verifying"].filter((phase) => canCancel({ phase }));
  assert.deepEqual(may, ["reading", "checking", "starting"]);
  assert.equal(canCancel(null), false);
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

test("a result that the server refused for good is not said to be on its way", () => {
  const refused = (status) => recentLine({ task_type: "agent_fetch_connections", outcome: "completed", at_ms: 0, acknowledged: false, refused: status }, 0).unsent;
  assert.equal(refused(404), "The server did not take this result: it no longer knows this task.");
  assert.equal(refused(410), "The server did not take this result: the task had ended there already.");
  for (const status of [409, 413, 422]) assert.equal(refused(status), `The server did not take this result: it answered ${status}.`);
  assert.equal(refused(null), "The server has not confirmed this result yet.");
});

test("every failure has its own words for the person at this browser", () => {
  const codes = wireNames("ErrorCode");
  assert.equal(codes.length, 22);
  const failed = (code) => recentLine({ task_type: INVITE, outcome: "failed", code, message: "as the core says", remedy: "do so", at_ms: 0, acknowledged: true }, 0);
  const said = codes.map((code) => failed(code));
  assert.equal(new Set(said.map(({ why }) => why)).size, codes.length);
  for (const [n, { why, remedy }] of said.entries()) {
    for (const text of [why, remedy]) assert.match(text, /^[A-Z][^_]*\.$/, codes[n]);
  }
  assert.deepEqual([failed("brand_new").why, failed("brand_new").remedy], ["as the core says", "do so"]);
  assert.equal(failed("toString").why, "as the core says");
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

test("each stop says what to do first and what clearing lets out again", () => {
  const remedies = STOPS.map((code) => problemLines({ ...base, state: "latched", ...attention(code) }).remedy);
  assert.equal(new Set(remedies).size, STOPS.length);
  const [challenge, blocked, restricted, , , record] = STOPS.map((code) => stopLines(attention(code)));
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

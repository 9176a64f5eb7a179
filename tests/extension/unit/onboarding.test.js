import assert from "node:assert/strict";
import { test } from "node:test";
import { installChrome } from "./support/chrome.js";

installChrome();
const { forget, reached, remember, resumeAt } = await import("../../../extension/lib/place.js");
const { firstChoice, readChoice } = await import("../../../extension/onboarding/choices.js");
const { firstCommand, firstTaskLine, resultCommand } = await import("../../../extension/onboarding/first-task.js");
const { FAILURES, STOPS } = await import("../../../extension/lib/words.js");
const { DEFAULTS } = await import("../../../extension/lib/limits.js");

const READ = "agent_fetch_connections";
const INVITE = "agent_send_connection_request";
const ceilings = { invites_per_day: 100, invites_per_week: 200, read_gap_ms: 1_000, invite_gap_ms: 5_000 };
const settings = { paused: false, ...DEFAULTS };

function shelf(value = null) {
  const held = new Map(value === null ? [] : [["onboarding", value]]);
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, text) => void held.set(key, text),
    removeItem: (key) => void held.delete(key),
  };
}

test("the place is remembered, and a step back takes nothing back", () => {
  const place = shelf();
  assert.equal(reached(place), 1);
  remember(2, place);
  remember(1, place);
  assert.equal(reached(place), 2);
  remember(3, place);
  assert.equal(reached(place), 3);
  forget(place);
  assert.equal(reached(place), 1);
});

test("a bookmark that nobody has written is none", () => {
  for (const odd of ["", "0", "4", "2.5", "-1", "NaN", "next", "1e9"]) assert.equal(reached(shelf(odd)), 1, odd);
});

test("it goes on where it was, with nothing left out", () => {
  const cases = [[1, false, 1], [1, true, 1], [2, false, 2], [2, true, 3], [3, true, 3], [3, false, 2]];
  for (const [screen, paired, at] of cases) assert.equal(resumeAt(screen, paired), at, `${screen} ${paired}`);
});

test("who has set nothing is offered what is careful, others what they have set", () => {
  assert.deepEqual(firstChoice(settings), { choice: "ask", invites_per_day: 10, invites_per_week: 50 });
  const own = { ...settings, invites_per_day: 15 };
  assert.deepEqual(firstChoice(own), { choice: "send", invites_per_day: 15, invites_per_week: 100 });
  assert.equal(firstChoice({ ...settings, ask_before_invite: true }).invites_per_day, 20);
  assert.equal(firstChoice({ ...settings, kinds_off: [INVITE] }).choice, "none");
  assert.equal(firstChoice({ ...settings, kinds_off: [READ] }).choice, "send");
});

test("what is careful is within the defaults", () => {
  const careful = firstChoice(settings);
  for (const figure of ["invites_per_day", "invites_per_week"]) assert.ok(careful[figure] < DEFAULTS[figure], figure);
});

test("a choice is settings, and leaves others alone", () => {
  const typed = { invites_per_day: "5", invites_per_week: "20" };
  const read = (choice, now = settings) => readChoice(choice, typed, now, ceilings).settings;
  assert.deepEqual(read("ask"), { kinds_off: [], ask_before_invite: true, invites_per_day: 5, invites_per_week: 20 });
  assert.deepEqual(read("send"), { kinds_off: [], ask_before_invite: false, invites_per_day: 5, invites_per_week: 20 });
  assert.deepEqual(read("none"), { kinds_off: [INVITE] });
  const off = { ...settings, kinds_off: [READ, INVITE] };
  assert.deepEqual(read("send", off).kinds_off, [READ]);
  assert.deepEqual(read("none", off).kinds_off, [READ, INVITE]);
});

test("a figure out of range is refused by its name, unless none goes out", () => {
  const typed = { invites_per_day: "5", invites_per_week: "201" };
  const refused = readChoice("ask", typed, settings, ceilings);
  assert.deepEqual([refused.ok, refused.field, refused.text], [false, "invites_per_week", "Enter a whole number from 0 to 200."]);
  assert.equal(readChoice("none", typed, settings, ceilings).ok, true);
});

test("a command is one line for every shell, and asks the server that this browser is paired with", () => {
  const server = "http://127.0.0.1:8787/liaison";
  assert.equal(firstCommand(server, "linux"), `curl -H "x-api-key: YOUR_API_KEY" -d "{}" "${server}/linkedin-agent/fetch-connections"`);
  assert.match(firstCommand(server, "win"), /^curl\.exe /);
  const result = resultCommand(server, "mac", "a/b&c");
  assert.ok(result.endsWith(`"${server}/linkedin-agent/get-task-status?wait=25&api_agent_task_id=a%2Fb%26c"`), result);
});

test("an address has nothing in it that a shell would read", () => {
  const command = firstCommand('https://api.example.com/$(id)/`id`/!x/"', "linux");
  assert.doesNotMatch(command.slice(command.indexOf("https:")), /[$`!]|"\//);
  assert.ok(command.includes("https://api.example.com/%24(id)/%60id%60/%21x/%22/linkedin-agent"));
});

const idle = { state: "ready", linkedin: "signed_in", paused: false, waiting: [], running: null, recent: [], attention: null, contact: { state: "connected", last_ms_ago: 0, error: null } };
const ended = (outcome, code = null) => ({ task: "t1", task_type: READ, outcome, code, message: "as the core says", remedy: "do so", at_ms: 0, acknowledged: true });

test("the first task is followed from its arrival to its end", () => {
  assert.deepEqual(firstTaskLine(idle), { tone: "quiet", text: "Waiting for the first task. This page says when it arrives.", task: null });
  const running = { task: "t1", task_type: READ, phase: "reading", done: 1, of: 40, cancelled: false };
  assert.deepEqual(firstTaskLine({ ...idle, running }), { tone: "busy", text: "It has arrived, and Liaison is working on it: Read connections.", task: "t1" });
  assert.deepEqual(firstTaskLine({ ...idle, recent: [ended("completed")] }), { tone: "good", text: "It works. Done: Read connections.", task: "t1" });
});

const reading = { task: "t2", task_type: READ, phase: "reading", done: 1, of: 40, cancelled: false };
const waits = (reason, task_type = READ) => ({ task_type, reason, for_ms: 3_600_000 });

test("what keeps it from going on counts for more than what was done last, whose result stays to be fetched", () => {
  const done = { ...idle, recent: [ended("completed")] };
  const attention = { code: "signed_out", message: "Nobody is signed in", remedy: "" };
  const cases = [
    [{ attention }, "bad", /^Nothing can be done now\. Nobody is signed in\.$/],
    [{ state: "paused", paused: true, waiting: [waits("paused")] }, "quiet", /You have paused Liaison\. Switch “Pause” off in the popup/],
    [{ waiting: [waits("working_hours")] }, "quiet", /working hours.*in the settings\.$/],
    [{ contact: { ...idle.contact, state: "waiting", wait_ms: 8_000 } }, "quiet", /The server asks to wait for another 8 s\. To ask it now, /],
    [{ waiting: [waits("kind_off")] }, "quiet", /Allow it again under “Limits” in the settings\.$/],
  ];
  for (const [changes, tone, text] of cases) {
    const line = firstTaskLine({ ...done, ...changes });
    assert.deepEqual([line.tone, line.task], [tone, "t1"]);
    assert.match(line.text, text);
    assert.deepEqual(firstTaskLine({ ...idle, ...changes, running: reading }), { ...line, task: "t2" }, "a list stands still in the middle");
    assert.equal(firstTaskLine({ ...idle, ...changes }).task, null);
  }
});

test("what keeps invitations alone from going out, or lists for a moment, does not keep the first task", () => {
  const attentions = ["approval", "account_restricted", "sender_unconfirmed", "connection_cap"].map((code) => ({ attention: { code, message: "m", remedy: "r" } }));
  for (const changes of [...attentions, { waiting: [waits("daily_limit", INVITE), waits("pacing")] }]) {
    assert.match(firstTaskLine({ ...idle, ...changes }).text, /^Waiting for the first task/, JSON.stringify(changes));
  }
  const inviting = { ...reading, task_type: INVITE, phase: "verifying" };
  assert.equal(firstTaskLine({ ...idle, running: inviting, waiting: [waits("working_hours")] }).tone, "busy");
});

test("no sentence sends the person to what is above, which is in the popup", () => {
  for (const code of Object.keys(FAILURES)) {
    const { text } = firstTaskLine({ ...idle, recent: [ended("failed", code)] });
    assert.doesNotMatch(text, /above/, code);
    if (Object.hasOwn(STOPS, code)) assert.match(text, /in the popup\.$/, code);
  }
});

test("what keeps it from going on is said, with what to do", () => {
  const failed = firstTaskLine({ ...idle, recent: [ended("failed", "signed_out")] });
  assert.match(failed.text, /^It has arrived and failed\. Nobody was signed in.*Sign in at/);
  assert.match(firstTaskLine({ ...idle, recent: [ended("failed", "brand_new")] }).text, /as the core says\. do so\.$/);
  const attention = { code: "signed_out", message: "nobody is signed in", remedy: "Sign in" };
  assert.deepEqual(firstTaskLine({ ...idle, attention }), { tone: "bad", text: "Nothing can be done now. nobody is signed in. Sign in.", task: null });
  const contact = { state: "unreachable", last_ms_ago: null, error: { code: "unreachable", message: "no answer", remedy: "" } };
  assert.equal(firstTaskLine({ ...idle, contact }).text, "Nothing can be done now. no answer.");
});

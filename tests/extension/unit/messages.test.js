import assert from "node:assert/strict";
import { test } from "node:test";
import { installChrome } from "./support/chrome.js";

installChrome();
const { DEADLINES_MS, isCommand, send } = await import("../../../extension/lib/messages.js");

const never = () => new Promise(() => {});

test("an answer is handed over as it is", async () => {
  const answer = { ok: true, status: { version: "1" } };
  assert.equal(await send({ kind: "status" }, { deliver: async () => answer, after: () => {} }), answer);
});

const turned = () => new Promise(setImmediate);

test("a status has one second", async () => {
  const deadlines = [];
  const asked = send({ kind: "status" }, { deliver: never, after: (run, ms) => deadlines.push({ run, ms }) });
  await turned();
  assert.deepEqual(deadlines.map(({ ms }) => ms), [1_000]);
  deadlines[0].run();
  const { ok, unanswered, error } = await asked;
  assert.deepEqual([ok, unanswered, error.code], [false, true, "no_answer"]);
  assert.ok(error.message && error.remedy);
});

for (const [what, deliver] of Object.entries({
  "an extension that was switched off under its page": () => Promise.reject(new Error("Extension context invalidated.")),
  "a worker that ended before it answered": async () => undefined,
  "an answer of no known shape": async () => "yes",
})) {
  test(`${what} counts as no answer`, async () => {
    assert.equal((await send({ kind: "forget" }, { deliver, after: () => {} })).unanswered, true);
  });
}

const UNHEARD = new Error("Could not establish connection. Receiving end does not exist.");

/** Sends with a clock that the test moves, to a worker that hears nothing `times` times. */
function sending(times, kind = "forget") {
  const answer = { ok: true };
  const tries = [];
  const timers = [];
  const deliver = async (message) => {
    tries.push(message);
    if (tries.length <= times) throw UNHEARD;
    return answer;
  };
  const asked = send({ kind }, { deliver, after: (run, ms) => timers.push({ run, ms }) });
  return { answer, asked, tries, timers };
}

test("what nobody has heard is sent again, the same and once at a time", async () => {
  const { answer, asked, tries, timers } = sending(2);
  for (const tried of [1, 2]) {
    await turned();
    assert.equal(tries.length, tried);
    assert.deepEqual(timers.map(({ ms }) => ms), [30_000, ...Array(tried).fill(50)]);
    timers.at(-1).run();
  }
  assert.equal(await asked, answer);
  assert.deepEqual(tries, Array(3).fill({ kind: "forget" }));
});

/** What a worker hears of messages that a page sends at once, and that are heard `unheard` tries later. */
async function heardOf(commands, unheard) {
  const heard = [];
  const deliver = async (message) => {
    unheard -= 1;
    if (unheard >= 0) throw UNHEARD;
    heard.push(message);
    return { ok: true };
  };
  const after = (run, ms) => void (ms === 50 && setImmediate(run));
  const answers = await Promise.all(commands.map((command) => send(command, { deliver, isLost: async () => false, after })));
  return { heard, answers: answers.map(({ ok }) => ok) };
}

const set = (settings) => ({ kind: "set_settings", settings });

for (const [what, commands] of Object.entries({
  "two clicks on one switch": [false, true].map((paused) => ({ kind: "set_paused", paused })),
  "two settings": [set({ invites_per_day: 5 }), set({ ask_before_invite: true })],
})) {
  test(`each is heard, and the last click last, of ${what}`, async () => {
    for (const unheard of [0, 1, 3]) assert.deepEqual(await heardOf(commands, unheard), { heard: commands, answers: [true, true] });
  });
}

test("a click that nobody has heard at all keeps no later one from its turn", async () => {
  const [go, pause] = [false, true].map((paused) => ({ kind: "set_paused", paused }));
  assert.deepEqual(await heardOf([go, pause], 4), { heard: [pause], answers: [false, true] });
});

test("nothing waits for an answer to something else", async () => {
  const timers = [];
  const pausing = send({ kind: "set_paused", paused: true }, { deliver: never, isLost: async () => false, after: (run) => timers.push(run) });
  assert.deepEqual((await heardOf([{ kind: "status" }], 0)).answers, [true]);
  timers[0]();
  assert.equal((await pausing).unanswered, true);
});

test("a worker that never hears is said not to answer", async () => {
  const { asked, tries, timers } = sending(Infinity);
  for (let again = 0; again < 3; again += 1) {
    await turned();
    timers.at(-1).run();
  }
  assert.equal((await asked).error.code, "no_answer");
  assert.equal(tries.length, 4);
});

test("a one-time code that nobody has heard is sent no second time", async () => {
  const { asked, tries } = sending(Infinity, "pair");
  assert.equal((await asked).unanswered, true);
  assert.equal(tries.length, 1);
});

test("an answered message asks Chrome nothing more when its time is over", async () => {
  const timers = [];
  let looks = 0;
  const by = { deliver: async () => ({ ok: true }), isLost: async () => (looks++, true), after: (run) => timers.push(run) };
  assert.equal((await send({ kind: "status" }, by)).ok, true);
  for (const run of timers) run();
  assert.equal(looks, 0);
});

test("where Chrome does not say whether it has a worker, there is no answer all the same", async () => {
  const timers = [];
  const asked = send({ kind: "status" }, { deliver: never, isLost: never, after: (run) => timers.push(run) });
  await turned();
  while (timers.length > 0) timers.shift()();
  assert.equal((await asked).error.code, "no_answer");
});

test("a worker that Chrome has lost is named as such, whether nobody heard or the time is over", async () => {
  const by = { isLost: async () => true, after: (run, ms) => void (ms === 50 && run()) };
  assert.equal((await send({ kind: "forget" }, { ...by, deliver: () => Promise.reject(UNHEARD) })).error.code, "worker_lost");
  const late = { ...by, deliver: never, after: (run, ms) => void (ms === 1_000 && run()) };
  const { unanswered, error } = await send({ kind: "status" }, late);
  assert.deepEqual([unanswered, error.code], [true, "worker_lost"]);
  assert.ok(error.message && error.remedy);
});

test("nothing is sent any more once it is said that nobody answered", async () => {
  const { asked, tries, timers } = sending(1);
  await turned();
  const [deadline, again] = timers;
  deadline.run();
  assert.equal((await asked).unanswered, true);
  again.run();
  await turned();
  assert.equal(tries.length, 1);
});

test("commands that talk to a server have longer than its slowest answer", () => {
  for (const kind of ["pair", "test_connection", "check_linkedin", "forget"]) assert.ok(DEADLINES_MS[kind] > 25_000, kind);
});

test("only the known kinds are commands", () => {
  assert.deepEqual(Object.keys(DEADLINES_MS).map((kind) => isCommand({ kind })), Array(14).fill(true));
  const others = [{ kind: "status_changed" }, { kind: "toString" }, { kind: 1 }, {}, null, undefined, "status", ["status"]];
  assert.deepEqual(others.map(isCommand), others.map(() => false));
});

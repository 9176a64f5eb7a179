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

/** A page's messages, to a worker that hears nothing for the next `unheard` tries; `pass` lets the time until the next try go by. */
function clicking(unheard) {
  const heard = [];
  const repeats = [];
  const by = {
    deliver: async (message) => {
      unheard -= 1;
      if (unheard < 0) return heard.push(message), { ok: true };
      // As in Chrome, which does not know it at once.
      await turned();
      throw UNHEARD;
    },
    isLost: async () => false,
    after: (run, ms) => void (ms === 50 && repeats.push(run)),
  };
  return {
    heard,
    click: (command) => send(command, by).then(({ ok }) => ok),
    async pass() {
      for (let turns = 0; turns < 3 && repeats.length === 0; turns += 1) await turned();
      assert.ok(repeats.length > 0, "nothing is to be sent again");
      repeats.shift()();
      await turned();
    },
  };
}

const set = (settings) => ({ kind: "set_settings", settings });

for (const [what, [older, newer]] of Object.entries({
  "two clicks on one switch": [false, true].map((paused) => ({ kind: "set_paused", paused })),
  "two settings": [set({ invites_per_day: 5 }), set({ ask_before_invite: true })],
})) {
  test(`of ${what}, the older of which nobody heard, each is heard and the newer last`, async () => {
    for (const unheard of [1, 3]) {
      const { heard, click, pass } = clicking(unheard);
      const first = click(older);
      await turned();
      await turned();
      const second = click(newer);
      for (let passed = 0; passed < unheard; passed += 1) await pass();
      assert.deepEqual([await first, await second, heard], [true, true, [older, newer]]);
    }
  });
}

test("a click that nobody has heard at all keeps no later one from its turn", async () => {
  const [go, pause] = [false, true].map((paused) => ({ kind: "set_paused", paused }));
  const { heard, click, pass } = clicking(4);
  const first = click(go);
  await turned();
  await turned();
  const second = click(pause);
  for (let passed = 0; passed < 3; passed += 1) await pass();
  assert.deepEqual([await first, await second, heard], [false, true, [pause]]);
});

test("a click that was not heard, when a newer one is on its way already, is not sent after it", async () => {
  const [go, pause] = [false, true].map((paused) => ({ kind: "set_paused", paused }));
  const { heard, click } = clicking(1);
  const clicks = [click(go), click(pause)];
  assert.deepEqual([await Promise.all(clicks), heard], [[false, true], [pause]]);
});

for (const [when, wait] of Object.entries({ "before it is known that": async () => {}, "once it is known that": async () => (await turned(), turned()) })) {
  test(`what is asked of another kind ${when} a click was not heard goes at once, and the click is sent again`, async () => {
    const [pause, status] = [{ kind: "set_paused", paused: true }, { kind: "status" }];
    const { heard, click, pass } = clicking(1);
    const pausing = click(pause);
    await wait();
    assert.equal(await click(status), true);
    await pass();
    assert.deepEqual([await pausing, heard], [true, [status, pause]]);
  });
}

test("a page that is closed right after its clicks has sent them all", async () => {
  const tries = [];
  for (const paused of [false, true, false]) send({ kind: "set_paused", paused }, { deliver: (message) => (tries.push(message.paused), never()), after: () => {} });
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(tries, [false, true, false]);
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

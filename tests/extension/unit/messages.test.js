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

test("a status has one second, counted from the asking", async () => {
  const deadlines = [];
  const asked = send({ kind: "status" }, { deliver: never, after: (run, ms) => deadlines.push({ run, ms }) });
  assert.deepEqual(deadlines.map(({ ms }) => ms), [1_000]);
  deadlines[0].run();
  const { ok, unanswered, error } = await asked;
  assert.deepEqual([ok, unanswered, error.code], [false, true, "no_answer"]);
  assert.ok(error.message && error.remedy);
});

for (const [what, deliver] of Object.entries({
  "no worker at all": () => Promise.reject(new Error("Could not establish connection.")),
  "a worker that ended before it answered": async () => undefined,
  "an answer of no known shape": async () => "yes",
})) {
  test(`${what} counts as no answer`, async () => {
    assert.equal((await send({ kind: "forget" }, { deliver, after: () => {} })).unanswered, true);
  });
}

test("commands that talk to a server have longer than its slowest answer", () => {
  for (const kind of ["pair", "test_connection", "check_linkedin", "forget"]) assert.ok(DEADLINES_MS[kind] > 25_000, kind);
});

test("only the known kinds are commands", () => {
  assert.deepEqual(Object.keys(DEADLINES_MS).map((kind) => isCommand({ kind })), Array(14).fill(true));
  const others = [{ kind: "status_changed" }, { kind: "toString" }, { kind: 1 }, {}, null, undefined, "status", ["status"]];
  assert.deepEqual(others.map(isCommand), others.map(() => false));
});

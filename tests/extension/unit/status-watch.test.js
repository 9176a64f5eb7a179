import assert from "node:assert/strict";
import { test } from "node:test";
import { installChrome } from "./support/chrome.js";
import { settle } from "./support/settle.js";

installChrome();
const { watchStatus } = await import("../../../extension/lib/status-watch.js");

function watch() {
  const [shown, pending, by] = [[], [], {}];
  const refresh = watchStatus((answer) => shown.push(answer), {
    ask: () => new Promise((resolve) => pending.push(resolve)),
    onChange: (listener) => (by.change = listener),
    every: (run, ms) => Object.assign(by, { tick: run, ms }),
  });
  return { shown, pending, by, refresh };
}

test("the page asks at once, every second, and when the worker says so", async () => {
  const { shown, pending, by } = watch();
  assert.equal(by.ms, 1_000);
  for (const [n, next] of [() => {}, by.tick, by.change].entries()) {
    next();
    pending[n](n);
    await settle();
  }
  assert.deepEqual(shown, [0, 1, 2]);
});

test("questions do not pile up, and a change during one is asked about after it", async () => {
  const { shown, pending, by } = watch();
  by.change();
  by.tick();
  assert.equal(pending.length, 1);
  pending[0]("old");
  await settle();
  assert.equal(pending.length, 2);
  pending[1]("new");
  await settle();
  assert.deepEqual([shown, pending.length], [["old", "new"], 2]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "../../../extension/lib/follow.js";

/** Something followed, whose ticks and answers come when the test says. */
function followed() {
  const shown = [];
  const pending = [];
  let tick;
  let ended = false;
  const every = (run) => ((tick = run), () => (ended = true));
  const watch = follow(() => new Promise((resolve) => pending.push(resolve)), (answer) => shown.push(answer), 2_000, { every });
  const answer = async (value) => (pending.shift()(value), new Promise(setImmediate));
  return { shown, pending, tick: () => tick(), watch, answer, ended: () => ended };
}

test("what is followed is asked for at once, at each tick, and never twice at a time", async () => {
  const { shown, pending, tick, answer } = followed();
  tick();
  assert.equal(pending.length, 1);
  await answer("a");
  tick();
  await answer("b");
  assert.deepEqual(shown, ["a", "b"]);
});

test("asked now while an answer is under way, it is asked once more: that one may be older than what was done", async () => {
  const { shown, watch, answer } = followed();
  const done = watch.now();
  await answer("before");
  await answer("after");
  await done;
  assert.deepEqual(shown, ["before", "after"]);
});

test("what is stopped shows no late answer", async () => {
  const { shown, watch, answer, ended } = followed();
  watch.stop();
  await answer("late");
  assert.deepEqual(shown, []);
  assert.equal(ended(), true);
});

// Chrome ends a worker after half a minute, however busy its fetches are, unless the agent keeps it alive. No debugger
// may be attached here: it alone would keep the worker alive.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pairedWith, startBrowser, startPlainBrowser, startSimulator } from "../../../scripts/world.mjs";
import { TOKEN, startFakeServer } from "./fake-server.mjs";

const POLLS_HELD_OUT = 3;

test("a parked agent stays alive with nothing to do, through a restart of the browser", async (t) => {
  const [simulator, fake] = await Promise.all([startSimulator(), startFakeServer()]);
  t.after(() => Promise.all([simulator.stop(), fake.stop()]));
  const first = await startBrowser(simulator);
  t.after(() => first.stop());
  await first.signIn();
  await pairedWith(first, { url: fake.url, token: TOKEN });
  await first.stop();

  const back = fake.nextPoll();
  const browser = startPlainBrowser(simulator, first.profile);
  t.after(() => browser.stop());
  await back;
  await fake.heldOut();
  const { broken } = fake;
  for (let held = 1; held < POLLS_HELD_OUT; held += 1) await fake.heldOut();
  assert.equal(fake.broken, broken, "the worker was ended under a parked poll");

  const task = { task: "after-a-rest", task_type: "agent_fetch_connections", task_input: { count: 2 } };
  const { status, task_output: output } = await fake.run(task);
  assert.equal(status, "completed", JSON.stringify(output));
  assert.equal(output.total, 2);
});

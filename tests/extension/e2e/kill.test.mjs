// Chrome ends a worker whenever it likes, with nothing saved on the way. The watchdog's alarm brings it back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startBrowser } from "../../../scripts/world.mjs";
import { DEVELOPER_MODE, EXTENSIONS_PAGE } from "../../../scripts/world/extensions-page.mjs";
import { tearWorkerScripts } from "../../../scripts/world/lost-worker.mjs";
import { invitationsSeen, says, urnsOf, worldFor } from "./support.mjs";

test("ended in the middle of a fetch of 500, the walk goes on where it was", async (t) => {
  const { server, simulator, browser } = await worldFor(t, { connections: 600 });
  await simulator.listFault({ kind: "hold", when: "before", id: "third page" }, { nth: 3 });
  const id = await server.fetchConnections({ count: 500 });
  await simulator.whenHeld("third page");
  await browser.stopWorker();
  await simulator.release("third page");

  const { status, task_output: output } = await server.finished(id, { deadlineMs: 180_000 });
  assert.equal(status, "completed", JSON.stringify(output));
  assert.equal(output.total, 500);
  assert.equal(new Set(urnsOf(output)).size, 500);

  const pages = await simulator.pages();
  const [first, second] = pages;
  const received = second.start + Math.min(second.count, 100);
  assert.equal(first.start, 0);
  for (const { start } of pages.slice(2)) {
    assert.ok(start >= received - 1, `row ${start} was asked for again; ${received} rows had been received`);
  }
});

test("ended between two tasks, the next one is carried out", async (t) => {
  const { server, browser } = await worldFor(t);
  assert.equal((await server.runFetch({ count: 5 })).status, "completed");
  await browser.stopWorker();
  const { status, task_output: output } = await server.runFetch({ count: 7 });
  assert.equal(status, "completed");
  assert.equal(output.total, 7);
});

const INVITED = { id: "ACoAABCDEF123", note: "hello" };

/** A world whose worker waits for LinkedIn's answer to an invitation that has had its effect. */
async function worldInviting(t) {
  const { server, simulator, browser } = await worldFor(t);
  await simulator.inviteFault({ kind: "hold", when: "after", id: "invited" });
  const task = await server.sendInvitation({ profile_urn: INVITED.id, note: INVITED.note });
  await simulator.whenHeld("invited");
  return { server, simulator, browser, task };
}

/** The popup of a browser in which an unpacked extension may restart itself. */
async function popupToRestartFrom({ context, open }) {
  const extensions = await context.newPage();
  await extensions.goto(EXTENSIONS_PAGE);
  assert.ok(await extensions.evaluate(DEVELOPER_MODE));
  return open("popup/popup.html");
}

/** Presses the button, under which the page goes, whether it is shown or not. */
const restartFrom = (popup) =>
  Promise.all([popup.waitForEvent("close"), popup.locator("#restart").evaluate((button) => button.click()).catch(() => {})]);

async function assertInvitedOnce({ server, simulator, task }) {
  const { status, task_output: output } = await server.finished(task, { deadlineMs: 240_000 });
  assert.equal(status, "completed", JSON.stringify(output));
  assert.deepEqual(output, { sent: true });
  assert.deepEqual(await invitationsSeen(simulator), [INVITED]);
  assert.equal((await simulator.journal()).counts.posts, 1);
}

test("ended between an invitation's POST and its answer, it is sent once and ends completed", async (t) => {
  const world = await worldInviting(t);
  await world.browser.stopWorker();
  await world.simulator.release("invited");
  await assertInvitedOnce(world);
});

test("restarted from the popup while it lives, between an invitation's POST and its answer, it is sent once", async (t) => {
  const world = await worldInviting(t);
  await restartFrom(await popupToRestartFrom(world.browser));
  await world.simulator.release("invited");
  await assertInvitedOnce(world);
});

test("ended before an invitation's POST took effect, it is never sent a second time", async (t) => {
  const { server, simulator, browser } = await worldFor(t);
  await simulator.inviteFault({ kind: "hold", when: "before", id: "on its way" });
  const id = await server.sendInvitation({ profile_urn: "ACoAABCDEF123" });
  await simulator.whenHeld("on its way");
  await browser.stopWorker();
  // The next task shows that the worker is back and has dealt with its journal.
  const { status } = await server.runFetch({ count: 1 });
  assert.equal(status, "completed");
  const { json } = await server.status(id);
  assert.equal(json.data.status, "processing", "nobody can know yet whether it was sent");
  assert.equal((await simulator.journal()).counts.posts, 1);
});

test("one that Chrome has lost is brought back from the popup, and what it had sent is not sent again", async (t) => {
  const world = await worldInviting(t);
  const { server, simulator, browser } = world;
  await browser.stop();
  await simulator.release("invited");
  assert.ok(tearWorkerScripts(browser.profile), "there was a script to lose");

  const again = await startBrowser(simulator, { profile: browser.profile });
  t.after(() => again.stop());
  const popup = await popupToRestartFrom(again);
  await says(popup, "#headline", "Chrome has lost Liaison's background worker");
  await says(popup, "#attention", "Restart Liaison with the button");
  await popup.locator("#restart").waitFor();
  await restartFrom(popup);

  await assertInvitedOnce(world);
  assert.equal((await server.runFetch({ count: 3 })).task_output.total, 3);
});

// What the popup says stays true while workers end, servers go and come back, and another window is used.

import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "../../../scripts/world.mjs";
import { idleStatus, openOver, startPagesBrowser } from "./fake-worker.mjs";
import { invitationsSeen, says, toned, worldFor } from "./support.mjs";

const POPUP = "popup/popup.html";
const SOMEONE = { profile_urn: "ACoAABCDEF123" };

test("a worker that ends while the popup is open is back with what it was doing, and takes orders", async (t) => {
  const { server, simulator, browser } = await worldFor(t, { connections: 600 });
  await simulator.listFault({ kind: "hold", when: "before", id: "second page" }, { nth: 2 });
  const popup = await browser.open(POPUP);
  const task = await server.fetchConnections({ count: 500 });
  await simulator.whenHeld("second page");
  await says(popup, "#headline", "Reading your connections: 100 of 500.");
  await says(popup, "#running-count", "100 of 500");

  await browser.stopWorker();
  await popup.locator("#pause:enabled").check();
  await says(popup, "#headline", "Paused");
  await simulator.release("second page");
  await popup.locator("#pause").uncheck();
  assert.equal((await server.finished(task, { deadlineMs: 180_000 })).task_output.total, 500);
  await says(popup, "#headline", "Ready for the next task.");
  await says(popup, "#recent li:first-child", "Done");
});

test("a worker that says nothing is said to say nothing, and nothing older is left standing", async (t) => {
  const browser = await startPagesBrowser();
  t.after(() => browser.stop());
  let silent = false;
  let unanswered = 0;
  const running = { task: "t-1", task_type: "agent_fetch_connections", phase: "reading", done: 40, of: 500, cancelled: false };
  const status = idleStatus({ running });
  const { page } = await openOver(browser, POPUP, status, {
    status: () => (silent ? (unanswered++, new Promise(() => {})) : { ok: true, status }),
  });
  await says(page, "#headline", "40 of 500");
  assert.ok(await page.locator("#restart").isHidden());
  await page.locator("#export-log").focus();
  silent = true;
  await says(page, "#headline", "The background worker did not answer.");
  await page.locator("#pause:disabled").waitFor();
  await page.locator("#headline:focus").waitFor(); // the keyboard is not lost with the button
  await page.locator("#export-log:disabled").waitFor();
  await page.locator("#restart").waitFor();
  assert.ok(unanswered >= 3, `a worker that is only slow is given time: ${unanswered}`);
  await page.locator("#restart").focus();
  await page.locator("#restart:focus").waitFor();
  for (const hidden of ["#running", "#waiting-section", "#usage", "#recent-section"]) await page.locator(hidden).waitFor({ state: "hidden" });
  assert.deepEqual(await page.locator(".facts dd").allInnerTexts(), ["Unknown", "Unknown"]);
  silent = false;
  await says(page, "#headline", "40 of 500");
  await page.locator("#pause:enabled").waitFor();
  await page.locator("#export-log:enabled").waitFor();
  await page.locator("#restart").waitFor({ state: "hidden" });
  await page.locator("#headline:focus").waitFor();
});

test("for a worker that Chrome has lost there is a restart at once: it comes back by nothing else", async (t) => {
  const browser = await startPagesBrowser();
  t.after(() => browser.stop());
  const { page } = await openOver(browser, POPUP, idleStatus(), { status: () => new Promise(() => {}) }, (fresh) => fresh.addInitScript(losing));
  await says(page, "#headline", "Chrome has lost Liaison's background worker");
  await page.locator("#restart").waitFor();
  assert.equal(await page.evaluate(() => globalThis.askedBefore), 1);
});

/** In the page: Chrome has no worker, and it is noted how often one was asked before the restart was offered. */
function losing() {
  navigator.serviceWorker.getRegistrations = async () => [];
  const ask = chrome.runtime.sendMessage;
  let asked = 0;
  chrome.runtime.sendMessage = (message) => (asked++, ask(message));
  const look = () => (globalThis.askedBefore ??= document.getElementById("restart")?.hidden === false ? asked : undefined);
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

test("a core that is down starts again by itself; where it does not, there is a restart", async (t) => {
  const browser = await startPagesBrowser();
  t.after(() => browser.stop());
  let asked = 0;
  const down = { ok: false, error: { code: "core_down", message: "The agent stopped.", remedy: "It starts again." } };
  const { page } = await openOver(browser, POPUP, idleStatus(), { status: () => (asked++, down) });
  await says(page, "#attention", "It starts again.");
  await page.locator("#restart").waitFor();
  assert.ok(asked >= 3, `${asked}`);
});

test("a server that goes is said to be silent since then; back again, it is worked for", async (t) => {
  const { server, browser } = await worldFor(t);
  const popup = await browser.open(POPUP);
  await toned(popup, "#server-state", "good");
  await server.stop();
  await says(popup, "#headline", /The server has not answered since .*\d:\d\d/);
  await toned(popup, "#server-state", "bad");
  await says(popup, "#attention", "Check that the server runs");
  // What can be done without it is done.
  await popup.locator("#pause").check();
  await says(popup, "#headline", "Paused");
  await popup.locator("#pause").uncheck();

  const again = await serve(server.database, new URL(server.url).host);
  t.after(() => again.stop());
  await toned(popup, "#server-state", "good");
  await popup.locator("#attention").waitFor({ state: "hidden" });
  assert.equal((await server.runFetch({ count: 3 })).status, "completed");
  await says(popup, "#headline", "Ready for the next task.");
});

/** A page in a window of its own. */
async function inNewWindow({ context, origin }, opener, path) {
  const [page] = await Promise.all([
    context.waitForEvent("page"),
    opener.evaluate((url) => chrome.windows.create({ url }), `${origin}/${path}`),
  ]);
  await page.waitForLoadState();
  return page;
}

test("in two windows the same is true, and one invitation gets one answer", async (t) => {
  const { server, simulator, browser } = await worldFor(t);
  const one = await browser.open(POPUP);
  const two = await inNewWindow(browser, one, POPUP);
  const windows = await Promise.all([one, two].map((page) => page.evaluate(async () => (await chrome.windows.getCurrent()).id)));
  assert.notEqual(windows[0], windows[1]);

  await one.locator("#pause:enabled").check();
  await two.locator("#pause:checked").waitFor();
  await says(two, "#headline", "Paused");
  await two.locator("#pause").uncheck();
  await says(one, "#headline", "Ready for the next task.");
  assert.equal(await one.locator("#pause").isChecked(), false);

  const options = await inNewWindow(browser, one, "options/options.html");
  await options.locator("#ask_before_invite:enabled").check();
  await toned(options, "#ask_before_invite-said", "good");
  const task = await server.sendInvitation(SOMEONE);
  for (const page of [one, two]) await page.locator(".approval .approve:enabled").waitFor();
  await two.locator(".approval .approve").click();
  await one.locator(".approval").waitFor({ state: "hidden" });
  assert.equal((await server.finished(task)).status, "completed");
  for (const page of [one, two]) await says(page, "#usage-day-said", "1 of 20");
  assert.deepEqual(await invitationsSeen(simulator), [{ id: SOMEONE.profile_urn, note: null }]);
});

test("the toolbar's button says by a sign and in words what the popup says", async (t) => {
  const { browser } = await worldFor(t);
  const popup = await browser.open(POPUP);
  const shows = (text, title) =>
    popup.waitForFunction(
      async ([text, title]) => (await chrome.action.getBadgeText({})) === text && (await chrome.action.getTitle({})) === title,
      [text, title],
    );
  await shows("", "Liaison");
  await popup.locator("#pause:enabled").check();
  await shows("II", "Liaison: Paused");
  await popup.locator("#pause").uncheck();
  await shows("", "Liaison");
  await browser.signOut();
  await shows("!", "Liaison: Nobody is signed in to LinkedIn in this browser.");
  const [worker] = browser.context.serviceWorkers();
  for (const icon of ["icon", "still"]) {
    await worker.evaluate((icon) => chrome.action.setIcon({ path: { 16: `/icons/${icon}-16.png`, 32: `/icons/${icon}-32.png` } }), icon);
  }
});

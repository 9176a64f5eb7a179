// "Ask me before each invitation", cancelling, and the log: what a person decides and keeps, with the real worker.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { invitationsSeen, says, toned, worldFor } from "./support.mjs";

const SOMEONE = { profile_urn: "ACoAABCDEF123", note: "A note for one person only" };
const SOMEONE_ELSE = { profile_urn: "ACoAAHIJKLMNOPQRST" };

/** A world whose person wants to be asked before each invitation. */
async function asking(t) {
  const world = await worldFor(t);
  const options = await world.browser.open("options/options.html");
  await options.locator("#ask_before_invite:enabled").check();
  await toned(options, "#ask_before_invite-said", "good");
  await options.close();
  return { ...world, popup: await world.browser.open("popup/popup.html") };
}

/** An invitation that waits in the popup. */
async function waiting({ server, popup }, person) {
  const task = await server.sendInvitation(person);
  await server.waitingFor(task, "approval");
  await popup.locator(".approval").waitFor();
  return task;
}

test("an invitation waits to be approved while reading goes on, survives the worker's end, and is then sent once", async (t) => {
  const world = await asking(t);
  const { server, simulator, browser, popup } = world;
  const task = await waiting(world, SOMEONE);
  assert.equal(await popup.locator(".approval a").getAttribute("href"), `https://www.linkedin.com/in/${SOMEONE.profile_urn}/`);
  assert.equal(await popup.locator(".approval-note").innerText(), SOMEONE.note);
  await says(popup, "#waiting", "while one waits for your answer");
  assert.equal((await server.runFetch({ count: 2 })).status, "completed");
  await browser.stopWorker();
  await says(popup, "#headline", "An invitation waits for your answer.");
  assert.deepEqual(await invitationsSeen(simulator), []);

  await popup.locator(".approval .approve").click();
  await popup.locator(".approval").waitFor({ state: "hidden" });
  const { status, task_output: output } = await server.finished(task);
  assert.deepEqual([status, output], ["completed", { sent: true }]);
  assert.deepEqual(await invitationsSeen(simulator), [{ id: SOMEONE.profile_urn, note: SOMEONE.note }]);
});

test("refused, it ends cancelled and is never sent; the next one is asked about anew", async (t) => {
  const world = await asking(t);
  const { server, simulator, popup } = world;
  const task = await waiting(world, SOMEONE);
  await popup.locator(".approval .refuse").click();
  const { status, task_output: output } = await server.finished(task);
  assert.deepEqual([status, output.code], ["failed", "cancelled"]);
  await says(popup, "#recent", "The task was cancelled.");

  await waiting(world, SOMEONE_ELSE);
  assert.equal(await popup.locator(".approval").count(), 1);
  assert.deepEqual(await invitationsSeen(simulator), []);
});

test("cancelled by its program while it waits, it leaves the popup", async (t) => {
  const world = await asking(t);
  const { server, simulator, popup } = world;
  const task = await waiting(world, SOMEONE);
  const { status } = await server.call("POST", "/linkedin-agent/cancel-task", { api_agent_task_id: task });
  assert.equal(status, 200);
  await popup.locator(".approval").waitFor({ state: "hidden" });
  const ended = await server.finished(task);
  assert.deepEqual([ended.status, ended.task_output.code], ["failed", "cancelled"]);
  assert.deepEqual(await invitationsSeen(simulator), []);
});

/** A read of many rows that has its first page, and asks for the second when its test lets it. */
async function halfRead(t) {
  const world = await worldFor(t, { connections: 600 });
  await world.simulator.listFault({ kind: "hold", when: "before", id: "second page" }, { nth: 2 });
  const popup = await world.browser.open("popup/popup.html");
  const task = await world.server.fetchConnections({ count: 500 });
  await world.simulator.whenHeld("second page");
  return { ...world, popup, task };
}

async function endsCancelled({ server, popup, task }) {
  const { status, task_output: output } = await server.finished(task);
  assert.deepEqual([status, output?.code], ["failed", "cancelled"]);
  await says(popup, "#recent", "The task was cancelled.");
  await popup.locator("#running").waitFor({ state: "hidden" });
}

test("a running read is cancelled from the popup, and asks for no further page", async (t) => {
  const world = await halfRead(t);
  await world.popup.locator("#cancel-task").click();
  await world.simulator.release("second page");
  await endsCancelled(world);
  assert.equal((await world.simulator.pages()).length, 2);
  assert.equal((await world.server.runFetch({ count: 1 })).status, "completed");
});

test("and by its program, at the next sign of life", async (t) => {
  const world = await worldFor(t, { connections: 600 });
  const { server, browser, simulator } = world;
  const options = await browser.open("options/options.html");
  // Longer than a heartbeat, so that one comes before the next page.
  await options.locator("#read_gap_ms:enabled").fill("30");
  await options.locator("#read_gap_ms").press("Enter");
  await toned(options, "#read_gap_ms-said", "good");
  const popup = await browser.open("popup/popup.html");
  const task = await server.fetchConnections({ count: 500 });
  await says(popup, "#running-count", "100 of 500");
  assert.equal((await server.call("POST", "/linkedin-agent/cancel-task", { api_agent_task_id: task })).status, 200);
  await endsCancelled({ server, popup, task });
  assert.equal((await simulator.pages()).length, 1);
});

test("the log says what was done and for whom, and holds no note, name or keyword", async (t) => {
  const { server, simulator, browser } = await worldFor(t);
  const popup = await browser.open("popup/popup.html");
  await toned(popup, "#linkedin-state", "good");
  const read = await server.runFetch({ keyword: "john", count: 5 });
  const sent = await server.runInvitation(SOMEONE);
  assert.deepEqual([read.status, sent.status], ["completed", "completed"]);
  const [file] = await Promise.all([popup.waitForEvent("download"), popup.locator("#export-log").click()]);
  const text = readFileSync(await file.path(), "utf8");
  const { log } = JSON.parse(text);
  const common = { outcome: "completed", code: null, server: server.url };
  assert.deepEqual(log.map(({ at, ...entry }) => entry), [
    { task: read.id, task_type: "agent_fetch_connections", target: null, ...common },
    { task: sent.id, task_type: "agent_send_connection_request", target: `urn:li:fsd_profile:${SOMEONE.profile_urn}`, ...common },
  ]);
  for (const { at } of log) assert.equal(new Date(at).toISOString(), at);
  const [{ first_name: name }] = read.task_output.connections;
  for (const secret of [SOMEONE.note, "john", name]) assert.ok(!text.toLowerCase().includes(secret.toLowerCase()), secret);
  assert.equal((await simulator.journal()).counts.posts, 1);

  const options = await browser.open("options/options.html");
  await options.locator("#erase-log").click();
  await options.locator("#erase-confirm").click();
  await says(options, "#data-said", "The log is erased");
  await options.locator("#export-log").click();
  await says(options, "#data-said", "The log is empty");
  await says(popup, "#usage-day-said", "1 of 20");
});

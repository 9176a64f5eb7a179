// Tasks as they come, go on and end while somebody looks.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { finished, invitation, plainState, row, task } from "./fake-server.mjs";
import { broughtUpToDate, says, signedIn, startChromium } from "./support.mjs";

let chromium;
before(async () => void (chromium = await startChromium()));
after(() => chromium?.stop());

const many = (count) => Array.from({ length: count }, (_, at) => task(`n${at}`, {}, { keyword: `number ${at}.` }));

test("a task goes on before one's eyes, and the keyboard stays where it was", async (t) => {
  const one = task("one");
  const { page, server } = await signedIn(t, chromium, { state: plainState({ tasks: [one] }) });
  await page.locator('.card [data-control="open"]').focus();
  Object.assign(one, { status: "processing", progress: { done: 40, of: 500 } });
  await says(page, ".card", "40 of 500");
  assert.equal(await page.locator("progress").getAttribute("aria-label"), "How far it is: 40 of 500");
  await page.locator('.card [data-control="open"]:focus').waitFor();
  Object.assign(one, { progress: undefined, waiting: { reason: "challenge", until: null } });
  await says(page, ".waiting", "pass the check on LinkedIn");
  server.state.tasks = [invitation("two"), Object.assign(one, { status: "completed", waiting: undefined })];
  await page.locator('.card:nth-child(2) [data-control="open"]:focus').waitFor();
  assert.deepEqual(await page.locator(".state").allInnerTexts(), ["In the queue", "Done"]);
});

test("an unchanged list is left alone", async (t) => {
  const { page } = await signedIn(t, chromium, { state: plainState({ tasks: many(2) }) });
  await page.locator(".card").first().evaluate((card) => void (card.dataset.mark = "kept"));
  await broughtUpToDate(page);
  assert.equal(await page.locator('.card[data-mark="kept"]').count(), 1);
});

test("at midnight what was made today becomes what was made yesterday", async (t) => {
  const now = Date.UTC(2026, 10, 27, 23, 50);
  const made = { created_at: new Date(now - 60_000).toISOString() };
  const { page } = await signedIn(t, chromium, { state: plainState({ tasks: [task("one", made)] }) });
  for (const [view, place] of [["tasks", ".card"], ["tasks/one", "#task-state"]]) {
    await page.clock.install({ time: now });
    await page.evaluate((view) => void (location.hash = `#/t1/${view}`), view);
    await page.reload();
    await says(page, place, "Created 23:49");
    await page.clock.fastForward(900_000);
    await says(page, place, "Created 27 Nov, 23:49");
  }
});

test("pages by cursor, forth and back", async (t) => {
  const { page } = await signedIn(t, chromium, { state: plainState({ tasks: many(30) }) });
  await says(page, ".card", "number 0.");
  assert.equal(await page.locator(".card").count(), 25);
  await page.getByRole("button", { name: "Older" }).press("Enter");
  await says(page, ".card", "number 29.");
  await says(page, ".pages", "Page 2");
  assert.equal(await page.locator(".card").count(), 5);
  await page.getByRole("button", { name: "Newer" }).press("Enter");
  await says(page, ".card", "number 0.");
});

test("a page turned twice at once is turned once, and no answer of another page is shown as this one", async (t) => {
  const { page, server } = await signedIn(t, chromium, { state: plainState({ tasks: many(60) }) });
  await says(page, ".card", "number 0.");
  const older = page.getByRole("button", { name: "Older" });
  await older.evaluate((button) => (button.click(), button.click()));
  await says(page, ".pages", "Page 2");
  await says(page, ".card", "number 25.");
  await older.click();
  await says(page, ".pages", "Page 3");
  await says(page, ".card", "number 59.");
  await page.locator("nav.pages button:focus").filter({ hasText: "Newer" }).waitFor();
  // An answer that was under way when the filter was changed; the next question is asked once the page has it.
  const held = () => new Promise((resolve) => void (server.answers["GET /admin/v1/teams/t1/tasks"] = resolve));
  const late = await held();
  await page.getByLabel("State").selectOption("failed");
  const next = held();
  late.say(200, { success: true, data: [task("late", {}, { keyword: "too late" })], next_cursor: "1" });
  const { query, say } = await next;
  delete server.answers["GET /admin/v1/teams/t1/tasks"];
  assert.equal(query.get("status"), "failed");
  assert.equal(await page.getByText("too late").count(), 0);
  say(200, { success: true, data: [], next_cursor: null });
  await says(page, ".empty", "No task is like that.");
});

test("filters stand in the address, and leave the keyboard alone", async (t) => {
  const { page } = await signedIn(t, chromium, { state: plainState({ tasks: [task("one"), invitation("two"), finished("three", [row()])] }) });
  await page.getByLabel("Kind").selectOption({ label: "Send an invitation" });
  await page.waitForFunction(() => document.querySelectorAll(".card").length === 1);
  await page.getByLabel("State").selectOption({ label: "Failed" });
  await says(page, ".empty", "No task is like that.");
  await page.reload();
  await says(page, ".empty", "No task is like that.");
  assert.equal(await page.getByLabel("State").inputValue(), "failed");
});

test("cancelling asks first, begins at the way out, and gives the keyboard back", async (t) => {
  const { page, server } = await signedIn(t, chromium, { state: plainState({ tasks: [task("one"), invitation("two", { status: "processing" })] }) });
  const cancel = page.getByRole("button", { name: "Cancel the task: Send an invitation" });
  await cancel.press("Enter");
  await says(page, "dialog", "it is not taken back");
  await page.locator("dialog button:focus").filter({ hasText: "Let it go on" }).press("Enter");
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.equal(await cancel.evaluate((button) => button === document.activeElement), true);
  assert.deepEqual(server.asked.filter(({ path }) => path.includes("cancel")), []);
  await cancel.press("Enter");
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await cancel.press("Enter");
  await page.getByRole("button", { name: "Cancel the task", exact: true }).press("Enter");
  await says(page, ".state", "Being cancelled");
  await says(page, "#said", "The server was told");
  assert.deepEqual(server.asked.filter(({ path }) => path.includes("cancel")).map(({ method, path }) => `${method} ${path}`), ["POST /admin/v1/teams/t1/tasks/two/cancel"]);
});

test("a refusal stands in every view until the next press, though the server answers again", async (t) => {
  const state = () => plainState({ tasks: [task("one")] });
  for (const [view, path, press] of [
    ["tasks", "POST /admin/v1/teams/t1/tasks/one/cancel", "Cancel the task: Read connections"],
    ["tasks/one", "POST /admin/v1/teams/t1/tasks/one/cancel", "Cancel the task"],
    ["keys", "DELETE /admin/v1/teams/t1/keys/k1", "Revoke nightly"],
    ["browsers", "DELETE /admin/v1/teams/t1/agents/a1", "Revoke Chrome on Linux"],
  ]) {
    const { page, server } = await signedIn(t, chromium, { view, state: state() });
    const button = page.getByRole("button", { name: press });
    server.answers[path] = ({ refuse }) => refuse(503, "storage_unavailable");
    await button.click();
    await page.locator("dialog .danger").click();
    await says(page, ".problem", "cannot use its database");
    await broughtUpToDate(page);
    assert.equal(await page.getByText("cannot use its database").count(), 1, view);
    await button.click();
    await page.locator("dialog").waitFor();
    assert.equal(await page.getByText("cannot use its database").count(), 0, view);
  }
});

test("a refused cancelling is said, and one without an answer is not said to have failed", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "tasks/one", state: plainState({ tasks: [task("one")] }) });
  const press = async () => {
    await page.getByRole("button", { name: "Cancel the task" }).click();
    await page.locator("dialog .danger").click();
  };
  server.answers["POST /admin/v1/teams/t1/tasks/one/cancel"] = ({ refuse }) => refuse(503, "storage_unavailable");
  await press();
  await says(page, ".problem", "cannot use its database");
  server.answers["POST /admin/v1/teams/t1/tasks/one/cancel"] = ({ say }) => say(502, "lost");
  await press();
  await says(page, ".problem", "It may have been done or not");
});

test("one task: what was asked for, what happened, its end, and its deletion", async (t) => {
  const one = invitation("one", {}, { note: "Hello\nthere" });
  const { page, server } = await signedIn(t, chromium, { view: "tasks/one", state: plainState({ tasks: [one] }) });
  await says(page, ".facts", "Hello");
  await says(page, ".timeline", "The server took it");
  one.events.push({ at: "2026-11-27T08:00:02.000Z", event: "offered", attempt: 2 }, { at: "2026-11-27T08:00:03.000Z", event: "failed", code: "blocked" });
  Object.assign(one, { status: "failed", task_output: { code: "blocked", error: "x", remedy: "y" } });
  await says(page, ".problem-message", "LinkedIn refused the request");
  assert.equal(await page.locator(".timeline li").count(), 3);
  await says(page, ".timeline li", "Offered to a browser: attempt 2");
  await page.getByRole("button", { name: "Delete the task" }).click();
  await page.getByRole("button", { name: "Delete the task" }).last().click();
  await says(page, ".empty", "No task yet");
  await says(page, "#said", "The task is deleted.");
  assert.equal(server.state.tasks.length, 0);
});

test("a deleted task leaves nothing of itself on the page", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "tasks/one", state: plainState({ tasks: [task("one", {}, { keyword: "Secret" })] }) });
  await says(page, ".facts", "Secret");
  server.state.tasks = [];
  await says(page, ".problem", "There is no such task");
  assert.equal(await page.getByText("Secret").count(), 0);
});

test("going from view to view: the heading has the keyboard, the address can be gone back", async (t) => {
  const { page } = await signedIn(t, chromium, { state: plainState({ tasks: [task("one")] }) });
  await page.locator('[data-control="open"]').press("Enter");
  await page.locator("h1:focus").filter({ hasText: "Task" }).waitFor();
  assert.equal(await page.title(), "Task · Liaison");
  await page.goBack();
  await page.locator("h1:focus").filter({ hasText: "Tasks" }).waitFor();
  assert.equal(await page.locator("#views [aria-current=page]").innerText(), "Tasks");
  await page.locator("#skip").focus();
  await page.keyboard.press("Enter");
  await page.locator("h1:focus").waitFor();
});

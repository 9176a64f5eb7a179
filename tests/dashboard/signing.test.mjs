// Who is signed in, and what becomes of the page when nobody is any more, or when no answer comes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN_KEY, plainState, task } from "./fake-server.mjs";
import { axe, broughtUpToDate, pageOver, says, signedIn, startChromium } from "./support.mjs";

let chromium;
before(async () => void (chromium = await startChromium()));
after(() => chromium?.stop());

test("with the keyboard alone: a key, a wrong key, none", async (t) => {
  const { page, server } = await pageOver(t, chromium);
  await page.goto(server.url);
  await page.locator("#admin-key:focus").waitFor();
  await page.keyboard.press("Enter");
  await says(page, "#sign-in-problem", "Enter an admin key.");
  await page.keyboard.type("lsk_wrong");
  await page.keyboard.press("Enter");
  await says(page, "#sign-in-problem", "no admin key of this server");
  await axe(page, "a wrong key");
  await page.locator("#admin-key:focus").waitFor();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(ADMIN_KEY);
  await page.keyboard.press("Enter");
  await says(page, "#who", "laptop");
  assert.equal(await page.locator("#admin-key").count(), 0);
  assert.equal(await page.evaluate((key) => document.documentElement.outerHTML.includes(key) || JSON.stringify({ ...localStorage, ...sessionStorage }).includes(key), ADMIN_KEY), false);
});

test("too many wrong keys: the page says when to come again", async (t) => {
  const { page, server } = await pageOver(t, chromium);
  server.answers["POST /dashboard/session"] = ({ say }) => say(429, { success: false, error: "too often", code: "wrong_too_often" }, { "Retry-After": "600" });
  await page.goto(server.url);
  await page.locator("#admin-key").fill("lak_x");
  await page.locator("#admin-key").press("Enter");
  await says(page, "#sign-in-problem", /Too many wrong keys.*Try again in 10 min/s);
});

test("a reload needs no key, and signing out ends the session at the server", async (t) => {
  const { page, server } = await signedIn(t, chromium);
  await page.reload();
  await page.locator("#sign-out").click();
  await says(page, "#sign-in-problem", "You are signed out.");
  assert.equal(server.sessions.size, 0);
  await page.reload();
  await page.locator("#admin-key").waitFor();
});

test("without an answer to signing out, nobody is told that it is done", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "try" });
  server.silent = true;
  await page.locator("#sign-out").click();
  await says(page, "main", "you may still be signed in");
  assert.equal(await page.locator("#admin-key").count(), 0);
});

test("a session that ends takes what stood there with it, and one goes on in the same place", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "tasks/one", state: plainState({ tasks: [task("one", {}, { keyword: "Secret" })] }) });
  await says(page, ".facts", "Secret");
  server.sessions.clear();
  await says(page, "#sign-in-problem", "Your session has ended");
  await page.locator("#admin-key:focus").waitFor();
  assert.equal(await page.getByText("Secret").count(), 0);
  assert.ok(await page.locator("#views").isHidden());
  await page.locator("#admin-key").fill(ADMIN_KEY);
  await page.locator("#admin-key").press("Enter");
  await says(page, ".facts", "Secret");
});

test("a session that ends takes nothing that was typed: the same key in the same place goes on with it", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "keys" });
  const again = async () => {
    await page.locator("#admin-key").fill(ADMIN_KEY);
    await page.locator("#admin-key").press("Enter");
    await page.locator("#sign-out").waitFor();
  };
  await page.locator("#key-name").fill("first");
  await page.locator("#key-name").press("Enter");
  await page.locator("#made-key").waitFor();
  await page.locator("#key-name").fill("half a na");
  server.sessions.clear();
  await says(page, "#sign-in-problem", "Your session has ended");
  assert.equal(await page.locator("#key-name, #made-key").count(), 0);
  await again();
  await page.locator("#key-name:focus").waitFor();
  assert.equal(await page.locator("#key-name").inputValue(), "half a na");
  assert.equal(await page.locator("#made-key").inputValue(), "lsk_of-a-test");
  await broughtUpToDate(page);
  assert.equal(await page.title(), "API keys · Liaison");

  server.sessions.clear();
  await says(page, "#sign-in-problem", "Your session has ended");
  server.keyName = "another";
  await again();
  await says(page, ".card", "first");
  assert.equal(await page.locator("#key-name").inputValue(), "");
  assert.equal(await page.locator("#made-key").count(), 0);

  await page.locator("#key-name").fill("typed");
  await page.locator("#sign-out").click();
  await says(page, "#sign-in-problem", "signed out");
  await again();
  await says(page, ".card", "first");
  assert.equal(await page.locator("#key-name").inputValue(), "");
});

test("an answer after a silence ends it, even if it is that the session is over", async (t) => {
  const { page, server } = await signedIn(t, chromium);
  await page.locator(".empty").waitFor();
  server.silent = true;
  await says(page, "#silence", "has not answered since");
  server.sessions.clear();
  server.silent = false;
  await says(page, "#sign-in-problem", "Your session has ended");
  await page.locator("#silence").waitFor({ state: "hidden" });
  assert.equal(await page.locator("[data-silent]").count(), 0);
});

test("a view that asks nothing by itself keeps no silence of another", async (t) => {
  const { page, server } = await signedIn(t, chromium);
  await page.locator(".empty").waitFor();
  server.silent = true;
  await says(page, "#silence", "has not answered since");
  await page.getByRole("link", { name: "Try it" }).first().click();
  await page.locator("#try-keyword").waitFor();
  assert.ok(await page.locator("#silence").isHidden());
});

test("signing out with the token of another tab's session is said once more, and another refusal in its own words", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "try" });
  server.answers["DELETE /dashboard/session"] = ({ refuse }) => refuse(503, "storage_unavailable");
  for (let press = 0; press < 2; press++) await page.locator("#sign-out").click();
  await says(page, "#sign-out-problem", "cannot use its database");
  assert.equal(await page.getByText("cannot use its database").count(), 1);
  delete server.answers["DELETE /dashboard/session"];
  for (const id of server.sessions.keys()) server.sessions.set(id, "another token");
  await page.locator("#sign-out").click();
  await says(page, "#sign-in-problem", "You are signed out.");
  assert.equal(server.sessions.size, 0);
});

test("who is signed in is asked for until it is known: a refusal is no end of a session", async (t) => {
  const { page, server } = await signedIn(t, chromium);
  server.answers["GET /dashboard/session"] = ({ refuse }) => refuse(503, "storage_unavailable");
  await page.reload();
  await says(page, "main", "cannot use its database");
  assert.equal(await page.locator("#admin-key").count(), 0);
  delete server.answers["GET /dashboard/session"];
  await says(page, ".empty", "No task yet");
});

test("signed in anew in another tab, this one goes on with the new token", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "keys" });
  const other = await page.context().newPage();
  await other.goto(server.url);
  await other.evaluate((key) => fetch("dashboard/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ admin_key: key }) }), ADMIN_KEY);
  await page.locator("#key-name").fill("from the first tab");
  await page.locator("#key-name").press("Enter");
  await says(page, "main", "from the first tab");
  assert.equal(server.state.keys.length, 2);
});

test("no answer: said with since when, nothing shown as live, and over when one comes", async (t) => {
  const running = task("one", { status: "processing", progress: { done: 1, of: 2 } });
  const { page, server } = await signedIn(t, chromium, { state: plainState({ tasks: [running] }) });
  await page.locator("progress").waitFor();
  server.silent = true;
  await says(page, "#silence", /has not answered since .*may not be so now/s);
  assert.ok(await page.locator("progress").isHidden());
  assert.ok(await page.locator(".live").isHidden());
  await axe(page, "silent");
  running.progress.done = 2;
  server.silent = false;
  await page.locator("#silence").waitFor({ state: "hidden" });
  await says(page, ".progress", "2 of 2");
});

test("a server that is not there at first is waited for", async (t) => {
  const { page, server } = await pageOver(t, chromium);
  server.answers["GET /dashboard/session"] = ({ say }) => say(502, "bad gateway");
  await page.goto(server.url);
  await says(page, "#silence", "The server does not answer.");
  delete server.answers["GET /dashboard/session"];
  await page.locator("#admin-key").waitFor();
  await page.locator("#silence").waitFor({ state: "hidden" });
});

test("no team, one team, several", async (t) => {
  const { page, server } = await signedIn(t, chromium, { state: plainState({ teams: [] }) });
  await says(page, "main", "liaison-server team add");
  server.state.teams = [{ id: "t1", name: "Sales" }, { id: "t2", name: "Research" }];
  await page.locator("#team").selectOption("t2");
  await page.waitForFunction(() => location.hash.startsWith("#/t2/"));
  await page.evaluate(() => void (location.hash = "#/t9/keys"));
  await says(page, "main", "not on this server any more");
  server.state.teams.push({ id: "t9", name: "Younger than the page" });
  await says(page, ".card", "nightly");
  server.state.teams.pop();
  await page.reload();
  await says(page, "main", "not on this server any more");
  server.state.teams.pop();
  await page.goto(server.url);
  await page.locator("#team:disabled").waitFor();
});

// A finished list as a table: whatever strangers are called is text, and LinkedIn's picture server is asked for nothing unasked.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { finished, plainState, row } from "./fake-server.mjs";
import { busyState, HOSTILE, ROWS } from "./scenes.mjs";
import { axe, says, signedIn, startChromium } from "./support.mjs";

let chromium;
before(async () => void (chromium = await startChromium()));
after(() => chromium?.stop());

const VIEW = "tasks/list/connections";
const names = (page) => page.locator(".rows tbody th").allInnerTexts();

/** The table, and what the browser asked of anybody but the server. */
async function table(t, rows = ROWS, more = {}) {
  const { page, server } = await signedIn(t, chromium, { view: "tasks/list", state: plainState({ tasks: [finished("list", rows, {}, more)] }) });
  const elsewhere = [];
  await page.route((url) => url.origin !== new URL(server.url).origin, (route) => {
    elsewhere.push(route.request().url());
    return route.fulfill({ contentType: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"/>' });
  });
  await page.getByRole("link", { name: "Show as a table" }).click();
  await page.locator(".rows tbody tr").first().waitFor();
  return { page, server, elsewhere };
}

test("hostile names are text, and lead nowhere but to LinkedIn", async (t) => {
  const { page } = await table(t);
  assert.ok((await names(page)).includes(HOSTILE));
  assert.equal(await page.locator(".rows img, .rows script").count(), 0);
  assert.equal(await page.title(), "Connections · Liaison");
  const links = await page.locator(".rows a").evaluateAll((found) => found.map(({ href, rel, target }) => ({ href, rel, target })));
  assert.equal(links.length, 6);
  for (const { href, rel, target } of links) {
    assert.match(href, /^https:\/\/www\.linkedin\.com\/in\/[^/?#]+\/$/);
    assert.deepEqual([rel, target], ["noopener noreferrer", "_blank"]);
  }
});

test("pictures only when they are switched on, from LinkedIn's picture server alone, and without saying where one is", async (t) => {
  const { page, elsewhere } = await table(t);
  const pictures = page.getByRole("switch", { name: "Show pictures" });
  assert.match(await pictures.evaluate((box) => document.getElementById(box.getAttribute("aria-describedby")).textContent), /media\.licdn\.com/);
  assert.deepEqual(elsewhere, []);
  await pictures.press("Space");
  await page.locator(".rows img").waitFor();
  await page.waitForFunction(() => document.querySelector(".rows img").naturalWidth > 0);
  assert.deepEqual(elsewhere, ["https://media.licdn.com/dms/image/v2/SIM/0"]);
  assert.equal(await page.locator(".rows img").getAttribute("referrerpolicy"), "no-referrer");
  await axe(page, "with pictures");
  await pictures.press("Space");
  await page.locator(".rows img").waitFor({ state: "detached" });
});

test("sorted by a head, three ways, and found by a part of name or headline", async (t) => {
  const { page } = await table(t, ["Zoe", "ada", "Bo"].map((name) => row({ name, headline: `${name} at work` })));
  const head = page.getByRole("button", { name: "Name" });
  await head.press("Enter");
  assert.deepEqual(await names(page), ["ada", "Bo", "Zoe"]);
  assert.equal(await page.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
  await head.press("Enter");
  assert.deepEqual(await names(page), ["Zoe", "Bo", "ada"]);
  await head.press("Enter");
  assert.deepEqual(await names(page), ["Zoe", "ada", "Bo"]);
  await page.getByLabel("Find in names and headlines").fill("BO AT");
  await says(page, "main", "1 of 3 shown");
  await page.getByLabel("Find in names and headlines").fill("nobody");
  await says(page, "main", "Nobody here is like that.");
});

test("five hundred rows, all of them", async (t) => {
  const { page } = await table(t, Array.from({ length: 500 }, (_, at) => row({ name: `Person ${at}`, headline: "x".repeat(190) })));
  await says(page, "main", "500 of 500 shown");
  assert.equal(await page.locator(".rows tbody tr").count(), 500);
});

test("the CSV is the server's, saved under the task's name; a session that has ended is noticed", async (t) => {
  const { page, server } = await table(t);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as CSV" }).click()]);
  assert.equal(download.suggestedFilename(), "connections-list.csv");
  assert.equal(JSON.parse(readFileSync(await download.path(), "utf8")), "name,headline");
  server.sessions.clear();
  await page.getByRole("button", { name: "Save as CSV" }).click();
  await says(page, "#sign-in-problem", "Your session has ended");
});

test("what has no list says so", async (t) => {
  const { page } = await signedIn(t, chromium, { view: "tasks/running/connections", state: busyState() });
  await says(page, ".problem", "This task has no list");
  await page.evaluate(() => void (location.hash = "#/t1/tasks/none/connections"));
  await says(page, ".problem", "There is no such task");
});

test("a refusal that passes is no end of the list", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "tasks/list", state: plainState({ tasks: [finished("list", ROWS)] }) });
  server.answers["GET /admin/v1/teams/t1/tasks/list"] = ({ refuse }) => refuse(503, "storage_unavailable");
  await page.evaluate(() => void (location.hash = "#/t1/tasks/list/connections"));
  await says(page, ".problem", "cannot use its database");
  delete server.answers["GET /admin/v1/teams/t1/tasks/list"];
  await page.locator(".rows tbody tr").first().waitFor();
  assert.equal(await page.getByText("cannot use its database").count(), 0);
});

test("an empty list says that it is", async (t) => {
  const { page } = await signedIn(t, chromium, { view: VIEW, state: plainState({ tasks: [finished("list", [])] }) });
  await says(page, "main", "This list has no rows.");
});

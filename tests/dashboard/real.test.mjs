// The dashboard of the real server, from a new browser's pairing to a list in the hand. What the page makes of rarer answers is
// in the other files of this folder.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startServer } from "../../scripts/world.mjs";
import { startFakeAgent } from "../clients/fake-agent.mjs";
import { row } from "./fake-server.mjs";
import { HOSTILE } from "./scenes.mjs";
import { axe, openPage, says, signIn, startChromium } from "./support.mjs";

const NETWORK = [row(), row({ name: HOSTILE, entity_urn: "urn:li:fsd_profile:ACoAASIM4290000002", public_identifier: "b" }), row({ name: "=1+1", entity_urn: "urn:li:fsd_profile:ACoAASIM4290000003", public_identifier: "c" })];
const FILES = join(import.meta.dirname, "../../crates/server/dashboard");
let chromium;
before(async () => void (chromium = await startChromium()));
after(() => chromium?.stop());

/** A server, its admin key, its one team, and a page that is signed in. */
async function world(t, view = "tasks") {
  const server = await startServer();
  const parts = [server];
  t.after(async () => {
    for (const part of parts.reverse()) await part.stop();
  });
  const withAgent = async (...how) => void parts.push(await startFakeAgent(...how));
  const key = await server.newAdminKey();
  const teams = await fetch(`${server.url}/admin/v1/teams`, { headers: { authorization: `Bearer ${key}` } });
  const [{ id: team }] = (await teams.json()).data;
  const page = await openPage(t, chromium.browser, { acceptDownloads: true });
  await signIn(page, `${server.url}/`, view, key, team);
  return { server, page, key, team, withAgent };
}

test("every module, style and picture of the page is served, with a policy that lets nothing else in", async (t) => {
  const { page, server } = await world(t);
  await says(page, ".empty", "No task yet");
  const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => /\.\w+$/.test(path)));
  const own = readdirSync(FILES).filter((name) => /\.(js|css)$/.test(name));
  const missing = own.filter((name) => !loaded.includes(`/dashboard/${name}`));
  assert.deepEqual(missing, []);
  for (const path of ["/", ...new Set(loaded)]) {
    const response = await fetch(`${server.url}${path}`);
    assert.equal(response.status, 200, path);
    const policy = response.headers.get("content-security-policy");
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(response.headers.get("cache-control"), "no-cache", path);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff", path);
  }
  assert.equal(await (await fetch(`${server.url}/`)).text(), readFileSync(join(FILES, "index.html"), "utf8"));
});

test("paired by the code on the page, tried by its form, read as a table, saved", async (t) => {
  const { page, withAgent } = await world(t, "browsers");
  await says(page, ".empty", "No browser is paired");
  await page.getByRole("button", { name: "Make a code" }).click();
  const pairingCode = await page.locator("#pairing-code").inputValue();
  const usage = { day: { used: 3, limit: 20 }, week: { used: 17, limit: 100 } };
  await withAgent({ url: await page.locator("#pairing-server").inputValue(), pairingCode }, NETWORK, { usage });
  await says(page, "#said", "Paired: ⁨fake⁩");
  await says(page, ".state", "Ready");
  await says(page, ".usage", "17 of 100");
  await axe(page, "browsers");

  await page.getByRole("link", { name: "Try it" }).click();
  await page.getByRole("button", { name: "Read them" }).click();
  await says(page, ".card .state", "Done");
  await page.locator('.card [data-control="open"]').click();
  await says(page, ".timeline", /The server took it.*Offered to a browser.*Done/s);
  await axe(page, "a task");
  await page.getByRole("link", { name: "Show as a table" }).click();
  await says(page, "main", "3 of 3 shown");
  assert.deepEqual(await page.locator(".rows tbody th").allInnerTexts(), ["Ada Sim", HOSTILE, "=1+1"]);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as CSV" }).click()]);
  const csv = readFileSync(await download.path(), "utf8");
  assert.equal(csv.split("\r\n").length, NETWORK.length + 2);
  assert.ok(csv.includes("'=1+1"), "a name is no formula");
  assert.equal(await page.title(), "Connections · Liaison");
});

test("an invitation waits for its browser, says why, and is cancelled and deleted", async (t) => {
  const { page, server, withAgent } = await world(t, "try");
  await withAgent(server, NETWORK);
  await page.getByLabel("Send an invitation").check();
  await page.locator("#try-urn").fill("vanity name");
  await page.keyboard.press("Enter");
  await says(page, "#try-problem", "profile_urn");
  await page.locator("#try-urn").fill("ACoAASIM4290000001");
  await page.keyboard.press("Enter");
  await says(page, ".card .state", "In the queue");
  await page.locator("#views a").filter({ hasText: "Tasks" }).click();
  await page.getByRole("button", { name: "Cancel the task: Send an invitation" }).click();
  await page.locator("dialog .danger").click();
  await says(page, ".card .state", "Failed");
  await page.locator('.card [data-control="open"]').click();
  await says(page, ".state", "Cancelled");
  await page.getByRole("button", { name: "Delete the task" }).click();
  await page.locator("dialog .danger").click();
  await says(page, ".empty", "No task yet");
});

test("a key made here opens the API, and no longer once it is revoked here", async (t) => {
  const { page, server } = await world(t, "keys");
  await page.locator("#key-name").fill("exporter");
  await page.getByRole("button", { name: "Make a key" }).click();
  const key = await page.locator("#made-key").inputValue();
  const asks = async () => (await fetch(`${server.url}/linkedin-agent/tasks`, { headers: { "x-api-key": key } })).status;
  assert.equal(await asks(), 200);
  await page.getByRole("button", { name: "Revoke exporter" }).click();
  await page.locator("dialog .danger").click();
  await says(page, "#said", "The key is revoked.");
  assert.equal(await asks(), 401);
});

test("tasks in pages and by filter, as the server gives them", async (t) => {
  const { page, server, withAgent } = await world(t);
  await withAgent(server, NETWORK, { state: "paused", accepts: [], waiting: [{ task_type: "agent_fetch_connections", reason: "paused", for_ms: null }] });
  for (let at = 0; at < 27; at++) await server.fetchConnections({ keyword: `number ${at}.` });
  await says(page, ".card", "number 26.");
  await says(page, ".waiting", "Its person has paused the extension.");
  await page.getByRole("button", { name: "Older" }).click();
  await says(page, ".card", "number 0.");
  await page.getByLabel("State").selectOption("completed");
  await says(page, ".empty", "No task is like that.");
});

test("signed out here, signed out at the server; a server that has ended is said to be gone", async (t) => {
  const { page, server, key, team } = await world(t);
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite], ["liaison_session", true, "Strict"]);
  await page.locator("#sign-out").click();
  await says(page, "#sign-in-problem", "signed out");
  const again = await fetch(`${server.url}/dashboard/session`, { headers: { cookie: `${cookie.name}=${cookie.value}` } });
  assert.equal(again.status, 401);
  await signIn(page, `${server.url}/`, "tasks", key, team);
  await server.stop();
  await says(page, "#silence", "has not answered since");
});

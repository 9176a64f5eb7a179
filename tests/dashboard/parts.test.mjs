// Browsers, pairing, API keys, and the form that tries the documented calls.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agent, plainState } from "./fake-server.mjs";
import { axe, says, signedIn, startChromium } from "./support.mjs";

let chromium;
before(async () => void (chromium = await startChromium()));
after(() => chromium?.stop());

const posted = (server) => server.asked.filter(({ path }) => path.startsWith("/admin"));

test("browsers come and go, and their limits are bars with words", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "browsers" });
  await says(page, ".usage", "31 of 100");
  const share = await page.getByLabel("24 hours").evaluate((meter) => meter.value);
  assert.equal(share, 0.2);
  server.state.agents = [agent({ online: false, last_seen_s: 300, usage: { day: { used: 20, limit: 20 }, week: { used: 31, limit: 0 }, at: "2026-11-27T08:00:00.000Z" } })];
  await says(page, ".state", "Not connected");
  await says(page, ".usage", /20 of 20, reached.*None allowed/s);
  await page.getByRole("button", { name: "Revoke Chrome on Linux" }).click();
  await says(page, "dialog", "paired anew");
  await page.locator("dialog .danger").click();
  await says(page, ".empty", "No browser is paired");
  assert.deepEqual(posted(server).map(({ method, path }) => `${method} ${path}`), ["DELETE /admin/v1/teams/t1/agents/a1"]);
});

test("a pairing code is shown with its time, and gone when a browser has used it", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "browsers" });
  await page.getByRole("button", { name: "Make a code" }).press("Enter");
  await page.locator("#pairing-code:focus").waitFor();
  assert.equal(await page.locator("#pairing-code").inputValue(), "ABCD-EFGH-JK");
  assert.equal(`${await page.locator("#pairing-server").inputValue()}/`, server.url);
  await says(page, ".once", /Good for another (9:5\d|10:00), until/);
  await axe(page, "a pairing code");
  assert.deepEqual(posted(server).map(({ path }) => path), ["/admin/v1/teams/t1/members/m1/pairing-codes"]);
  server.state.agents.push(agent({ id: "a2", name: "Edge on Windows" }));
  await says(page, "#said", "Paired: ⁨Edge on Windows⁩");
  await page.locator("#pairing-code").waitFor({ state: "detached" });
});

test("a pairing code ends with its ten minutes", async (t) => {
  const { page } = await signedIn(t, chromium, { view: "browsers", how: {} });
  await page.clock.install();
  await page.reload();
  await page.getByRole("button", { name: "Make a code" }).click();
  await page.locator("#pairing-code").waitFor();
  await page.clock.fastForward(601_000);
  await says(page, ".problem", "no longer good");
  assert.equal(await page.locator("#pairing-code").count(), 0);
});

test("a pairing code's time is counted by the server's clock, from when it came", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "browsers" });
  const then = Date.now() + 3_600_000;
  server.answers["POST /admin/v1/teams/t1/members/m1/pairing-codes"] = ({ say }) => say(200, { success: true, data: { code: "ABCD-EFGH-JK", expires_at: new Date(then + 600_000).toISOString() } }, { Date: new Date(then).toUTCString() });
  await page.getByRole("button", { name: "Make a code" }).click();
  await says(page, ".once", /Good for another (9:5\d|10:0\d), until/);
});

test("a key is shown once, copied, and not on the page afterwards", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "keys", how: { permissions: ["clipboard-read", "clipboard-write"] } });
  await page.getByRole("button", { name: "Make a key" }).click();
  await says(page, "#key-problem", "1 to 100 characters");
  await page.locator("#key-name:focus").fill("  exporter ");
  await page.getByLabel("Access").selectOption("read");
  await page.getByRole("button", { name: "Make a key" }).press("Enter");
  await page.locator("h2:focus").filter({ hasText: "exporter" }).waitFor();
  assert.deepEqual(posted(server)[0].body, { name: "exporter", access: "read", scopes: [] });
  assert.equal(await page.locator("#made-key").inputValue(), "lsk_of-a-test");
  await axe(page, "a key that was made");
  await page.getByRole("button", { name: "Copy" }).click();
  await says(page, "#made-key-said", "Copied.");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "lsk_of-a-test");
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator("h1:focus").waitFor();
  assert.equal(await page.locator("#made-key").count(), 0);
  await says(page, ".card", "exporter");
});

test("a key that is revoked is gone after a yes, and the keyboard is somewhere", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "keys" });
  await page.getByRole("button", { name: "Revoke nightly" }).press("Enter");
  await page.locator("dialog .danger").press("Enter");
  await says(page, ".empty", "no API key");
  await says(page, "#said", "The key is revoked.");
  assert.equal(server.state.keys.length, 0);
});

test("the form shows its command, makes the task, and follows it to its end", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "try" });
  await page.getByLabel("Names that contain").fill("O'Neil");
  await says(page, ".command", `-d '{"keyword":"O'\\''Neil","start":0,"count":40}'`);
  await page.getByLabel("How many rows").fill("501");
  await page.keyboard.press("Enter");
  await says(page, "#try-problem", "from 1 to 500");
  assert.equal(await page.locator("#try-count:focus").getAttribute("aria-invalid"), "true");
  await axe(page, "a wrong number");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await page.locator("#outcome-heading:focus").waitFor();
  assert.deepEqual(posted(server)[0].body, { keyword: "O'Neil", start: 0, count: 5 });
  const [made] = server.state.tasks;
  Object.assign(made, { status: "processing", progress: { done: 3, of: 5 } });
  await says(page, ".card", "3 of 5");
  Object.assign(made, { status: "completed", task_output: { total: 0, connections: [] } });
  await says(page, ".card .state", "Done");
});

test("an invitation: its note is counted, and it names whom it is for", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "try" });
  await page.getByLabel("Send an invitation").check();
  await page.getByLabel("Note, if any").fill(" Hello 🙂\n");
  await says(page, "form", "8 of 300 characters");
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await says(page, "#try-problem", "Enter whom to invite.");
  await page.locator("#try-urn:focus").fill("ACoAASIM4290000001");
  await page.keyboard.press("Enter");
  await says(page, "#outcome-heading", "The task is made");
  assert.deepEqual(posted(server)[0].body, { profile_urn: "ACoAASIM4290000001", note: " Hello 🙂\n" });
});

test("refusals have words, and a lost answer is asked again for under the same key", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "try" });
  const path = "POST /admin/v1/teams/t1/fetch-connections";
  const press = page.getByRole("button", { name: "Read them" });
  server.answers[path] = ({ refuse }) => refuse(403, "plugin_required", "Plugin installation required");
  await press.click();
  await says(page, "#try-problem", "No browser of this team was heard of lately");
  server.answers[path] = ({ say }) => say(502, "lost");
  await press.click();
  await says(page, "#try-problem", "it makes no second task");
  server.answers[path] = ({ refuse }) => refuse(503, "overtime");
  await press.click();
  await says(page, "#try-problem", /took the server too long.*it makes no second task/s);
  delete server.answers[path];
  await press.click();
  await says(page, "#outcome-heading", "The task is made");
  const [first, second, third, fourth] = posted(server).map(({ key }) => key);
  assert.match(first, /^[0-9a-f]{32}$/);
  assert.notEqual(first, second);
  assert.deepEqual([third, fourth], [second, second]);
});

test("a person who has an invitation already: the page says that it is the first one's task", async (t) => {
  const { page, server } = await signedIn(t, chromium, { view: "try", state: plainState() });
  server.answers["POST /admin/v1/teams/t1/send-connection-request"] = ({ say }) => say(200, { success: true, api_agent_task_id: "gone", message: "", deduplicated: true });
  await page.getByLabel("Send an invitation").check();
  await page.locator("#try-urn").fill("ACoAA");
  await page.keyboard.press("Enter");
  await says(page, "#outcome-heading", "has an invitation already");
  await says(page, "main", "It is not there any more.");
});

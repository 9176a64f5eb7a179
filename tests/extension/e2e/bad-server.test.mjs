// Servers that break the protocol, offer what does not exist, or say nothing at all.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pair, pairedWith, startBrowser, startSimulator } from "../../../scripts/world.mjs";
import { TOKEN, startFakeServer } from "./fake-server.mjs";
import { says, toned } from "./support.mjs";

let simulator, browser, fake;
before(async () => {
  [simulator, fake] = await Promise.all([startSimulator(), startFakeServer()]);
  browser = await startBrowser(simulator);
  await browser.signIn();
  await pairedWith(browser, { url: fake.url, token: TOKEN });
});
after(async () => {
  for (const part of [browser, fake, simulator]) await part?.stop();
});

let number = 0;
const task = (task_type, task_input) => ({ task: `task-${(number += 1)}`, task_type, task_input });
const fetchTask = (input) => task("agent_fetch_connections", input);

async function checkWorks() {
  const { status, task_output: output } = await fake.run(fetchTask({ count: 3 }));
  assert.equal(status, "completed");
  assert.equal(output.total, 3);
}

test("a server with poll and complete alone is enough", checkWorks);

const USELESS = /given no usable answer since .*\d:\d\d/;
for (const [nonsense, headline] of Object.entries({
  html: USELESS,
  garbage: USELESS,
  wrong_types: USELESS,
  nothing: /has not answered since .*\d:\d\d/,
  error: /answered with an error since .*\d:\d\d/,
  redirect: USELESS,
})) {
  test(`a server that answers ${nonsense} is polled again, and works when it makes sense again`, async (t) => {
    t.after(() => fake.speakSense());
    fake.speakNonsense(nonsense);
    await fake.nextPoll();
    await fake.nextPoll();
    const popup = await browser.open("popup/popup.html");
    await toned(popup, "#server-state", "bad");
    await says(popup, "#headline", headline);
    if (nonsense === "redirect") await says(popup, "#attention", "redirects elsewhere");
    await popup.close();
    fake.speakSense();
    await checkWorks();
  });
}

test("no redirect is followed", () => assert.equal(fake.strays, 0));

/** The person's own look at the connection. */
async function testConnection() {
  const page = await browser.open("options/options.html");
  await page.locator("#test:enabled").click();
  await toned(page, "#message", "good");
  await page.close();
}

for (const [nonsense, headline] of Object.entries({ busy: /asks to wait until .*\d:\d\d/, stranger: /no longer accepts/ })) {
  test(`a server that is ${nonsense} once is worked for again when Test connection has passed`, async (t) => {
    t.after(() => fake.speakSense());
    fake.speakNonsense(nonsense);
    const popup = await browser.open("popup/popup.html");
    await says(popup, "#headline", headline);
    await says(popup, "#attention", "Test connection");
    fake.speakSense();
    await testConnection();
    await toned(popup, "#server-state", "good");
    await popup.close();
    await checkWorks();
  });
}

test("a kind of task that does not exist ends unsupported, and the next one is carried out", async () => {
  const unknown = task("agent_fetch_a_url", { url: "https://example.com/" });
  const { status, task_output: output } = await fake.run(unknown, { always: true });
  assert.equal(status, "failed");
  assert.equal(output.code, "unsupported_task");
  await checkWorks();
});

for (const [type, input] of [
  ["agent_fetch_connections", { count: 0 }],
  ["agent_fetch_connections", { count: 501 }],
  ["agent_fetch_connections", { count: 1.5 }],
  ["agent_fetch_connections", { count: "40" }],
  ["agent_fetch_connections", { keyword: 7 }],
  ["agent_fetch_connections", { fields: "some" }],
  ["agent_send_connection_request", {}],
  ["agent_send_connection_request", { profile_urn: "urn:li:member:12345678" }],
  ["agent_send_connection_request", { profile_urn: "ACoAABCDEF123", note: "x".repeat(301) }],
]) {
  test(`${type} with ${JSON.stringify(input).slice(0, 60)} ends invalid and asks LinkedIn for nothing`, async () => {
    const { counts: before } = await simulator.journal();
    const { status, task_output: output } = await fake.run(task(type, input));
    assert.equal(status, "failed");
    assert.equal(output.code, "invalid_input");
    assert.equal((await simulator.journal()).counts.requests, before.requests);
  });
}

test("Test connection tells a web page from a task server", async (t) => {
  t.after(() => fake.speakSense());
  fake.speakNonsense("html");
  const page = await browser.open("options/options.html");
  await page.locator("#test:enabled").click();
  await toned(page, "#message", "bad");
  assert.equal(await page.locator("#steps li[data-tone=bad]").count(), 1);
  await says(page, "#steps li[data-tone=bad]", "Speak the agent protocol");
  await page.close();
  fake.speakSense();
  await checkWorks();
});

test("a token that the server does not know is refused, and the pairing stays as it was", async () => {
  const page = await pair(browser, { url: fake.url, token: "not-the-token" });
  await toned(page, "#message", "bad");
  await page.close();
  await checkWorks();
});

test("a token that the server takes back stops the agent, which says so, until a new one is pasted", async () => {
  fake.acceptOnly("another-token");
  const popup = await browser.open("popup/popup.html");
  await says(popup, "#headline", /no longer accepts/);
  await popup.close();
  await pairedWith(browser, { url: fake.url, token: "another-token" });
  await checkWorks();
});

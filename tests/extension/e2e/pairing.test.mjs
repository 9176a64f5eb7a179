// The person's way in and out: pairing by the options page, what the popup says, the pause switch.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fillPairing, pair, pairedWith } from "../../../scripts/world.mjs";
import { says, toned, worldFor } from "./support.mjs";

test("a wrong code is refused in words, the right one pairs, and forgetting ends it", async (t) => {
  const { server, browser } = await worldFor(t, { paired: false });
  const page = await pair(browser, { url: server.url, code: "wrong-code" });
  await toned(page, "#message", "bad");
  assert.notEqual((await page.locator("#message").innerText()).trim(), "");
  assert.ok(await page.locator("#forget").isDisabled(), "nothing is paired yet");

  await fillPairing(page, { url: server.url, code: server.pairingCode, name: "Kitchen laptop" });
  await page.locator("#pair").click();
  await toned(page, "#message", "good");
  await says(page, "#pairing-state", server.url);
  await says(page, "#pairing-state", "Kitchen laptop");

  await page.locator("#test").click();
  await toned(page, "#message", "good");
  assert.ok((await page.locator("#steps li[data-tone=good]").count()) >= 4);
  assert.equal(await page.locator("#steps li[data-tone=bad]").count(), 0);

  await page.locator("#forget:enabled").click();
  await page.locator("#forget-confirm").click();
  await toned(page, "#message", "good");
  await page.locator("#forget:disabled").waitFor();
  assert.ok(!(await page.locator("#pairing-state").innerText()).includes(server.url));
});

test("a code works once, and a new one pairs anew", async (t) => {
  const { server, browser } = await worldFor(t);
  const page = await pair(browser, { url: server.url, code: server.pairingCode });
  await toned(page, "#message", "bad");
  await fillPairing(page, { url: server.url, code: await server.newPairingCode() });
  await page.locator("#pair").click();
  await toned(page, "#message", "good");
  assert.equal((await server.runFetch({ count: 1 })).status, "completed");
});

test("Test connection names the step that fails", async (t) => {
  const { server, browser } = await worldFor(t);
  const page = await browser.open("options/options.html");
  await browser.signOut();
  await page.locator("#test:enabled").click();
  await toned(page, "#message", "bad");
  assert.equal(await page.locator("#steps li[data-tone=bad]").count(), 1, "all but LinkedIn's step are good");

  await server.stop();
  await page.locator("#test:enabled").click();
  await says(page, "#steps li[data-tone=bad]", "Reach the server");
});

test("the popup says what is so: the server, LinkedIn, what was done", async (t) => {
  const { server, browser } = await worldFor(t, { paired: false, signedIn: false });
  const popup = await browser.open("popup/popup.html");
  await popup.locator("#pair-now").waitFor();

  await pairedWith(browser, { url: server.url, code: server.pairingCode });
  await toned(popup, "#linkedin-state", "bad");
  await says(popup, "#server-state", server.url);

  await browser.signIn();
  await toned(popup, "#linkedin-state", "good");
  await toned(popup, "#server-state", "good");
  assert.equal((await server.runFetch({ count: 1 })).status, "completed");
  await popup.locator("#recent li[data-tone=good]").waitFor();

  await browser.signOut();
  await toned(popup, "#linkedin-state", "bad");
  await server.stop();
  await toned(popup, "#server-state", "bad");
});

test("paused, a task waits and the popup says so; unpaused, it is carried out", async (t) => {
  const { server, simulator, browser } = await worldFor(t);
  const popup = await browser.open("popup/popup.html");
  await toned(popup, "#server-state", "good");
  await popup.locator("#pause").check();
  await says(popup, "#headline", /pause/i);

  const id = await server.fetchConnections({ count: 3 });
  const { json } = await server.status(id, 1);
  assert.equal(json.data.status, "pending");
  assert.deepEqual(await simulator.pages(), [], "a paused agent asks LinkedIn for nothing");

  await popup.locator("#pause").uncheck();
  const { status, task_output: output } = await server.finished(id);
  assert.equal(status, "completed");
  assert.equal(output.total, 3);
});

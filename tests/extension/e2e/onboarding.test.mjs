// From the installation to the first result, as a person goes through it, and on from where they left it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { fillPairing } from "../../../scripts/world.mjs";
import { idleStatus, openOver, startPagesBrowser } from "./fake-worker.mjs";
import { openedByItself, says, toned, worldFor } from "./support.mjs";

const PAGE = "onboarding/onboarding.html";
const shell = promisify(execFile);

const onScreen = (page, screen) => page.locator(`#screen-${screen}:visible`).waitFor();

/** What the worker has in force. */
const status = (page) =>
  page.evaluate(async () => {
    const { send } = await import("/lib/messages.js");
    return (await send({ kind: "status" })).status;
  });

/** Runs a command as it stands on the page, in a shell, with the key put in. */
async function run(page, selector, apiKey) {
  const command = (await page.locator(selector).innerText()).replace("YOUR_API_KEY", apiKey);
  const { stdout } = await shell("bash", ["-c", command]);
  return JSON.parse(stdout);
}

async function past(page, screen) {
  await onScreen(page, screen);
  await page.locator("#understood").check();
  await page.locator("#to-2").click();
  await page.locator("#pair:enabled").waitFor();
}

test("from the installation to the first result, closed and opened again on the way", async (t) => {
  const { server, browser } = await worldFor(t, { paired: false, signedIn: false });
  const first = await openedByItself(browser, PAGE);
  await onScreen(first, 1);
  await says(first, "#agreement-heading", "User Agreement");
  await first.locator("#to-2").click();
  await says(first, "#understood-said", "Tick the box");
  await first.locator("#understood:focus").waitFor();
  await past(first, 1);
  await first.locator("#choose-heading:focus").waitFor();
  await first.close();

  const second = await browser.open(PAGE);
  await onScreen(second, 2);
  assert.ok(await second.locator("#choice-ask").isChecked(), "the careful choice is made unless a person makes another");
  assert.equal(await second.locator("#invites_per_day").inputValue(), "10");
  await second.locator("#invites_per_day").fill("101");
  await fillPairing(second, { url: server.url, code: server.pairingCode, name: "Kitchen laptop" });
  await second.locator("#pair").click();
  await says(second, "#invites_per_day-said", "from 0 to 100");
  assert.equal((await status(second)).server, null, "no pairing before the limits are in force");
  await second.locator("#invites_per_day").fill("5");
  await second.locator("#pair").click();
  await onScreen(second, 3);
  const { settings } = await status(second);
  assert.deepEqual([settings.ask_before_invite, settings.invites_per_day, settings.invites_per_week], [true, 5, 50]);
  await toned(second, "#linkedin-state", "bad");
  await second.locator("#linkedin-remedy:visible").waitFor();
  await second.close();

  const third = await browser.open(PAGE);
  await onScreen(third, 3);
  await browser.signIn();
  await toned(third, "#linkedin-state", "good");
  await third.locator("#check").click();
  await toned(third, "#check-said", "good");
  await says(third, "#first-state", "Waiting for the first task");
  const created = await run(third, "#first-curl", server.apiKey);
  assert.equal(created.success, true, JSON.stringify(created));
  await toned(third, "#first-state", "good");
  await says(third, "#first-state", "Done: Read connections");
  const { data } = await run(third, "#result-curl", server.apiKey);
  assert.deepEqual([data.id, data.status, data.task_output.total], [created.api_agent_task_id, "completed", 40]);
  await third.close();

  const again = await browser.open(PAGE);
  await onScreen(again, 3);
  await says(again, "#first-state", "Done: Read connections");
});

test("a code that is refused leaves the person where they are, with what they typed", async (t) => {
  const { server, browser } = await worldFor(t, { paired: false, signedIn: false });
  const page = await openedByItself(browser, PAGE);
  await past(page, 1);
  await page.locator("#choice-none").check();
  await page.locator("#figures").waitFor({ state: "hidden" });
  await fillPairing(page, { url: server.url, code: "wrong-code" });
  await page.locator("#pair").click();
  await toned(page, "#message", "bad");
  await onScreen(page, 2);
  assert.equal(await page.locator("#server").inputValue(), server.url);
  await page.locator("#code").fill(server.pairingCode);
  await page.locator("#pair").click();
  await onScreen(page, 3);
  assert.deepEqual((await status(page)).settings.kinds_off, ["agent_send_connection_request"]);
});

test("who is paired already may look at it again, and change the limits there", async (t) => {
  const { server, browser } = await worldFor(t);
  const options = await browser.open("options/options.html");
  await options.getByRole("link", { name: "Open the setup again" }).click();
  await past(options, 1);
  await says(options, "#pairing-state", server.url);
  assert.ok(await options.locator("#pair-form").isHidden());
  await options.locator("#choice-send").check();
  await options.locator("#pair").click();
  await onScreen(options, 3);
  assert.equal((await status(options)).settings.ask_before_invite, false);
  await options.locator("#back-to-2").click();
  await onScreen(options, 2);
});

test("the first screen asks the worker for nothing; a silent worker is said to be", async (t) => {
  const browser = await startPagesBrowser();
  t.after(() => browser.stop());
  let asked = 0;
  let silent = true;
  const idle = idleStatus({ server: null, state: "unpaired" });
  const answer = () => ((asked += 1), silent ? new Promise(() => {}) : { ok: true, status: idle });
  const { page } = await openOver(browser, PAGE, idle, { status: answer });
  await onScreen(page, 1);
  assert.equal(asked, 0);
  await page.locator("#understood").check();
  await page.locator("#to-2").press("Enter");
  await says(page, "#pairing-state", "did not answer");
  assert.ok(await page.locator("#pair").isDisabled());
  silent = false;
  await page.locator("#pair:enabled").waitFor();
});

test("a command is copied by its button", async (t) => {
  const browser = await startPagesBrowser();
  t.after(() => browser.stop());
  await browser.context.grantPermissions(["clipboard-read"]);
  const status = idleStatus();
  const { page } = await openOver(browser, PAGE, status);
  await past(page, 1);
  await page.locator("#pair").click();
  await onScreen(page, 3);
  await page.locator("#copy-first").click();
  await says(page, "#first-copied", "Copied");
  const text = await page.locator("#first-curl").innerText();
  assert.ok(text.includes(status.server.url));
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
});

test("a refusal of the limits is said where it is seen, beside a figure only if it is about one", async (t) => {
  const browser = await startPagesBrowser();
  t.after(() => browser.stop());
  const error = { code: "storage", said: "not_written", values: [], message: "m", remedy: "r" };
  let refusal = { ok: false, error };
  const { page } = await openOver(browser, PAGE, idleStatus(), { set_settings: () => refusal });
  await past(page, 1);
  await page.locator("#choice-none").check();
  await page.locator("#pair").click();
  await says(page, "#message", "This browser's storage refused to keep the change");
  await page.locator("#message:visible").waitFor();
  assert.equal(await page.locator("[aria-invalid]").count(), 0);
  await page.locator("#choice-send").check();
  refusal = { ok: false, error: { ...error, code: "invalid_settings", said: "invalid_settings", values: ["invites_per_week"] } };
  await page.locator("#pair").click();
  await says(page, "#invites_per_week-said", "Enter a whole number from 0 to 200.");
  await page.locator("#message").waitFor({ state: "hidden" });
  refusal = { ok: true };
  await page.locator("#invites_per_week").fill("60");
  await page.locator("#pair").click();
  await onScreen(page, 3);
});

// The person's limits, from the options page to LinkedIn: a task waits, and server, popup and agent agree on why and until when.

import assert from "node:assert/strict";
import { test } from "node:test";
import { idleStatus } from "./fake-worker.mjs";
import { agreeOn, invitationsSeen, says, toned, untilAsSaid, worldFor } from "./support.mjs";

const DAY_MS = 24 * 60 * 60_000;
const SOMEONE = "ACoAABCDEF123";
const SOMEONE_ELSE = "ACoAAHIJKLMNOPQRST";

async function openBoth({ browser }) {
  const options = await browser.open("options/options.html");
  await options.locator("#limits-fields:enabled").waitFor();
  const popup = await browser.open("popup/popup.html");
  await toned(popup, "#linkedin-state", "good");
  return { options, popup };
}

async function set(options, field, value) {
  await options.locator(`#${field}`).fill(value);
  await options.locator(`#${field}`).press("Enter");
  await toned(options, `#${field}-said`, "good");
}

async function tick(options, box, on, said) {
  await options.locator(`#${box}`).setChecked(on);
  await toned(options, `#${said}-said`, "good");
}

const when = (popup) => popup.locator("#waiting .item-when");

test("what is set is in force after the worker's end, and the defaults that are restored are those of a new browser", async (t) => {
  const { browser } = await worldFor(t, { paired: false, signedIn: false });
  const options = await browser.open("options/options.html");
  await options.locator("#limits-fields:enabled").waitFor();
  const status = async (page) => (await page.evaluate(() => chrome.runtime.sendMessage({ kind: "status" }))).status;
  const { settings: atFirst, ceilings } = await status(options);
  assert.deepEqual({ settings: atFirst, ceilings }, { settings: idleStatus().settings, ceilings: idleStatus().ceilings });

  await set(options, "invites_per_day", "5");
  await set(options, "read_gap_ms", "2.5");
  await tick(options, "allow-inviting", false, "kinds_off");
  await tick(options, "ask_before_invite", true, "ask_before_invite");
  await tick(options, "hours-on", true, "hours");
  const { settings: before } = await status(options);
  assert.equal(before.read_gap_ms, 2_500);
  await browser.stopWorker();
  assert.deepEqual((await status(options)).settings, before);

  await options.locator("#restore").click();
  await options.locator("#restore-confirm").click();
  await toned(options, "#restore-said", "good");
  assert.deepEqual((await status(options)).settings, atFirst);
});

test("no page can set what is beyond a ceiling, and one wrong member spoils them all", async (t) => {
  const { browser } = await worldFor(t, { paired: false, signedIn: false });
  const options = await browser.open("options/options.html");
  await options.locator("#limits-fields:enabled").waitFor();
  const ask = (settings) => options.evaluate((settings) => chrome.runtime.sendMessage({ kind: "set_settings", settings }), settings);
  const beyond = { invites_per_day: 101, invites_per_week: 201, read_gap_ms: 999, invite_gap_ms: 4_999 };
  for (const [name, value] of Object.entries(beyond)) {
    const { ok, error } = await ask({ ask_before_invite: true, [name]: value });
    assert.deepEqual([ok, error?.code], [false, "invalid_settings"], name);
    assert.match(error.message, new RegExp(name));
  }
  assert.equal((await ask({ paused: true })).ok, false, "the pause has a command of its own");
  const { status } = await options.evaluate(() => chrome.runtime.sendMessage({ kind: "status" }));
  assert.deepEqual(status.settings, idleStatus().settings);
});

test("a limit that is reached: the task waits, and all say until when", async (t) => {
  const world = await worldFor(t);
  const { server, simulator } = world;
  const { options, popup } = await openBoth(world);
  await set(options, "invites_per_day", "1");
  assert.equal((await server.runInvitation({ profile_urn: SOMEONE })).status, "completed");
  await says(popup, "#usage-day-said", "1 of 1, reached");

  const second = await server.sendInvitation({ profile_urn: SOMEONE_ELSE });
  const { until } = await agreeOn({ server, popup }, second, "daily_limit");
  assert.ok(Math.abs(Date.parse(until) - Date.now() - DAY_MS) < DAY_MS / 24, until);
  await says(popup, "#headline", "Sending invitations has to wait");
  assert.deepEqual(await invitationsSeen(simulator), [{ id: SOMEONE, note: null }]);

  await set(options, "invites_per_day", "2");
  assert.equal((await server.finished(second)).status, "completed");
  await says(popup, "#usage-day-said", "2 of 2, reached");
});

test("a limit of nothing: no time is named, for there is none", async (t) => {
  const world = await worldFor(t);
  const { options, popup } = await openBoth(world);
  await set(options, "invites_per_week", "0");
  const task = await world.server.sendInvitation({ profile_urn: SOMEONE });
  assert.deepEqual(await world.server.waitingFor(task, "weekly_limit"), { reason: "weekly_limit", until: null });
  await says(popup, "#waiting", "You allow no invitations");
  assert.equal(await when(popup).innerText(), "");
  await says(popup, "#usage-week-said", "None allowed");
});

test("a kind that is switched off waits, the other goes on, and switched on again it is done", async (t) => {
  const world = await worldFor(t);
  const { server, simulator } = world;
  const { options, popup } = await openBoth(world);
  await tick(options, "allow-reading", false, "kinds_off");
  const task = await server.fetchConnections({ count: 3 });
  await agreeOn({ server, popup }, task, "kind_off");
  assert.deepEqual(await simulator.pages(), []);
  assert.equal((await server.runInvitation({ profile_urn: SOMEONE })).status, "completed");

  await tick(options, "allow-reading", true, "kinds_off");
  assert.equal((await server.finished(task)).task_output.total, 3);
  await popup.locator("#waiting-section").waitFor({ state: "hidden" });
});

test("outside the working hours tasks wait until they begin, by this computer's clock", async (t) => {
  const world = await worldFor(t);
  const { server, simulator } = world;
  const { options, popup } = await openBoth(world);
  const opens = new Date();
  opens.setDate(opens.getDate() + 3);
  opens.setHours(10, 0, 0, 0);
  const day = opens.getDay() || 7;
  await options.locator("#hours-on").check();
  await options.locator("#hours-from").fill("10:00");
  await options.locator("#hours-to").fill("11:00");
  await options.locator("#hours-on").focus();
  // The day of the opening first: hours without any day are refused.
  await options.locator(`#day-${day}`).check();
  for (const each of [1, 2, 3, 4, 5, 6, 7]) await options.locator(`#day-${each}`).setChecked(each === day);
  await options.waitForFunction(async (hours) => {
    const { status } = await chrome.runtime.sendMessage({ kind: "status" });
    return JSON.stringify(status.settings.hours) === hours;
  }, JSON.stringify({ days: [day], from: "10:00", to: "11:00" }));

  const task = await server.fetchConnections({ count: 3 });
  // A poll that is parked tells the hours that were in force when it was sent.
  const isThen = (until) => Math.abs(Date.parse(until) - opens.getTime()) < 60_000;
  await server.waitingFor(task, "working_hours", { takes: isThen });
  await says(popup, "#waiting", "It is outside your working hours.");
  assert.equal(await popup.locator("#waiting .item-title").innerText(), "Reading connections · Sending invitations");
  await when(popup).filter({ hasText: await untilAsSaid(popup, opens.getTime()) }).waitFor();
  assert.deepEqual(await simulator.pages(), []);

  await tick(options, "hours-on", false, "hours");
  assert.equal((await server.finished(task)).task_output.total, 3);
});

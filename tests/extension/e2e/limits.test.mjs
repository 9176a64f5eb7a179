// The limits on the options page, over a worker that says what each test wants: what is shown, what is asked for, and what happens
// when the worker refuses or is silent. What the real worker makes of it is in policy.test.mjs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HOURS, INVITE, READ, idleStatus, optionsOver, startPagesBrowser } from "./fake-worker.mjs";
import { says, toned } from "./support.mjs";

let browser;
before(async () => void (browser = await startPagesBrowser()));
after(() => browser?.stop());

const type = async (page, field, value) => {
  await page.locator(field).fill(value);
  await page.locator(field).press("Enter");
};
/** As the core has it, in words of its own that no page shows. */
const refusal = (member) => ({
  ok: false,
  error: { code: "invalid_settings", said: "invalid_settings", values: [member], message: `'${member}' must be another`, remedy: "Correct the value; nothing was changed" },
});
const changesAsked = (asked) => asked.map(({ settings }) => settings);

test("limits are shown as they are in force, with the range that each may have", async (t) => {
  const { page } = await optionsOver(browser, t, { invites_per_day: 7, read_gap_ms: 2_500, kinds_off: [INVITE], hours: HOURS });
  assert.equal(await page.locator("#invites_per_day").inputValue(), "7");
  assert.equal(await page.locator("#read_gap_ms").inputValue(), "2.5");
  assert.deepEqual([await page.locator("#allow-reading").isChecked(), await page.locator("#allow-inviting").isChecked()], [true, false]);
  assert.equal(await page.locator("#hours-from").inputValue(), "09:00");
  assert.deepEqual(await page.locator("#days input:checked").evaluateAll((days) => days.map(({ id }) => id)), HOURS.days.map((day) => `day-${day}`));
  await says(page, "#invites_per_day-hint", "From 0 to 100");
  await says(page, "#invite_gap_ms-hint", "From 5 to 3600");
  await says(page, "#limits", "No server can raise these limits");
});

test("a change is sent at once and alone, and said to be saved", async (t) => {
  const { page, asked } = await optionsOver(browser, t);
  await type(page, "#invites_per_day", "5");
  await toned(page, "#invites_per_day-said", "good");
  await type(page, "#invite_gap_ms", "12.5");
  await toned(page, "#invite_gap_ms-said", "good");
  await page.locator("#ask_before_invite").check();
  await toned(page, "#ask_before_invite-said", "good");
  await page.locator("#allow-reading").press("Space");
  await toned(page, "#kinds_off-said", "good");
  const expected = [{ invites_per_day: 5 }, { invite_gap_ms: 12_500 }, { ask_before_invite: true }, { kinds_off: [READ] }];
  assert.deepEqual(changesAsked(asked), expected);
  assert.equal(await page.locator("#invites_per_day-said").innerText(), "", "only the last change is news");
});

test("a figure out of range is not even sent, and the reason stands beside its field until it is corrected", async (t) => {
  const { page, asked } = await optionsOver(browser, t);
  await type(page, "#invites_per_week", "201");
  await says(page, "#invites_per_week-said", "Enter a whole number from 0 to 200. Still in force: 100.");
  assert.equal(await page.locator("#invites_per_week").getAttribute("aria-invalid"), "true");
  assert.deepEqual(asked, []);
  await type(page, "#invites_per_week", "50");
  await toned(page, "#invites_per_week-said", "good");
  assert.equal(await page.locator("#invites_per_week").getAttribute("aria-invalid"), null);
});

test("what the core refuses stands beside the field that the core names, and a box goes back", async (t) => {
  const refused = { invites_per_day: "invites_per_day", hours: "invite_gap_ms", kinds_off: "kinds_off" };
  const set_settings = ({ settings }) => refusal(refused[Object.keys(settings)[0]]);
  const { page } = await optionsOver(browser, t, {}, { set_settings });
  await type(page, "#invites_per_day", "21");
  await says(page, "#invites_per_day-said", "Enter a whole number from 0 to 100. Still in force: 20.");
  assert.equal(await page.locator("#invites_per_day").inputValue(), "21", "what was typed stays to be corrected");
  await page.locator("#hours-on").check();
  await says(page, "#invite_gap_ms-said", "Enter a number of seconds from 5 to 3600. Still in force: 8.");
  await page.locator("#allow-inviting").click();
  await says(page, "#kinds_off-said", "This value cannot be set. Correct it; nothing was changed.");
  await page.locator("#allow-inviting:checked").waitFor();
});

test("hours: a usual week at first, days by day, and a time only when it is typed in full", async (t) => {
  const { page, asked } = await optionsOver(browser, t);
  await page.locator("#hours-on").check();
  await toned(page, "#hours-said", "good");
  await page.locator("#day-6").check();
  await page.locator("#hours-from").fill("22:00");
  assert.equal(asked.length, 2, "the field has not been left");
  await page.locator("#hours-to").focus();
  await says(page, "#hours-overnight", "on the following day");
  await page.locator("#hours-on").uncheck();
  await page.locator("#hours-fields").waitFor({ state: "hidden" });
  const six = [...HOURS.days, 6];
  const expected = [HOURS, { ...HOURS, days: six }, { days: six, from: "22:00", to: "18:00" }, null];
  assert.deepEqual(changesAsked(asked), expected.map((hours) => ({ hours })));
});

test("hours without a day, or from a time to itself, are not sent", async (t) => {
  const { page, asked } = await optionsOver(browser, t, { hours: { ...HOURS, days: [3] } });
  await page.locator("#day-3").uncheck();
  await says(page, "#hours-said", /Choose at least one day.*Still in force/);
  await page.locator("#day-4").check();
  await toned(page, "#hours-said", "good");
  await type(page, "#hours-to", "09:00");
  await says(page, "#hours-said", "The two times must differ");
  assert.deepEqual(changesAsked(asked), [{ hours: { ...HOURS, days: [4] } }]);
});

test("fields follow what another page changes, but not while they are typed in", async (t) => {
  const { page, status } = await optionsOver(browser, t);
  await page.locator("#invites_per_day").fill("3");
  status.settings = { ...status.settings, invites_per_day: 9, invites_per_week: 90 };
  await page.waitForFunction(() => document.querySelector("#invites_per_week").value === "90");
  assert.equal(await page.locator("#invites_per_day").inputValue(), "3");
});

test("the defaults are restored after a second press, and a refused field is forgotten", async (t) => {
  const { page, asked } = await optionsOver(browser, t, { invites_per_day: 100, hours: HOURS, ask_before_invite: true, kinds_off: [READ] });
  await type(page, "#read_gap_ms", "0");
  await toned(page, "#read_gap_ms-said", "bad");
  await page.locator("#restore").press("Enter");
  await page.locator("#restore-cancel").press("Enter");
  assert.deepEqual(asked, []);
  await page.locator("#restore").press("Enter");
  await page.locator("#restore-confirm").press("Enter");
  await toned(page, "#restore-said", "good");
  const { paused, ...limits } = idleStatus().settings;
  assert.deepEqual(changesAsked(asked), [limits]);
  await page.waitForFunction(() => document.querySelector("#read_gap_ms").value === "1.5");
  assert.equal(await page.locator("#read_gap_ms-said").innerText(), "");
  await page.locator("#hours-fields").waitFor({ state: "hidden" });
});

const ACTIONS = ["test", "forget", "pair", "restore", "export-log", "erase-log", "erase-everything", "check", "make-report"];

test("a silent worker leaves no limit standing as if it were in force, and nothing to press in vain", async (t) => {
  let silent = false;
  const status = idleStatus();
  const answer = () => (silent ? new Promise(() => {}) : { ok: true, status });
  const { page } = await optionsOver(browser, t, {}, { status: answer });
  silent = true;
  await page.locator("#limits-fields:disabled").waitFor();
  await says(page, "#limits-silent", "does not answer");
  await says(page, "#pairing-state", /did not answer.*turn Liaison off and on again/);
  for (const id of ACTIONS) assert.ok(await page.locator(`#${id}`).isDisabled(), id);
  silent = false;
  await page.locator("#limits-fields:enabled").waitFor();
  await page.locator("#limits-silent").waitFor({ state: "hidden" });
  for (const id of ACTIONS) assert.ok(await page.locator(`#${id}`).isEnabled(), id);
});

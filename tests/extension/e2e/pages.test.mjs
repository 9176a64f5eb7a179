// Popup and options page over a worker that says what each test wants: what is shown, what is asked for, and what happens
// when the worker refuses or is silent. What the real worker makes of it is in policy.test.mjs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { idleStatus, openOver, startPagesBrowser } from "./fake-worker.mjs";
import { says, toned } from "./support.mjs";

const INVITE = "agent_send_connection_request";
const READ = "agent_fetch_connections";
const HOURS = { days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" };
let browser;
before(async () => void (browser = await startPagesBrowser()));
after(() => browser?.stop());

/** The options page over a worker that takes what it is told, and its status. */
async function optionsOver(t, settings = {}, answers = {}) {
  const status = idleStatus();
  Object.assign(status.settings, settings);
  const set_settings = ({ settings: changes }) => void Object.assign(status.settings, changes);
  const { page, asked } = await openOver(browser, "options/options.html", status, { set_settings, ...answers });
  t.after(() => page.close());
  await page.locator("#limits-fields:enabled").waitFor();
  return { page, asked, status };
}

async function popupOver(t, changes, answers) {
  const status = idleStatus(changes);
  const { page, asked } = await openOver(browser, "popup/popup.html", status, answers);
  t.after(() => page.close());
  await says(page, "#linkedin-state", "Signed in");
  return { page, asked, status };
}

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
  const { page } = await optionsOver(t, { invites_per_day: 7, read_gap_ms: 2_500, kinds_off: [INVITE], hours: HOURS });
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
  const { page, asked } = await optionsOver(t);
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
  const { page, asked } = await optionsOver(t);
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
  const { page } = await optionsOver(t, {}, { set_settings });
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
  const { page, asked } = await optionsOver(t);
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
  const { page, asked } = await optionsOver(t, { hours: { ...HOURS, days: [3] } });
  await page.locator("#day-3").uncheck();
  await says(page, "#hours-said", /Choose at least one day.*Still in force/);
  await page.locator("#day-4").check();
  await toned(page, "#hours-said", "good");
  await type(page, "#hours-to", "09:00");
  await says(page, "#hours-said", "The two times must differ");
  assert.deepEqual(changesAsked(asked), [{ hours: { ...HOURS, days: [4] } }]);
});

test("fields follow what another page changes, but not while they are typed in", async (t) => {
  const { page, status } = await optionsOver(t);
  await page.locator("#invites_per_day").fill("3");
  status.settings = { ...status.settings, invites_per_day: 9, invites_per_week: 90 };
  await page.waitForFunction(() => document.querySelector("#invites_per_week").value === "90");
  assert.equal(await page.locator("#invites_per_day").inputValue(), "3");
});

test("the defaults are restored after a second press, and a refused field is forgotten", async (t) => {
  const { page, asked } = await optionsOver(t, { invites_per_day: 100, hours: HOURS, ask_before_invite: true, kinds_off: [READ] });
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
  const { page } = await optionsOver(t, {}, { status: answer });
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

const NOTE = '<img src=x onerror="document.title=1"> Hello';
const approval = (task, note = NOTE) => ({ task, profile_urn: "urn:li:fsd_profile:ACoAABCDEF123", note, asked_at_ms: 0 });

test("an invitation that waits shows its person as a link, its note as text, and takes one answer", async (t) => {
  let answered;
  const decide = () => new Promise((resolve) => (answered = resolve));
  const { page, asked, status } = await popupOver(t, { approvals: [approval("a1")] }, { decide });
  await says(page, "#headline", "An invitation waits for your answer");
  const link = page.locator("#approvals a");
  assert.equal(await link.getAttribute("href"), "https://www.linkedin.com/in/ACoAABCDEF123/");
  assert.deepEqual([await link.getAttribute("target"), await link.getAttribute("rel")], ["_blank", "noopener noreferrer"]);
  assert.equal(await page.locator(".approval-note").innerText(), NOTE);
  assert.equal(await page.locator("#approvals img").count(), 0);

  await page.getByRole("button", { name: "Approve the invitation to urn:li:fsd_profile:ACoAABCDEF123" }).press("Enter");
  await page.locator("#approvals .approve:disabled").waitFor();
  assert.ok(await page.locator("#approvals .refuse").isDisabled(), "one answer at a time");
  status.approvals = [];
  answered({ ok: true });
  await page.locator("#approvals-section").waitFor({ state: "hidden" });
  await page.locator("#headline:focus").waitFor();
  assert.deepEqual(asked, [{ kind: "decide", task: "a1", approve: true, asked_at_ms: 0 }]);
});

test("a refusal is sent as one, and an answer that comes too late is said to be", async (t) => {
  const error = { code: "not_found", message: "This invitation no longer waits", remedy: "" };
  const { page, asked } = await popupOver(t, { approvals: [approval("a1"), approval("a2", null)] }, { decide: () => ({ ok: false, error }) });
  await page.locator(".approval .refuse").nth(1).click();
  await says(page, "#message", "no longer waits");
  assert.deepEqual(asked, [{ kind: "decide", task: "a2", approve: false, asked_at_ms: 0 }]);
});

test("another invitation in the place of one that waits is shown, and the answer names it", async (t) => {
  const { page, asked, status } = await popupOver(t, { approvals: [approval("a1")] });
  await says(page, ".approval-note", "Hello");
  const replacements = [
    { ...approval("a1"), profile_urn: "urn:li:fsd_profile:ACoAAHIJKLMNOPQRST" },
    approval("a1", "Another note"),
    { ...approval("a1", "Another note"), asked_at_ms: 5 },
  ];
  for (const replacement of replacements) {
    await page.locator(".approval").evaluate((item) => void (item.dataset.before = "yes"));
    status.approvals = [replacement];
    await page.locator(".approval:not([data-before])").waitFor();
    assert.equal(await page.locator(".approval").count(), 1);
  }
  assert.equal(await page.locator(".approval-note").innerText(), "Another note");
  await page.locator(".approval .approve:enabled").click();
  await page.locator(".approval .approve:enabled").waitFor();
  assert.deepEqual(asked, [{ kind: "decide", task: "a1", approve: true, asked_at_ms: 5 }]);
});

test("an approved one that still waits can be called off, and is not asked for", async (t) => {
  const { page, asked } = await popupOver(t, { approvals: [{ ...approval("a1"), approved: true }] });
  await says(page, ".approval-approved", "You approved it");
  assert.equal(await page.locator(".approval .approve").count(), 0);
  assert.ok(!(await page.locator("#headline").innerText()).includes("your answer"));
  await page.locator(".approval .refuse").click();
  await page.locator(".approval .refuse:enabled").waitFor();
  assert.deepEqual(asked, [{ kind: "decide", task: "a1", approve: false, asked_at_ms: 0 }]);
});

test("a cancel that was pressed before the popup was opened is not offered again", async (t) => {
  const running = { task: "r1", task_type: READ, phase: "reading", done: 1, of: 5, cancelled: true };
  const { page } = await popupOver(t, { running });
  await page.locator("#cancel-task:disabled").waitFor();
});

test("what is about to be pressed stays where it is while others come and go", async (t) => {
  const { page, status } = await popupOver(t, { approvals: [approval("a1"), approval("a2")] });
  const second = page.locator(".approval .refuse").nth(1);
  await second.focus();
  await second.evaluate((button) => void (button.dataset.mine = "yes"));
  status.approvals = [approval("a0"), approval("a2")];
  await page.waitForFunction(() => document.querySelector(".approval .refuse").dataset.mine === "yes");
  await page.locator(".approval .refuse[data-mine]:focus").waitFor();
  assert.equal(await page.locator(".approval").count(), 2);
});

test("why each kind waits, until when, and how much of the limits is used", async (t) => {
  const waiting = [{ task_type: READ, reason: "kind_off", for_ms: null }, { task_type: INVITE, reason: "daily_limit", for_ms: 3_600_000 }];
  const { page } = await popupOver(t, { waiting, usage: { day: 20, day_limit: 20, week: 50, week_limit: 100, by_hand: "unknown" } });
  await says(page, "#usage-uncounted", "by hand are not counted yet");
  await says(page, "#headline", "Every kind of task has to wait");
  assert.deepEqual(await page.locator("#waiting .item-title").allInnerTexts(), ["Reading connections", "Sending invitations"]);
  await says(page, "#waiting li:nth-child(1)", "switched this kind of task off");
  assert.match(await page.locator("#waiting li:nth-child(2) .item-when").innerText(), /^until .*\d:\d\d/);
  assert.equal(await page.locator("#usage-day-said").innerText(), "20 of 20, reached");
  assert.deepEqual(await page.locator("meter").evaluateAll((bars) => bars.map(({ value }) => value)), [1, 0.5]);
});

test("a running task is cancelled once, and not when its invitation may be out", async (t) => {
  const running = { task: "r1", task_type: READ, phase: "reading", done: 40, of: 500 };
  const { page, asked, status } = await popupOver(t, { running });
  await page.locator("#cancel-task").press("Enter");
  await says(page, "#cancel-task:disabled", "Cancelling after the step in hand");
  await page.locator("#headline:focus").waitFor();
  assert.deepEqual(asked, [{ kind: "cancel_task", task: "r1" }]);
  status.running = { task: "r2", task_type: INVITE, phase: "starting", done: null, of: null };
  await says(page, "#cancel-task:enabled", "Cancel this task");
  status.running = { ...status.running, phase: "sending" };
  await page.locator("#cancel-task").waitFor({ state: "hidden" });
  await page.locator("#running:visible").waitFor();
});

test("a cancel that is refused can be pressed again", async (t) => {
  const running = { task: "r1", task_type: READ, phase: "reading", done: 40, of: 500 };
  const error = { code: "storage", message: "Nothing could be written", remedy: "" };
  const { page } = await popupOver(t, { running }, { cancel_task: () => ({ ok: false, error }) });
  await page.locator("#cancel-task").click();
  await says(page, "#message", "Nothing could be written");
  await says(page, "#cancel-task:enabled", "Cancel this task");
});

test("the log is a file named by the day; an empty one is only said to be empty", async (t) => {
  const log = [{ at_ms: 0, task: "t1", task_type: INVITE, target: "urn:li:fsd_profile:ACoAABCDEF123", outcome: "completed", code: null, server: "https://api.example.com" }];
  let kept = [];
  const { page } = await popupOver(t, {}, { export_log: () => ({ ok: true, log: kept }) });
  await page.locator("#export-log").click();
  await says(page, "#exported", "The log is empty");
  kept = log;
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator("#export-log").press("Enter")]);
  assert.match(file.suggestedFilename(), /^liaison-log-\d{4}-\d\d-\d\d\.json$/);
  await says(page, "#exported", file.suggestedFilename());
  const { log: written } = JSON.parse(readFileSync(await file.path(), "utf8"));
  assert.deepEqual(written.map(({ task, at }) => [task, at]), [["t1", "1970-01-01T00:00:00.000Z"]]);
});

test("the log is kept or erased from the options page, erased after a second press", async (t) => {
  const { page, asked } = await optionsOver(t, {}, { export_log: () => ({ ok: true, log: [] }) });
  await page.locator("#export-log").press("Enter");
  await says(page, "#data-said", "The log is empty");
  await page.locator("#erase-log").press("Enter");
  await page.locator("#erase-cancel").press("Enter");
  await page.locator("#erase-log").press("Enter");
  await page.locator("#erase-confirm").press("Enter");
  await says(page, "#data-said", "The log is erased");
  assert.deepEqual(asked.map(({ kind }) => kind), ["export_log", "erase_log"]);
});

test("nothing is erased while a pairing is under way, and no pairing begins while everything is erased", async (t) => {
  const opened = {};
  const gate = (kind) => new Promise((resolve) => (opened[kind] = () => resolve({ ok: true })));
  const gates = { pair: gate("pair"), erase: gate("erase") };
  const { page, asked } = await optionsOver(t, {}, { pair: () => gates.pair, erase_everything: () => gates.erase });
  await page.locator("#server").fill("http://127.0.0.1:9/");
  await page.locator("#code").fill("a-code");
  await page.locator("#pair").click();
  await page.locator("#pair:disabled").waitFor();
  assert.ok(await page.locator("#erase-everything").isDisabled());
  opened.pair();
  await page.locator("#erase-everything:enabled").click();
  await page.locator("#everything-confirm").click();
  await page.locator("#pair:disabled").waitFor();
  opened.erase();
  await says(page, "#data-said", "erased");
  await page.locator("#pair:enabled").waitFor();
  assert.deepEqual(asked.map(({ kind }) => kind), ["pair", "erase_everything"]);
});

test("what a check found stands until somebody else is signed in, or nobody", async (t) => {
  const { page, status } = await popupOver(t, {}, { check_linkedin: () => ((status.linkedin = "signed_in"), { ok: true, steps: [] }) });
  status.linkedin = "unknown";
  await says(page, "#linkedin-state", "Not looked at yet");
  await page.locator("#check").click();
  await toned(page, "#check-said", "good");
  await says(page, "#linkedin-state", "Signed in");
  assert.notEqual(await page.locator("#check-said").innerText(), "", "what the check itself found out outdates nothing");
  status.linkedin = "signed_out";
  await says(page, "#linkedin-state", "Signed out");
  assert.equal(await page.locator("#check-said").innerText(), "");
});

test("nothing is wider than a narrow window, whatever the names and notes", async (t) => {
  const long = "W".repeat(300);
  const person = { ...approval("a1", long), profile_urn: `urn:li:fsd_profile:${"W".repeat(128)}` };
  const server = { url: `https://${"w".repeat(60)}.example.com/${long}`, name: long };
  const waiting = [READ, INVITE].map((task_type) => ({ task_type, reason: "weekly_limit", for_ms: 5 * 86_400_000 }));
  const usage = { day: 100, day_limit: 100, week: 200, week_limit: 200, by_hand: "unknown" };
  const { page: popup } = await popupOver(t, { approvals: [person], server, waiting, usage });
  const { page: options } = await optionsOver(t, { hours: HOURS });
  for (const page of [popup, options]) {
    await page.setViewportSize({ width: 320, height: 600 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), page.url());
  }
});

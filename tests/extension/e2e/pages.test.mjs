// Popup and options page over a worker that says what each test wants: what is shown, what is asked for, and what happens
// when the worker refuses or is silent. The limits on the options page are in limits.test.mjs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { HOURS, INVITE, READ, idleStatus, openOver, optionsOver, startPagesBrowser } from "./fake-worker.mjs";
import { says, toned } from "./support.mjs";

let browser;
before(async () => void (browser = await startPagesBrowser()));
after(() => browser?.stop());

async function popupOver(t, changes, answers) {
  const status = idleStatus(changes);
  const { page, asked } = await openOver(browser, "popup/popup.html", status, answers);
  t.after(() => page.close());
  await says(page, "#linkedin-state", "Signed in");
  return { page, asked, status };
}

test("the switch of the popup is not set back by the answer to an older click", async (t) => {
  const answers = [];
  let bothAsked = () => {};
  const asked = new Promise((resolve) => (bothAsked = resolve));
  const set_paused = ({ paused }) =>
    new Promise((resolve) => {
      answers.push(() => resolve(void (status.paused = paused)));
      if (answers.length === 2) bothAsked();
    });
  const { page, status } = await popupOver(t, {}, { set_paused });
  const pause = page.locator("#pause");
  await pause.check();
  await pause.uncheck();
  await asked;
  answers[0]();
  status.linkedin = "signed_out";
  await says(page, "#linkedin-state", "Signed out");
  assert.deepEqual([status.paused, await pause.isChecked()], [true, false]);
  answers[1]();
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
  const { page, asked } = await optionsOver(browser, t, {}, { export_log: () => ({ ok: true, log: [] }) });
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
  const { page, asked } = await optionsOver(browser, t, {}, { pair: () => gates.pair, erase_everything: () => gates.erase });
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
  const { page: options } = await optionsOver(browser, t, { hours: HOURS });
  for (const page of [popup, options]) {
    await page.setViewportSize({ width: 320, height: 600 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), page.url());
  }
});

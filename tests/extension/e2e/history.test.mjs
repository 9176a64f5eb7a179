// The page of what was done: over a log of thousands of lines, over an empty one, and over the real worker's.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { idleStatus, openOver, startPagesBrowser } from "./fake-worker.mjs";
import { says, worldFor } from "./support.mjs";

const PAGE = "history/history.html";
const READ = "agent_fetch_connections";
const INVITE = "agent_send_connection_request";
const LINES = 5_000;
let browser;
before(async () => void (browser = await startPagesBrowser()));
after(() => browser?.stop());

/** Oldest first, an hour apart; each tenth is an invitation, each hundredth a failed one. */
function longLog(now = Date.now()) {
  return Array.from({ length: LINES }, (_, n) => ({
    at_ms: now - (LINES - n) * 3_600_000,
    task: `t-${n}`,
    task_type: n % 10 === 0 ? INVITE : READ,
    target: n % 10 === 0 ? `urn:li:fsd_profile:ACoAAsim${n}` : null,
    outcome: n % 100 === 0 ? "failed" : "completed",
    code: n % 100 === 0 ? "cannot_resend_yet" : null,
    server: "https://api.example.com/liaison",
  }));
}

async function historyOver(t, log) {
  const status = idleStatus({ log: { newest_at_ms: log.at(-1)?.at_ms ?? null, bytes: log.length * 180 } });
  const held = { log };
  const { page, asked } = await openOver(browser, PAGE, status, { export_log: () => ({ ok: true, log: held.log }) });
  t.after(() => page.close());
  return { page, asked, status, held };
}

const counted = (page, text) => page.getByRole("status").filter({ hasText: new RegExp(`^${text}$`) }).waitFor();
const shown = (page) => page.locator("#rows tr").count();

/** How many lines the first cell takes, and each part of the server's address. */
const linesOf = (page) =>
  page.evaluate(() => {
    const tops = (element) => {
      const range = new Range();
      range.selectNodeContents(element);
      return [...range.getClientRects()].map(({ top }) => Math.round(top));
    };
    // The heading before it is no part of its text.
    const time = tops(document.querySelector("#rows td:first-child").firstChild);
    const [host, port] = [...document.querySelectorAll(".whole")].map(tops);
    return { time: new Set(time).size, port: new Set(port).size, both: new Set([...host, ...port]).size };
  });

test("no line is broken within a time or a port, nor between a usual host and its port, as narrow as the window may be", async (t) => {
  const [line] = longLog(Date.UTC(2026, 10, 27, 12, 30));
  for (const [server, long] of [["http://127.0.0.1:8787/liaison", false], [`https://${"w".repeat(60)}.example.com:8443`, true]]) {
    const { page } = await historyOver(t, [{ ...line, server }]);
    await page.locator("#rows tr").waitFor();
    assert.equal(await page.locator("#rows .address").innerText(), server);
    for (const width of [1400, 960, 800, 340]) {
      await page.setViewportSize({ width, height: 600 });
      const { time, port, both } = await linesOf(page);
      assert.deepEqual([time, port, both === 1], [1, 1, !long], `${server} at ${width}`);
    }
  }
});

test("of thousands of lines a hundred are there at first, the newest, and the others on request", async (t) => {
  const { page } = await historyOver(t, longLog());
  await counted(page, "5,000 entries");
  assert.equal(await shown(page), 100);
  await page.locator("#rows tr").first().evaluate((row) => void (row.dataset.mine = "yes"));
  await page.locator("#more").press("Enter");
  await page.locator("#rows tr").nth(199).waitFor();
  assert.equal(await shown(page), 200);
  assert.equal(await page.locator("#rows tr[data-mine]").count(), 1, "the lines that were there stay");
  await page.locator("#more:focus").waitFor();
});

test("search and filters go through all of them, alone and together, and are cleared at once", async (t) => {
  const { page } = await historyOver(t, longLog());
  await counted(page, "5,000 entries");
  await page.getByLabel("Search", { exact: true }).fill("acoaasim40 ");
  await counted(page, "12 of 5,000 entries");
  await page.getByLabel("Outcome").selectOption({ label: "Failed" });
  await counted(page, "2 of 5,000 entries");
  await page.locator("#rows tr").nth(1).waitFor();
  await says(page, "#rows tr:last-child", "was invited already");
  await page.getByLabel("Search", { exact: true }).fill("no such thing");
  await counted(page, "0 of 5,000 entries");
  await page.locator("#nothing:visible").waitFor();
  assert.ok(await page.locator("#table").isHidden());
  assert.ok(await page.locator("#export-csv").isDisabled());
  await page.locator("#clear").press("Enter");
  await counted(page, "5,000 entries");
  await page.getByLabel("Search", { exact: true }).and(page.locator(":focus")).waitFor();
  await page.getByLabel("Period").selectOption({ label: "Last 24 hours" });
  await counted(page, "23 of 5,000 entries");
  await page.getByLabel("Kind of task").selectOption({ label: "Send an invitation" });
  await page.getByRole("status").filter({ hasText: /^[23] of 5,000 entries$/ }).waitFor();
});

test("what is shown is what is exported, as JSON and as a table", async (t) => {
  const { page } = await historyOver(t, longLog());
  await counted(page, "5,000 entries");
  await page.getByLabel("Search", { exact: true }).fill("acoaasim40 failed");
  await counted(page, "2 of 5,000 entries");
  const saved = async (button) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator(button).press("Enter")]);
    await says(page, "#exported", file.suggestedFilename());
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
  };
  const json = await saved("#export-json");
  assert.match(json.name, /\.json$/);
  assert.deepEqual(JSON.parse(json.text).log.map(({ task }) => task), ["t-400", "t-4000"]);
  const table = await saved("#export-csv");
  assert.match(table.name, /\.csv$/);
  assert.deepEqual(table.text.split("\r\n").map((line) => line.split(",")[1]), ["task", "t-400", "t-4000", undefined]);
});

test("an empty log is said to be, and no table stands there", async (t) => {
  const { page, status, held } = await historyOver(t, []);
  await says(page, "#empty", "Nothing yet");
  assert.ok(await page.locator("#log").isHidden());
  held.log = longLog().slice(-1);
  status.log = { newest_at_ms: held.log[0].at_ms, bytes: 180 };
  await counted(page, "1 entry");
  assert.ok(await page.locator("#empty").isHidden());
});

test("a log that is erased elsewhere goes from the page, with what could be exported of it", async (t) => {
  const { page, status, held } = await historyOver(t, longLog());
  await counted(page, "5,000 entries");
  held.log = [];
  status.log = { newest_at_ms: null, bytes: 0 };
  await says(page, "#empty", "Nothing yet");
  assert.ok(await page.locator("#log").isHidden());
  assert.ok(await page.locator("#export-json").isDisabled());
});

test("what strangers wrote is text, and no wider than a narrow window", async (t) => {
  const hostile = '<img src=x onerror="document.title=1">';
  const long = "W".repeat(190);
  const [entry] = longLog();
  const log = [
    { ...entry, task_type: hostile, target: `urn:li:fsd_profile:${hostile}`, outcome: hostile, code: hostile, server: hostile },
    { ...entry, task_type: long, target: `urn:li:fsd_profile:${"W".repeat(128)}`, outcome: long, code: long, server: `https://${long}.example` },
    { ...entry, target: null, task_type: "\u202eabc 🦜🏳️‍🌈", server: "https://مثال.example" },
  ];
  const { page } = await historyOver(t, log);
  await counted(page, "3 entries");
  assert.equal(await page.locator("main img").count(), 0);
  await says(page, "#rows", hostile);
  assert.equal(await page.locator("#rows a").count(), 1, "an address is made only of what is a profile");
  for (const width of [320, 700, 1200]) {
    await page.setViewportSize({ width, height: 700 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
  }
});

test("a worker that does not answer is said, and what was read stays", async (t) => {
  let silent = false;
  const status = idleStatus();
  const answers = { status: () => (silent ? new Promise(() => {}) : { ok: true, status }), export_log: () => ({ ok: true, log: longLog() }) };
  const { page } = await openOver(browser, PAGE, status, answers);
  t.after(() => page.close());
  await counted(page, "5,000 entries");
  silent = true;
  await says(page, "#message", "did not answer");
  await page.locator("#table:visible").waitFor();
  silent = false;
  await page.locator("#message").waitFor({ state: "hidden" });
});

test("a task that ends while the page is open is there, to be found by its profile", async (t) => {
  const world = await worldFor(t);
  const page = await world.browser.open(PAGE);
  await says(page, "#empty", "Nothing yet");
  assert.equal((await world.server.runFetch({ count: 1 })).status, "completed");
  await counted(page, "1 entry");
  const profile_urn = "urn:li:fsd_profile:ACoAAAstranger9";
  const { status, task_output: output } = await world.server.runInvitation({ profile_urn, note: "Hello there" });
  await counted(page, "2 entries");
  await page.getByLabel("Search", { exact: true }).fill("stranger9");
  await counted(page, "1 of 2 entries");
  await says(page, "#rows .outcome", status === "completed" ? "Done" : "Failed");
  assert.ok(!(await page.locator("main").innerText()).includes("Hello there"), JSON.stringify(output));
});

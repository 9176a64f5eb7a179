// Everything erased, and the report for whoever helps: from the settings, over the real worker.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pairedWith } from "../../../scripts/world.mjs";
import { says, toned, worldFor } from "./support.mjs";

const OPTIONS = "options/options.html";
const stored = (page) => page.evaluate(async () => JSON.stringify([await chrome.storage.local.get(), await chrome.storage.session.get(), { ...localStorage }]));

test("erased after a second press, with what goes and what becomes of a task that is under way", async (t) => {
  const { server, simulator, browser } = await worldFor(t);
  assert.equal((await server.runFetch({ count: 3 })).status, "completed");
  await simulator.listFault({ kind: "hold", when: "before", id: "under-way" });
  const unfinished = await server.fetchConnections({ keyword: "SECRETWORD", count: 3 });
  await simulator.whenHeld("under-way");
  const held = (await simulator.pages()).at(-1);
  const options = await browser.open(OPTIONS);
  await says(options, "#pairing-state", server.url);
  await options.evaluate(() => localStorage.setItem("onboarding", "3"));
  assert.ok((await stored(options)).includes(unfinished), "there is something to erase");

  await options.locator("#erase-everything").click();
  await says(options, "#everything-dialog", "Unfinished tasks");
  await options.locator("#everything-cancel").click();
  assert.ok((await stored(options)).includes(unfinished), "nothing before the second press");
  await options.locator("#erase-everything").click();
  await options.locator("#everything-confirm").click();
  await toned(options, "#data-said", "good");
  await says(options, "#pairing-state", "Not connected to a server");
  await simulator.release("under-way");
  await simulator.clearFaults();
  const left = await stored(options);
  for (const personal of [unfinished, server.url, "SECRETWORD", "urn:li", "onboarding", "token"]) assert.ok(!left.includes(personal), `${personal} is left in ${left}`);

  const history = await browser.open("history/history.html");
  await says(history, "#empty", "Nothing yet");
  const welcome = await browser.open("onboarding/onboarding.html");
  await welcome.locator("#screen-1:visible").waitFor();

  // Had anybody gone on from the held answer, the browser that is paired next would not have to begin at its start.
  const readAnew = async () => (await simulator.pages()).filter(({ seq, start }) => seq > held.seq && start === held.start).length;
  assert.equal(await readAnew(), 0, "nothing is read without a pairing");
  await pairedWith(browser, { url: server.url, code: await server.newPairingCode() });
  assert.equal((await server.finished(unfinished)).status, "completed");
  assert.equal(await readAnew(), 1);
  const later = await stored(options);
  assert.ok(!later.includes("SECRETWORD"), `the keyword is left in ${later}`);
});

test("a report tells how it stands and nothing by which anybody could be told, and is copied", async (t) => {
  const { server, browser } = await worldFor(t);
  await browser.context.grantPermissions(["clipboard-read"]);
  const profile_urn = "urn:li:fsd_profile:ACoAAAstranger9";
  await server.runInvitation({ profile_urn, note: "Hello there" });
  const options = await browser.open(OPTIONS);
  await options.locator("#check").click();
  await toned(options, "#check-said", "good");
  await options.locator("#make-report").click();
  await toned(options, "#report-said", "good");
  const text = await options.locator("#report").inputValue();
  const report = JSON.parse(text);
  assert.deepEqual([report.state, report.server.local, report.log_lines], ["ready", true, 1]);
  assert.match(report.browser, /Chrome\/\d/);
  assert.deepEqual(report.check.steps, ["session", "me", "list"].map((name) => ({ name, ok: true })));
  assert.ok(report.check.seconds_ago >= 0);
  const kept = await options.evaluate(async () => Object.values(await chrome.storage.local.get()).join("\n"));
  const [, token] = kept.match(/"token":"([^"]+)"/);
  for (const personal of [token, server.url, new URL(server.url).host, "urn:li", "ACoAA", "Hello", "This browser"]) {
    assert.ok(!text.includes(personal), `${personal} is in ${text}`);
  }
  await options.locator("#copy-report").click();
  await says(options, "#report-said", "Copied");
  assert.equal(await options.evaluate(() => navigator.clipboard.readText()), text);
});

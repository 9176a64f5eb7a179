// Notifications in a real Chromium, with the real worker: what is shown, once, and that it goes. Chrome's prompt can't be answered
// by a test, so the permission is granted by the manifest of a copy of the package; how it is asked for is tested over its API.

import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXTENSION, pairedWith, startBrowser, startServer, startSimulator, temporaryFolder } from "../../../scripts/world.mjs";
import { idleStatus, openOver, startPagesBrowser } from "./fake-worker.mjs";
import { says, toned } from "./support.mjs";

const POPUP = "popup/popup.html";
const PROBLEM = { code: "signed_out", said: "signed_out", values: [], message: "m", remedy: "r" };

/** The package, with a permission that a person has given. */
function permitted() {
  const folder = temporaryFolder("extension");
  cpSync(EXTENSION, folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  manifest.permissions.push(...manifest.optional_permissions);
  delete manifest.optional_permissions;
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}

async function permittedWorld(t) {
  const [simulator, server] = await Promise.all([startSimulator(), startServer()]);
  const browser = await startBrowser(simulator, { extension: permitted() });
  t.after(() => Promise.all([browser, server, simulator].map((part) => part.stop())));
  await browser.signIn();
  await pairedWith(browser, { url: server.url, code: server.pairingCode });
  const popup = await browser.open(POPUP);
  await toned(popup, "#linkedin-state", "good");
  return { simulator, server, browser, popup };
}

/** Waits until these notifications are there, and no other. */
const standing = (page, ids) =>
  page.waitForFunction(async (ids) => JSON.stringify(Object.keys(await chrome.notifications.getAll()).sort()) === ids, JSON.stringify(ids));

test("who is signed out is called, whatever workers end, and no longer when somebody is signed in", async (t) => {
  const { browser, popup } = await permittedWorld(t);
  await standing(popup, []);
  await browser.signOut();
  await standing(popup, ["linkedin/signed_out"]);
  // Dismissed by its person, it does not come back for the same event.
  await popup.evaluate(() => chrome.notifications.clear("linkedin/signed_out"));
  await browser.stopWorker();
  await says(popup, "#headline", "nobody is signed in");
  await toned(popup, "#linkedin-state", "bad");
  await standing(popup, []);
  await browser.signIn();
  await toned(popup, "#linkedin-state", "good");
  await browser.signOut();
  await standing(popup, ["linkedin/signed_out"]);
  await browser.signIn();
  await standing(popup, []);
});

test("an invitation that waits calls, and its answer takes the call away", async (t) => {
  const { server, browser, popup } = await permittedWorld(t);
  const options = await browser.open("options/options.html");
  assert.ok(await options.locator("#notify-box:enabled").isChecked());
  await options.locator("#ask_before_invite:enabled").check();
  await toned(options, "#ask_before_invite-said", "good");
  await server.sendInvitation({ profile_urn: "ACoAABCDEF123" });
  await popup.locator(".approval").waitFor();
  await popup.waitForFunction(async () => /^popup\/approval\/\d+$/.test(Object.keys(await chrome.notifications.getAll()).join()));
  await popup.locator(".approval .refuse").click();
  await standing(popup, []);
});

/** What Chrome is asked about permissions, and says. */
const permissionsOf = (page, granted) =>
  page.addInitScript((granted) => {
    const asked = (globalThis.askedFor = []);
    let has = granted;
    Object.assign(chrome.permissions, {
      contains: async ({ permissions = [] }) => permissions.includes("notifications") && has,
      request: async ({ permissions }) => (asked.push(["request", ...permissions]), (has = true)),
      remove: async ({ permissions }) => (asked.push(["remove", ...permissions]), (has = false), true),
    });
  }, granted);

test("they are offered when they would have been of use, asked for by a click, and given back in the settings", async (t) => {
  const browser = await startPagesBrowser();
  t.after(() => browser.stop());
  const status = idleStatus();
  const prepare = (page) => permissionsOf(page, false);
  const { page: popup } = await openOver(browser, POPUP, status, {}, prepare);
  await says(popup, "#headline", "Ready");
  assert.ok(await popup.locator("#notify").isHidden(), "nothing has called for anybody yet");
  Object.assign(status, { state: "signed_out", linkedin: "signed_out", attention: PROBLEM });
  await popup.locator("#notify:visible").waitFor();
  await popup.locator("#notify-allow").press("Enter");
  await popup.locator("#notify").waitFor({ state: "hidden" });
  assert.deepEqual(await popup.evaluate(() => globalThis.askedFor), [["request", "notifications"]]);

  const { page: options } = await openOver(browser, "options/options.html", status, {}, prepare);
  const box = options.locator("#notify-box:enabled");
  assert.equal(await box.isChecked(), false);
  await box.check();
  await box.uncheck();
  assert.deepEqual(await options.evaluate(() => globalThis.askedFor), [["request", "notifications"], ["remove", "notifications"]]);
});

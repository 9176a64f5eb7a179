import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { EXTENSION, ID, ROOT, installChrome, ownPage } from "./support/chrome.js";

let chrome = installChrome();
const { BADGES, host, hostReadingAhead, isOwnPage, isWorkerLost, listen, onStatusChanged, openPage, prepareWorker } = await import("../../../extension/lib/browser.js");

beforeEach(() => void (chrome = installChrome()));

test("storage keeps strings per area and reads all or some", async () => {
  await host.storageSet("local", { a: "1", b: "2" });
  await host.storageSet("session", { c: "3" });
  assert.deepEqual(await host.storageGet("local", null), { a: "1", b: "2" });
  assert.deepEqual(await host.storageGet("local", ["b", "missing"]), { b: "2" });
  await host.storageRemove("local", ["a"]);
  assert.deepEqual(await host.storageGet("local", null), { b: "2" });
  assert.deepEqual(await host.storageGet("session", null), { c: "3" });
});

test("what was read ahead is for the first look at all of an area, and for no other", async () => {
  await host.storageSet("local", { a: "1" });
  await host.storageSet("session", { c: "3" });
  const ahead = hostReadingAhead();
  await host.storageSet("local", { a: "2" });
  await host.storageSet("session", { c: "4" });
  assert.deepEqual(await ahead.storageGet("local", null), { a: "1" });
  assert.deepEqual(await ahead.storageGet("local", null), { a: "2" });
  assert.deepEqual(await ahead.storageGet("session", ["c"]), { c: "4" });
  assert.deepEqual(await ahead.storageGet("session", null), { c: "4" });
});

test("a write that Chrome refuses rejects, so that the core does nothing on it", async () => {
  chrome.storage.local.set = async () => Promise.reject(new Error("QUOTA_BYTES quota exceeded"));
  await assert.rejects(host.storageSet("local", { a: "1" }), Error);
});

test("the core's alarm is not the watchdog", async () => {
  await prepareWorker();
  await host.setAlarm(1234);
  assert.deepEqual([...chrome.alarms.set], [["watchdog", { periodInMinutes: 0.5 }], ["core", { when: 1234 }]]);
  await host.clearAlarm();
  assert.deepEqual([...chrome.alarms.set.keys()], ["watchdog"]);
});

test("every start closes storage to content scripts and leaves a running watchdog alone", async () => {
  const running = { periodInMinutes: 0.5, scheduledTime: 7 };
  chrome.alarms.set.set("watchdog", running);
  await prepareWorker();
  assert.equal(chrome.storage.local.accessLevel, "TRUSTED_CONTEXTS");
  assert.equal(chrome.storage.session.accessLevel, "TRUSTED_CONTEXTS");
  assert.equal(chrome.alarms.set.get("watchdog"), running);
});

test("a cookie is LinkedIn's value or null", async () => {
  chrome.cookies.jar.set("https://www.linkedin.com/ JSESSIONID", { value: "ajax:1" });
  assert.equal(await host.cookie("JSESSIONID"), "ajax:1");
  assert.equal(await host.cookie("li_at"), null);
});

test("a permission is what Chrome says now", async () => {
  assert.equal(await host.hasPermission("https://api.example.com/*"), false);
  chrome.permissions.granted.add("https://api.example.com/*");
  assert.equal(await host.hasPermission("https://api.example.com/*"), true);
});

test("keeping alive is one extension call; a status change is told to pages", async () => {
  await host.keepAlive();
  host.statusChanged();
  assert.deepEqual(chrome.calls, ["getPlatformInfo", { kind: "status_changed" }]);
  assert.match(host.version(), /^\d+\.\d+\.\d+$/);
});

test("a status change with no page open is no error", async () => {
  chrome.runtime.sendMessage = () => Promise.reject(new Error("Receiving end does not exist."));
  assert.equal(host.statusChanged(), undefined);
});

for (const [what, registrations, lost] of [
  ["one that is registered", async () => [{}], false],
  ["none", async () => [], true],
  ["no word of Chrome's", () => Promise.reject(new Error("storage")), false],
]) {
  test(`a worker is lost where Chrome has none: ${what}`, async (t) => {
    Object.defineProperty(globalThis.navigator ?? (globalThis.navigator = {}), "serviceWorker", {
      value: { getRegistrations: registrations },
      configurable: true,
    });
    t.after(() => delete globalThis.navigator.serviceWorker);
    assert.equal(await isWorkerLost(), lost);
  });
}

test("every badge has its own text, and only idle has none; who stands still has another icon", async () => {
  assert.deepEqual(Object.entries(BADGES).filter(([, { icon }]) => icon === "still").map(([name]) => name), ["paused"]);
  const texts = Object.values(BADGES).map(({ text }) => text);
  assert.equal(new Set(texts).size, texts.length);
  assert.deepEqual(Object.entries(BADGES).filter(([, { text }]) => text === "").map(([name]) => name), ["idle"]);
  for (const [name, { text, background, ink, icon }] of Object.entries(BADGES)) {
    await host.showBadge(name, `now ${name}`);
    const files = { 16: `/icons/${icon}-16.png`, 32: `/icons/${icon}-32.png` };
    assert.deepEqual(chrome.badge, { text, background, ink, icon: files, title: `Liaison: now ${name}` });
    for (const path of Object.values(files)) assert.ok(existsSync(new URL(path.slice(1), EXTENSION)), path);
    assert.ok([...text].length <= 4, "a badge has room for four characters");
  }
  await host.showBadge("idle", "");
  assert.equal(chrome.badge.title, "Liaison");
});

test("whoever woke the worker is answered before the badge is set", async () => {
  await host.showBadge("idle", "");
  const shown = host.showBadge("attention", "");
  for (let turn = 0; turn < 100; turn += 1) await null;
  assert.equal(chrome.badge.text, "");
  await shown;
  assert.equal(chrome.badge.text, "!");
});

test("the newest badge stays, in whatever order their turns come", async () => {
  const turns = [];
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = (run) => turns.push(run);
  const shown = [host.showBadge("paused", ""), host.showBadge("attention", "")];
  globalThis.setTimeout = real;
  for (const run of turns.reverse()) run();
  await Promise.all(shown);
  assert.equal(chrome.badge.text, "!");
});

const STRANGERS = {
  "a content script": { ...ownPage, url: "https://www.linkedin.com/feed/", origin: "https://www.linkedin.com" },
  "a content script that claims our address": { ...ownPage, origin: "https://www.linkedin.com" },
  "another extension": { ...ownPage, id: "a".repeat(32) },
  "another extension's page": { id: ID, url: `chrome-extension://${"a".repeat(32)}/x.html`, origin: `chrome-extension://${"a".repeat(32)}` },
  "an address that begins like ours": { ...ownPage, url: `chrome-extension://${ID}.example/x.html` },
  "a sender without an address": { id: ID, origin: ownPage.origin },
  "a sender without an origin": { id: ID, url: ownPage.url },
};

for (const [who, sender] of Object.entries(STRANGERS)) {
  test(`${who} is not one of our pages`, () => assert.equal(isOwnPage(sender), false));
}

test("our pages are, in the popup and in a tab", () => {
  assert.equal(isOwnPage(ownPage), true);
  assert.equal(isOwnPage({ ...ownPage, url: `${ROOT}options/options.html`, tab: { id: 1 } }), true);
});

test("Chrome's events become wake reasons, and only the session cookie of LinkedIn does", () => {
  const woken = [];
  listen({ wake: (reason) => woken.push(reason), message: async () => null, updateAvailable: () => woken.push("update"), firstRun: () => woken.push("first") });
  chrome.alarms.onAlarm.fire({ name: "watchdog" });
  chrome.alarms.onAlarm.fire({ name: "core" });
  chrome.runtime.onInstalled.fire({});
  chrome.runtime.onStartup.fire();
  chrome.permissions.onRemoved.fire({ origins: ["https://www.linkedin.com/*"] });
  chrome.permissions.onAdded.fire({ origins: ["https://api.example.com/*"] });
  chrome.permissions.onAdded.fire({ permissions: ["notifications"], origins: [] });
  chrome.runtime.onUpdateAvailable.fire({});
  assert.deepEqual(woken.splice(0), ["watchdog", "alarm", "installed", "startup", "permissions", "permissions", "update"]);
  chrome.cookies.onChanged.fire({ cookie: { name: "lang", domain: ".linkedin.com" } });
  chrome.cookies.onChanged.fire({ cookie: { name: "li_at", domain: "linkedin.com.example" } });
  assert.deepEqual(woken, []);
  chrome.cookies.onChanged.fire({ cookie: { name: "li_at", domain: ".www.linkedin.com" } });
  assert.equal(woken.length, 1);
});

test("an installation is the first run, an update and a new Chrome are not", () => {
  const woken = [];
  listen({ wake: (reason) => woken.push(reason), message: async () => null, updateAvailable: () => {}, firstRun: () => woken.push("first") });
  for (const reason of ["update", "chrome_update", "shared_module_update"]) chrome.runtime.onInstalled.fire({ reason });
  assert.deepEqual(woken.splice(0), ["installed", "installed", "installed"]);
  chrome.runtime.onInstalled.fire({ reason: "install" });
  assert.deepEqual(woken, ["installed", "first"]);
});

test("a page of the package opens in a tab of its own", async () => {
  await openPage("onboarding/onboarding.html");
  assert.deepEqual(chrome.calls, [{ opened: `${ROOT}onboarding/onboarding.html` }]);
});

test("a session cookie set anew with the value it had is no news; another value, and none, are", () => {
  const woken = [];
  listen({ wake: (reason) => woken.push(reason), message: async () => null, updateAvailable: () => {} });
  const fire = (value, removed = false, cause = "explicit") =>
    chrome.cookies.onChanged.fire({ cookie: { name: "li_at", domain: ".www.linkedin.com", value }, removed, cause });
  const news = (...change) => {
    fire(...change);
    return woken.splice(0).length;
  };
  assert.equal(news("one"), 1);
  assert.deepEqual([news("one", true, "overwrite"), news("one")], [0, 0]);
  assert.equal(news("two"), 1);
  assert.deepEqual([news("two", true), news("two", true)], [1, 0]);
  assert.equal(news("two"), 1);
});

test("a page hears of status changes from our worker alone", () => {
  let heard = 0;
  onStatusChanged(() => (heard += 1));
  chrome.runtime.onMessage.fire({ kind: "status_changed" }, { id: ID });
  chrome.runtime.onMessage.fire({ kind: "status_changed" }, { id: "other" });
  chrome.runtime.onMessage.fire({ kind: "status" }, { id: ID });
  chrome.runtime.onMessage.fire(null, { id: ID });
  assert.equal(heard, 1);
});

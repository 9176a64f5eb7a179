import assert from "node:assert/strict";
import { register } from "node:module";
import { beforeEach, test } from "node:test";
import { ROOT, installChrome, ownPage } from "./support/chrome.js";
import { fake } from "./support/core-package.js";
import { settle } from "./support/settle.js";

register("./support/loader.js", import.meta.url);
const chrome = installChrome();
console.error = () => {};
const workerEvents = new Map();
globalThis.addEventListener = (name, listener) => workerEvents.set(name, listener);

const EVENTS = [
  chrome.alarms.onAlarm,
  chrome.runtime.onMessage,
  chrome.runtime.onInstalled,
  chrome.runtime.onStartup,
  chrome.runtime.onUpdateAvailable,
  chrome.permissions.onAdded,
  chrome.permissions.onRemoved,
  chrome.cookies.onChanged,
];
/** Looked at in a microtask of the worker's own evaluation, before anything that it awaits can have gone on. */
let registeredAtOnce;
const boot = chrome.storage.local.setAccessLevel;
chrome.storage.local.setAccessLevel = function (level) {
  registeredAtOnce ??= EVENTS.map(({ listeners }) => listeners.length);
  return boot.call(this, level);
};
await import("../../../extension/service-worker.js");
await settle();
const started = [...fake.log];

/** As Chrome does it: the listener says whether it will answer, and answers through a callback. */
function ask(message, sender = ownPage) {
  return new Promise((resolve, reject) => {
    const [later] = chrome.runtime.onMessage.fire(message, sender, resolve);
    if (later !== true) reject(new Error("the channel was closed before the answer"));
  });
}

beforeEach(() => {
  fake.log.length = 0;
  fake.answer = async ({ kind }) => ({ ok: true, echoed: kind });
});

test("every listener is there in the worker's first turn, once", () => {
  assert.deepEqual(registeredAtOnce, EVENTS.map(() => 1));
});

test("a start loads the core from the package and arms the watchdog", () => {
  assert.deepEqual(started, [["init", `${ROOT}pkg/liaison_bg.wasm`], ["boot", "0.1.0"]]);
  assert.ok(chrome.alarms.set.has("watchdog"));
});

const KINDS = "status pair test_connection check_linkedin forget set_paused clear_stop set_settings decide cancel_task export_log erase_log erase_everything report";
for (const kind of KINDS.split(" ")) {
  test(`${kind} reaches the core and its answer the page`, async () => {
    assert.deepEqual(await ask({ kind }), { ok: true, echoed: kind });
  });
}

test("an unknown message and a stranger are answered without waking the core", async () => {
  assert.equal((await ask({ kind: "eval" })).error.code, "unknown_command");
  assert.equal((await ask(null)).error.code, "unknown_command");
  const stranger = { ...ownPage, url: "https://www.linkedin.com/", origin: "https://www.linkedin.com" };
  assert.equal((await ask({ kind: "status" }, stranger)).error.code, "foreign_sender");
  assert.deepEqual(fake.log, []);
});

test("a core that fails still leaves the page with an answer", async () => {
  fake.answer = () => Promise.reject(new Error("secret detail"));
  const { ok, error } = await ask({ kind: "status" });
  assert.deepEqual([ok, error.code], [false, "core_down"]);
  assert.doesNotMatch(JSON.stringify(error), /secret/);
});

test("an alarm wakes the core", async () => {
  chrome.alarms.onAlarm.fire({ name: "watchdog" });
  await settle();
  assert.deepEqual(fake.log, [["wake", "watchdog"]]);
});

const opened = async () => {
  chrome.calls.length = 0;
  chrome.runtime.onInstalled.fire({ reason: "install" });
  await settle();
  return chrome.calls.filter((call) => call.opened).map((call) => call.opened);
};

test("an installation opens the onboarding, and does not wait for a core that fails", async () => {
  const page = `${ROOT}onboarding/onboarding.html`;
  fake.answer = async () => ({ ok: true, status: { server: null } });
  assert.deepEqual(await opened(), [page]);
  fake.answer = () => Promise.reject(new Error("no"));
  assert.deepEqual(await opened(), [page]);
});

test("who is paired already needs no onboarding", async () => {
  fake.answer = async () => ({ ok: true, status: { server: { url: "https://api.example.com", name: "desk" } } });
  assert.deepEqual(await opened(), []);
});

for (const [name, field] of [["error", "error"], ["unhandledrejection", "reason"]]) {
  test(`a trap seen by the ${name} event brings up a fresh instance`, async () => {
    workerEvents.get(name)({ [field]: new WebAssembly.RuntimeError("unreachable") });
    await settle();
    assert.deepEqual(fake.log, [["reset"], ["boot", "0.1.0"]]);
    assert.equal(chrome.badge.text, undefined, "a core that is back needs nobody");
  });
}

test("an update waits for the work in hand, then reloads", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let finish;
  fake.drained = new Promise((resolve) => (finish = resolve));
  chrome.runtime.onUpdateAvailable.fire({});
  await settle();
  assert.deepEqual([fake.log, chrome.calls.includes("reload")], [[["drain"]], false]);
  finish();
  await settle();
  assert.equal(chrome.calls.filter((call) => call === "reload").length, 1);
});

test("work that does not end does not hold an update for ever", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  chrome.calls.length = 0;
  fake.drained = new Promise(() => {});
  chrome.runtime.onUpdateAvailable.fire({});
  await settle();
  context.mock.timers.tick(5 * 60_000);
  await settle();
  assert.deepEqual(chrome.calls, ["reload"]);
});

test("a core that is down shows that it needs somebody", async () => {
  for (let n = 0; n < 4; n += 1) {
    workerEvents.get("error")({ error: new WebAssembly.RuntimeError("unreachable") });
    await settle();
  }
  await new Promise((resolve) => setTimeout(resolve)); // the badge's turn is after everything else's
  assert.equal(chrome.badge.text, "!");
  assert.equal((await ask({ kind: "status" })).error.code, "core_down");
});

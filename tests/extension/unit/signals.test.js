/** What the core names gets its words from `_locales`: problems, the toolbar's title, notifications. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { installChrome, ROOT } from "./support/chrome.js";

let chrome = installChrome();
beforeEach(() => (chrome = installChrome()));
const { host, listen } = await import("../../../extension/lib/browser.js");
const { inWords, problemWords } = await import("../../../extension/lib/problems.js");
const { FAILURES } = await import("../../../extension/lib/words.js");
const { inLanguage } = await import("../../../extension/lib/signals.js");

const CORE = new URL("../../../src/", import.meta.url);
const core = readdirSync(CORE, { recursive: true })
  .filter((path) => path.endsWith(".rs"))
  .map((path) => readFileSync(new URL(path, CORE), "utf8").split("#[cfg(test)]")[0])
  .join("\n");

/** Every name of a sentence that the core may send, as its source has them. */
function names() {
  const found = [
    ...core.matchAll(/Problem::new\(\s*"(\w+)"/g),
    ...core.matchAll(/\.said\(\s*"(\w+)"/g),
    ...core.matchAll(/\(\s*"(\w+)",\s*"[A-Z][^"]* [^"]*"\s*,?\s*\)/g),
    ...core.matchAll(/\.pass\("\w+", "(\w+)"/g),
    ...core.matchAll(/=> "(url_\w+)"/g),
  ];
  return [...new Set(found.map(([, name]) => name))];
}

/** Codes whose sentences all have names of their own. */
const NARROWER = ["invalid_url", "record_set_aside", "test_failed", "invalid_input"];

test("every sentence of the core that a person may read has its words here", () => {
  const known = names();
  assert.ok(known.length > 30, `${known.length} are found in the core's source`);
  for (const said of known.filter((name) => !NARROWER.includes(name))) {
    const step = { name: "me", ok: false, said, values: ["7"], detail: "core", remedy: "core" };
    inWords({ ok: true, steps: [step] });
    assert.notEqual(step.detail, "core", said);
    assert.match(step.detail, /^[A-Z].*[.\u2069]$/, said);
  }
});

/** Codes that end a task and are said of nothing else: words.js has theirs. */
const TASK_ALONE = ["cannot_resend_yet", "profile_unavailable", "outcome_unknown", "invalid_input", "unsupported_task", "cancelled", "expired"];

test("every code of the protocol has its words here as what is wrong now, or only ends a task and has them there", () => {
  const source = readFileSync(new URL("../crates/protocol/src/code.rs", CORE), "utf8");
  const [, codes] = source.match(/^ {4}ErrorCode \{([^]*?)^ {4}\}/m);
  const all = [...codes.matchAll(/= "(\w+)"/g)].map(([, code]) => code);
  assert.deepEqual(Object.keys(FAILURES).sort(), [...all].sort());
  for (const code of all) assert.equal(problemWords({ said: code }) === null, TASK_ALONE.includes(code), code);
});

test("a sentence that this version does not know stays as the core wrote it", () => {
  const error = { code: "x", said: "brand_new", values: [], message: "As the core says", remedy: "Do so" };
  assert.deepEqual(inWords({ ok: false, error: { ...error } }).error, error);
  for (const said of [undefined, "constructor", "toString"]) assert.equal(problemWords({ said }), null);
});

test("an answer's status is put into words too, and what it has not is no harm", () => {
  const problem = (said, values = []) => ({ code: "c", said, values, message: "core", remedy: "core" });
  const status = { attention: problem("signed_out"), contact: { error: problem("server_error", ["503"]) } };
  inWords({ ok: true, status });
  assert.match(status.attention.message, /^Nobody is signed in/);
  assert.equal(status.contact.error.message, "The server answered with an error: 503.");
  const other = { attention: problem("unauthorised"), contact: { error: problem("redirected") } };
  inWords({ ok: true, status: other });
  assert.match(other.attention.remedy, /^Press "Test connection"/);
  assert.match(other.contact.error.message, /redirects elsewhere/);
  for (const bare of [{ ok: true }, { ok: true, status: {} }, { ok: true, status: { attention: null, contact: { error: null } } }]) inWords(bare);
});

test("what LinkedIn said beside follows the sentence and keeps its direction to itself", () => {
  const { message } = problemWords({ said: "drift", values: ["\u202eshape"] });
  assert.match(message, /does not know\. In detail: \u2068\u202eshape\u2069$/);
});

test("the toolbar's title is said by name, and an unknown one as the core has it", async () => {
  const face = inLanguage(host);
  await face.showBadge("attention", "superseded", "core");
  assert.equal(chrome.badge.title, "Liaison: Another browser has paired in this one's place.");
  await face.showBadge("paused", "paused", "core");
  assert.equal(chrome.badge.title, "Liaison: Paused");
  await face.showBadge("attention", "brand_new", "As the core says");
  assert.equal(chrome.badge.title, "Liaison: As the core says");
  await face.showBadge("idle", "", "");
  assert.equal(chrome.badge.title, "Liaison");
});

test("each notification that the core may ask for has a title and a sentence, and is taken back", async () => {
  const kinds = [...readFileSync(new URL("agent/signal.rs", CORE), "utf8").matchAll(/notice\([^;]*?"(\w+)"\)/g)].map(([, kind]) => kind);
  assert.deepEqual(kinds.sort(), ["approval", "blocked", "challenge", "server_gone", "signed_out"]);
  const face = inLanguage(host);
  for (const kind of kinds) await face.notify(`popup/${kind}`, kind);
  const shown = [...chrome.notifications.shown.values()];
  assert.equal(new Set(shown.map(({ title }) => title)).size, kinds.length);
  for (const { type, title, message, iconUrl } of shown) {
    assert.ok(type === "basic" && title && message.endsWith("."));
    assert.equal(iconUrl, `${ROOT}icons/icon-128.png`);
  }
  for (const kind of kinds) await face.withdraw(`popup/${kind}`);
  assert.equal(chrome.notifications.shown.size, 0);
});

test("without the permission there is no such API, and nothing fails", async () => {
  delete chrome.notifications;
  await inLanguage(host).notify("popup/approval/1", "approval");
  await host.withdraw("popup/approval/1");
  listen({ wake: () => {}, message: async () => null, updateAvailable: () => {}, firstRun: () => {} });
});

test("a click opens the page that helps, and takes the notification away", async () => {
  listen({ wake: () => {}, message: async () => null, updateAvailable: () => {}, firstRun: () => {} });
  const opened = [];
  chrome.tabs = { create: async ({ url }) => void opened.push(url) };
  await host.notify("linkedin/challenge", { title: "t", message: "m" });
  chrome.notifications.onClicked.fire("linkedin/challenge");
  chrome.notifications.onClicked.fire("options/server_gone");
  chrome.notifications.onClicked.fire("popup/approval/1795305600000");
  assert.deepEqual(opened, ["https://www.linkedin.com/"]);
  assert.deepEqual(chrome.calls, ["openOptionsPage", "openPopup"]);
  assert.equal(chrome.notifications.shown.size, 0);
  chrome.action.openPopup = () => Promise.reject(new Error("Could not find an active browser window."));
  await Promise.all(chrome.notifications.onClicked.fire("popup/blocked"));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(opened.slice(1), [`${ROOT}popup/popup.html`]);
  delete chrome.action.openPopup;
  await Promise.all(chrome.notifications.onClicked.fire("popup/blocked"));
  assert.deepEqual(opened.slice(2), [`${ROOT}popup/popup.html`], "Chrome 120 to 126");
});

test("a permission that is given while the worker runs is heard at once", () => {
  delete chrome.notifications;
  listen({ wake: () => {}, message: async () => null, updateAvailable: () => {}, firstRun: () => {} });
  chrome.notifications = installChrome().notifications;
  globalThis.chrome = chrome;
  chrome.permissions.onAdded.fire({ permissions: ["notifications"], origins: [] });
  assert.equal(chrome.notifications.onClicked.listeners.length, 1);
});

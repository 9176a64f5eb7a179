/** Properties of the extension's files themselves: what the manifest asks for, and which file may name what. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { EXTENSION, ID, readJson } from "./support/chrome.js";

const manifest = readJson("manifest.json");
const read = (path) => readFileSync(new URL(path, EXTENSION), "utf8");
const files = readdirSync(EXTENSION, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.slice(EXTENSION.pathname.length).replace(/^\/+/, ""))
  .filter((path) => !path.startsWith("pkg/"));
const scripts = files.filter((path) => path.endsWith(".js"));
const pages = files.filter((path) => path.endsWith(".html"));

test("the manifest asks for no more than it needs", () => {
  assert.deepEqual(manifest.permissions, ["alarms", "storage", "cookies"]);
  assert.deepEqual(manifest.host_permissions, ["https://www.linkedin.com/*", "http://127.0.0.1/*", "http://localhost/*"]);
  assert.deepEqual(manifest.optional_host_permissions, ["https://*/*"]);
  assert.deepEqual(manifest.optional_permissions, ["notifications"]);
  for (const absent of ["web_accessible_resources", "content_scripts", "externally_connectable"]) {
    assert.equal(absent in manifest, false, absent);
  }
  assert.equal(manifest.incognito, "not_allowed");
  assert.equal(manifest.minimum_chrome_version, "120");
});

test("the content policy allows WebAssembly and nothing else out of the ordinary", () => {
  const policy = manifest.content_security_policy.extension_pages.split("; ").map((rule) => rule.split(" "));
  assert.deepEqual(Object.fromEntries(policy.map(([name, ...sources]) => [name, sources.join(" ")])), {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "connect-src": "'self' https: http://127.0.0.1:* http://localhost:*",
    "style-src": "'self'",
    "img-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  });
});

test("the key gives the fixed id", () => {
  const digest = createHash("sha256").update(Buffer.from(manifest.key, "base64")).digest("hex").slice(0, 32);
  assert.equal(digest.replace(/./g, (digit) => String.fromCharCode(97 + parseInt(digit, 16))), ID);
});

test("every file that the manifest and the pages name is there", () => {
  const named = [...Object.values(manifest.icons), ...Object.values(manifest.action.default_icon)];
  named.push(manifest.action.default_popup, manifest.options_ui.page, manifest.background.service_worker);
  for (const page of pages) {
    for (const [, path] of read(page).matchAll(/(?:src|href)="([^"]+)"/g)) {
      named.push(new URL(path, new URL(page, EXTENSION)).pathname.slice(EXTENSION.pathname.length));
    }
  }
  for (const path of named) assert.ok(existsSync(new URL(path, EXTENSION)), path);
});

test("only lib/browser.js names Chrome's API", () => {
  const naming = scripts.filter((path) => /\b(chrome|browser)\.[a-z]/.test(read(path).replace(/[\w./]*browser\.js/g, "")));
  assert.deepEqual(naming, ["lib/browser.js"]);
});

/** A script and all that it imports, by whatever way. */
function reachedFrom(path, seen = new Set()) {
  if (seen.has(path) || path.startsWith("pkg/")) return seen.add(path);
  seen.add(path);
  const imports = [...read(path).matchAll(/^(?:import|export\b[^"'=(]*\bfrom)\b[^"'=(]*["'](\.[^"']+)["']/gm)].map(([, to]) => new URL(to, new URL(path, EXTENSION)));
  for (const { pathname } of imports) reachedFrom(pathname.slice(EXTENSION.pathname.length), seen);
  return seen;
}

test("pages do not import the core, nor does anything that they import", () => {
  const isCore = (path) => path === "lib/core.js" || path.startsWith("pkg/");
  assert.equal([...reachedFrom("service-worker.js")].filter(isCore).length, 2, "the worker does: its imports are found");
  for (const page of ["popup", "options", "onboarding", "history"]) {
    const all = [...reachedFrom(`${page}/${page}.js`)];
    assert.ok(all.includes("lib/i18n.js"), page);
    assert.deepEqual(all.filter(isCore), [], page);
  }
});

test("nothing is awaited or imported at top level, which would keep Chrome from registering the worker", () => {
  const late = (line) => /^(\S.*)?\bawait\b/.test(line) && !line.includes("async");
  const dynamic = /\bimport\(\s*[^"]/; // a quoted one is a type in a comment
  assert.deepEqual(scripts.filter((path) => read(path).split("\n").some(late) || dynamic.test(read(path))), []);
});

test("no script turns text into markup or code", () => {
  const unsafe = /\.(inner|outer)HTML\s*=[^=]|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|setHTML/;
  assert.deepEqual(scripts.filter((path) => unsafe.test(read(path))), []);
});

test("no page has inline scripts or styles, which the policy would block", () => {
  for (const page of pages) assert.doesNotMatch(read(page), /\son\w+=|<style|\sstyle=|<script(?![^>]* src=)/, page);
});

test("every script begins by saying why it exists and fits on a few screens", () => {
  for (const path of scripts) {
    assert.match(read(path), /^\/\*\*/, path);
    assert.ok(read(path).split("\n").length <= 400, path);
  }
});

test("every message key that is used exists, and every one that exists is used", () => {
  const keys = Object.keys(readJson("_locales/en/messages.json"));
  const source = [...scripts, ...pages].map(read).join("\n") + JSON.stringify(manifest).replace(/__MSG_(\w+)__/g, '"$1"');
  const asked = [...source.matchAll(/(?:\bt\(|data-i18n(?:-label)?=)"(\w+)"/g)].map(([, key]) => key);
  assert.deepEqual(asked.filter((key) => !keys.includes(key)), []);
  assert.deepEqual(keys.filter((key) => !source.includes(`"${key}"`)), []);
});

test("every key in a table of words exists", () => {
  const keys = new Set(Object.keys(readJson("_locales/en/messages.json")));
  const families = /"((?:headline|problem|found|notice|badge|task|kind|working|linkedin|contact|waiting|outcome|failed|step|pairing|address|proof|name|stop|fallback|check|limit|gap)_[a-z0-9_]+)"/g;
  const asked = ["lib/words.js", "lib/problems.js", "lib/signals.js", "lib/pairing.js", "lib/limits.js", "lib/server-address.js", "lib/steps.js"].flatMap((path) =>
    [...read(path).matchAll(families)].map(([, key]) => key),
  );
  assert.deepEqual(asked.filter((key) => !keys.has(key)), []);
});

test("every id that a page's script looks up is on the page", () => {
  for (const name of ["popup", "options", "onboarding", "history"]) {
    const source = scripts.filter((path) => path.startsWith(`${name}/`)).map(read).join("\n");
    const asked = [...source.matchAll(/\b(?:byId|input|button|showList|showFact)\("([\w-]+)"/g)];
    for (const [, id] of asked) assert.match(read(`${name}/${name}.html`), new RegExp(`id="${id}"`), `${name} #${id}`);
  }
});

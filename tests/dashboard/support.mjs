// What the tests of this folder share: a Chromium without an extension, a page that is signed in, and what axe says of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { EXECUTABLE, endsBy } from "../../scripts/world.mjs";
import { ADMIN_KEY, plainState, startFakeServer, TEAM } from "./fake-server.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PAGE_DEADLINE_MS = 30_000;

export async function startChromium() {
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: ["--disable-gpu", "--no-first-run", "--disable-background-networking", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  return { browser, stop: endsBy(() => browser.close()) };
}

/** A page of its own over a fake server of its own, not signed in; whatever the page complains of ends the test badly. */
export async function pageOver(t, { browser }, { state = plainState(), how = {} } = {}) {
  const server = await startFakeServer(state);
  t.after(() => server.stop());
  const page = await openPage(t, browser, how);
  return { server, page };
}

export async function openPage(t, browser, how = {}) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", ...how });
  context.setDefaultTimeout(PAGE_DEADLINE_MS);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => /Content Security Policy|Trusted/.test(message.text()) && complaints.push(message.text()));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  return page;
}

/** Signs in by the form, and goes to a part of the dashboard. */
export async function signedIn(t, chromium, { view = "tasks", ...options } = {}) {
  const { server, page } = await pageOver(t, chromium, options);
  await signIn(page, server.url, view);
  return { server, page };
}

export async function signIn(page, url, view = "tasks", key = ADMIN_KEY, team = TEAM) {
  await page.goto(`${url}#/${team}/${view}`);
  await page.locator("#admin-key").fill(key);
  await page.locator("#admin-key").press("Enter");
  await page.locator("#sign-out").waitFor();
}

/** Fails with what axe finds on the page as it stands. The script comes by the debugger, which the page's policy does not bind. */
export async function axe(page, what = "") {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: rules });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" · ")}`);
  }, RULES);
  assert.deepEqual(found, [], what);
}

/** Waits until the view has been brought up to date once more: as long as what stands there only until then would have stood. */
export async function broughtUpToDate(page) {
  const before = await page.locator(".live").innerText();
  await page.waitForFunction((before) => document.querySelector(".live").textContent !== before, before);
}

/** Waits until an element holds a text. */
export const says = (page, selector, text) => page.locator(selector).filter({ hasText: text }).first().waitFor();

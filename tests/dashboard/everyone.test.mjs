// Every view, for everyone: axe in light and dark, a narrow window, twice the size, right to left, and in German.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { busyState, SCENES } from "./scenes.mjs";
import { axe, pageOver, says, signedIn, startChromium } from "./support.mjs";

let chromium;
before(async () => void (chromium = await startChromium()));
after(() => chromium?.stop());

const NARROW = { width: 360, height: 740 };
const MODES = {
  light: {},
  "dark and narrow": { colorScheme: "dark", viewport: NARROW, reducedMotion: "reduce" },
  "German and narrow": { locale: "de-DE", viewport: NARROW },
};

/** Nothing but a box that says so may be scrolled sideways. */
const overhang = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Every scene on one page, each loaded anew. */
async function throughScenes(t, how, look) {
  const { page, server } = await signedIn(t, chromium, { how });
  for (const scene of SCENES) {
    server.state = scene.state();
    await page.goto(`${server.url}?${scene.name}#/t1/${scene.view}`);
    await page.locator(scene.ready).first().waitFor();
    await look(page, scene.name);
  }
}

for (const [mode, how] of Object.entries(MODES)) {
  test(`every view, ${mode}: axe finds nothing, and no part hangs over`, async (t) => {
    await throughScenes(t, how, async (page, name) => {
      await axe(page, name);
      assert.equal(await overhang(page), 0, name);
      if (how.reducedMotion) assert.equal(await page.evaluate(() => document.getAnimations().length), 0, name);
    });
  });
}

/** What stands on a view only once somebody has done something, or something has happened. */
const OPENED = {
  "asking before": { view: "tasks", ready: "dialog[open]", open: (page) => page.locator('[data-control="cancel"]').first().click() },
  "an invitation": { view: "try", ready: "#try-urn", open: (page) => page.locator("input[name=kind]").last().check() },
  "a wrong number": { view: "try", ready: "#try-problem", open: async (page) => (await page.locator("#try-count").fill("x"), page.keyboard.press("Enter")) },
  "a pairing code": { view: "browsers", ready: "#pairing-code", open: (page) => page.locator("form:has(#pairing-member) button").click() },
  "a key that was made": { view: "keys", ready: "#made-key", open: async (page) => (await page.locator("#key-name").fill("nightly"), page.keyboard.press("Enter")) },
  "a refused press": {
    view: "tasks/queued",
    ready: ".problem:not([hidden])",
    async open(page, server) {
      server.answers["POST /admin/v1/teams/t1/tasks/queued/cancel"] = ({ refuse }) => refuse(503, "storage_unavailable");
      await page.locator("#task-state + .actions button").click();
      await page.locator("dialog .danger").click();
    },
  },
  silence: { view: "tasks", ready: "#silence:not([hidden])", open: (_, server) => void (server.silent = true) },
};

for (const [mode, how] of Object.entries(MODES)) {
  test(`what opens on a view, ${mode}: axe finds nothing, and no part hangs over`, async (t) => {
    const { page, server } = await signedIn(t, chromium, { how });
    for (const [name, { view, ready, open }] of Object.entries(OPENED)) {
      Object.assign(server, { state: busyState(), silent: false, answers: {} });
      await page.goto(`${server.url}?${encodeURIComponent(name)}#/t1/${view}`);
      await page.locator("main .card, .command").first().waitFor();
      await open(page, server);
      await page.locator(ready).first().waitFor();
      await axe(page, name);
      assert.equal(await overhang(page), 0, name);
    }
  });
}

test("signing in is for everyone, too", async (t) => {
  for (const how of Object.values(MODES)) {
    const { page, server } = await pageOver(t, chromium, { how });
    await page.goto(server.url);
    await page.locator("#admin-key").waitFor();
    await axe(page);
    assert.equal(await overhang(page), 0);
  }
});

test("in German every word is German, and the page says that it is", async (t) => {
  const { page } = await signedIn(t, chromium, { how: { locale: "de-DE" } });
  await says(page, "#views", "API-Schlüssel");
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  assert.equal(await page.title(), "Aufgaben · Liaison");
});

test("at twice the size and from right to left nothing hangs over or is cut off", async (t) => {
  await throughScenes(t, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }, async (page, name) => {
    assert.equal(await overhang(page), 0, name);
    await page.evaluate(() => void (document.documentElement.dir = "rtl"));
    assert.equal(await overhang(page), 0, `${name} from right to left`);
    const outside = await page.evaluate(() => [...document.querySelectorAll("main h1, main .card, main button")].filter((part) => part.getClientRects().length > 0 && (part.getBoundingClientRect().left < 0 || part.getBoundingClientRect().right > innerWidth) && !part.closest(".scroll")).length);
    assert.equal(outside, 0, `${name} from right to left`);
  });
});

test("the tab key reaches every control of a list, each with a name and a mark of where one is", async (t) => {
  const scene = SCENES.find(({ name }) => name === "tasks-busy");
  const { page } = await signedIn(t, chromium, { state: scene.state() });
  await page.locator(".card").first().waitFor();
  const wanted = await page.locator("a[href], button:enabled, select:enabled, input:enabled").filter({ visible: true }).count();
  await page.evaluate(() => document.activeElement?.blur());
  const reached = new Set();
  for (let press = 0; press <= wanted + 2; press++) {
    await page.keyboard.press("Tab");
    const held = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return { html: one.outerHTML, name: (one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent).trim(), marked: outlineStyle !== "none" && outlineWidth !== "0px" };
    });
    if (!held) continue;
    assert.ok(held.name, held.html);
    assert.ok(held.marked, held.html);
    reached.add(held.html);
  }
  assert.ok(reached.size >= wanted, `${reached.size} of ${wanted}`);
});

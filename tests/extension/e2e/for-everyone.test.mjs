// Every page in every state, for everyone: axe finds nothing, in light and in dark; nothing is wider than a narrow window, which
// is also a wide one at a zoom of 200 % and more, in English, in German and from right to left; nothing moves for who has asked
// for that; what strangers wrote is text.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { startPagesBrowser } from "./fake-worker.mjs";
import { STATES, openState, titleOf } from "./states.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2 at level AA, and what axe counts as good practice beside it. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let browser;
before(async () => void (browser = await startPagesBrowser()));
after(() => browser?.stop());

/** Rule by rule, where and why: enough to mend it by. */
async function violations(page) {
  const { violations } = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`));
}

async function inState(state, as, use) {
  const page = await openState(browser, state, as);
  try {
    await use(page);
  } finally {
    await page.close();
  }
}

/** What sticks out of a window of 320 pixels; a command to copy scrolls in a box of its own. */
async function sticksOut(page) {
  await page.setViewportSize({ width: 320, height: 640 });
  return page.evaluate(() => {
    const { scrollWidth } = document.documentElement;
    const out = [...document.body.querySelectorAll("*")].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 0 && (right > innerWidth + 1 || left < -1) && !element.closest("pre");
    });
    const named = out.map(({ tagName, id, className }) => `${tagName}#${id}.${className}`);
    return scrollWidth > innerWidth ? [`the page is ${scrollWidth} pixels wide`, ...named] : named;
  });
}

/** What moves although the person has asked for no movement. */
const moves = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("*")].flatMap((element) =>
      [null, "::before", "::after"]
        .filter((pseudo) => {
          const { transitionDuration, animationName } = getComputedStyle(element, pseudo);
          return transitionDuration.split(", ").some((each) => each !== "0s") || animationName !== "none";
        })
        .map((pseudo) => `${element.tagName}#${element.id}${pseudo ?? ""}`),
    ),
  );

const LOOKS = [
  { scheme: "light", language: "en" },
  { scheme: "dark", language: "de", direction: "rtl" },
];

for (const state of STATES) {
  for (const look of LOOKS) {
    test(`${titleOf(state)}, ${Object.values(look).join(" ")}`, async () => {
      // Without movement, so that no colour is measured on its way to another.
      await inState(state, { ...look, reduced: true, script: AXE }, async (page) => {
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(await moves(page), []);
        assert.deepEqual(await sticksOut(page), []);
      });
    });
  }
}

test("a page says which language its words are in, and which way they run", async () => {
  const [state] = STATES;
  await inState(state, { language: "de", direction: "rtl" }, async (page) => {
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ["de", "rtl"]);
    assert.notEqual(await page.title(), "");
  });
});

test("what strangers wrote is shown as text and turns nothing round", async () => {
  for (const state of STATES.filter(({ name }) => name === "hostile")) {
    await inState(state, {}, async (page) => {
      assert.equal(await page.locator("img[src='x']").count(), 0, titleOf(state));
      assert.notEqual(await page.title(), "run");
      const open = await page.evaluate(() => {
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const loose = [];
        for (let node = texts.nextNode(); node; node = texts.nextNode()) {
          const text = node.nodeValue ?? "";
          if (node.parentElement.tagName === "OPTION") continue; // each is a line of its own
          const isolated = getComputedStyle(node.parentElement).unicodeBidi.match(/isolate|plaintext/);
          if (text.includes("\u202e") && !isolated && !/\u2068[^\u2069]*\u202e[^\u2069]*\u2069/.test(text)) loose.push(text);
        }
        return loose;
      });
      assert.deepEqual(open, [], titleOf(state));
    });
  }
});

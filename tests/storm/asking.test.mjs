// @ts-check
// The storm asks the worker as a page does, and takes no fault of the extension for Chrome's.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEVELOPER_MODE } from "../../scripts/world/extensions-page.mjs";
import { DEAF, LOST_AGAIN, askingIn } from "./asking.mjs";

/** A browser whose worker hears nothing so many times, and is registered or not; what was done to it, in order. */
function siteOf({ unheard = 0, registered = true, comesBack = true, ends = false, developer = true } = {}) {
  const did = /** @type {string[]} */ ([]);
  const site = {
    /** @param {string} expression */
    async evaluate(expression) {
      if (expression.includes("getRegistrations")) return registered ? 1 : 0;
      if (expression === DEVELOPER_MODE) return developer;
      if (!expression.includes("sendMessage")) return undefined;
      did.push("ask");
      if (unheard === 0 && ends) throw new Error("the browser ended before Runtime.evaluate");
      if (unheard === 0) return "answer";
      unheard -= 1;
      throw new Error("Error: Could not establish connection. Receiving end does not exist.");
    },
    open: async (/** @type {string} */ url) => (did.push(`open ${url}`), url),
    left: async () => {},
    shut: () => {},
    settle: async () => {
      if (comesBack) [unheard, registered] = [0, true];
    },
  };
  const note = (/** @type {string} */ what) => () => void did.push(what);
  const watch = { onAnswer: () => {}, onUnheard: note("unheard"), onRestart: note("restart"), onRestartFailed: note("failed"), now: () => 0 };
  return { did, asking: askingIn("chrome-extension://x", site, watch) };
}

const STATUS = { kind: "status" };

test("what is heard at once is asked once", async () => {
  const { did, asking } = siteOf();
  assert.equal(await asking.command(STATUS), "answer");
  assert.deepEqual(did, ["ask"]);
});

test("what is heard later is told", async () => {
  const { did, asking } = siteOf({ unheard: 2 });
  assert.equal(await asking.command(STATUS), "answer");
  assert.deepEqual(did, ["ask", "ask", "ask", "unheard"]);
});

test("what nobody heard is told though nothing answers any more", async () => {
  const { did, asking } = siteOf({ unheard: 1, ends: true });
  await assert.rejects(asking.command(STATUS), /the browser ended/);
  assert.deepEqual(did, ["ask", "ask", "unheard"]);
});

test("a browser without the developer mode is not asked to restart what it would switch off", async () => {
  const { did, asking } = siteOf({ unheard: Infinity, registered: false, developer: false });
  await assert.rejects(asking.command(STATUS), /developer mode/);
  assert.deepEqual(did.slice(-3), ["restart", "open chrome://extensions/", "failed"]);
});

test("a worker that is registered and never hears is no loss of Chrome's", async () => {
  const { did, asking } = siteOf({ unheard: Infinity });
  await assert.rejects(asking.command(STATUS), new Error(DEAF));
  assert.deepEqual(did, [...Array(4).fill("ask"), "unheard"]);
});

test("a one-time code is sent once", async () => {
  const { did, asking } = siteOf({ unheard: 1 });
  await assert.rejects(asking.command({ kind: "pair" }), new Error(DEAF));
  assert.deepEqual(did, ["ask", "unheard"]);
});

test("one that is lost is brought back once for all who ask, by the popup", async () => {
  const { did, asking } = siteOf({ unheard: Infinity, registered: false });
  assert.deepEqual(await Promise.all([asking.command(STATUS), asking.command(STATUS)]), ["answer", "answer"]);
  assert.deepEqual(did.filter((what) => what !== "ask"), ["restart", "open chrome://extensions/", "open chrome-extension://x/popup/popup.html"]);
});

test("one that is lost again at once is an error", async () => {
  const { did, asking } = siteOf({ unheard: Infinity, registered: false, comesBack: false });
  await assert.rejects(asking.command(STATUS), new Error(LOST_AGAIN));
  assert.equal(did.filter((what) => what === "restart").length, 1);
});

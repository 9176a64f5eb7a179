import assert from "node:assert/strict";
import { test } from "node:test";
import { reportText } from "../../../extension/options/report.js";

const browser = { userAgent: "Mozilla/5.0 Chrome/156", language: "de-DE", languages: ["de-DE", "de"], hardwareConcurrency: 2 };

test("a report is what the core says, in which browser, and which steps of a check went well how long ago", () => {
  const steps = [
    { name: "session", ok: true, detail: "d", remedy: "" },
    { name: "me", ok: false, detail: "LinkedIn said: Ada Sim", remedy: "r" },
  ];
  const text = reportText({ version: "0.1.0", state: "ready" }, { steps, atMs: 1_000 }, browser, 43_400);
  assert.deepEqual(JSON.parse(text), {
    program: "Liaison",
    browser: browser.userAgent,
    language: "de-DE",
    version: "0.1.0",
    state: "ready",
    check: { seconds_ago: 42, steps: [{ name: "session", ok: true }, { name: "me", ok: false }] },
  });
  assert.equal(JSON.parse(reportText({}, null, browser, 0)).check, null, "no check stands");
});

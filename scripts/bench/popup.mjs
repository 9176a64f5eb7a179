// @ts-check
// From opening the popup to its first true line, painted: with the worker parked at its poll, and with a worker that was ended.
//
// `chrome.action.openPopup` is what a click on the button does, but for the mouse. The popup has a stopwatch in front of its script and
// no debugger; what its line has to be is read from the same popup when it has stood open for a while.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { extensionId, startServer, startSimulator, within } from "../world.mjs";
import { at, head, line, loadNow, now, sorted, until, verdict } from "./figures.mjs";
import { preparedProfile, startQuietBrowser, withStopwatch } from "./quiet-browser.mjs";
import { serverLog } from "./server-log.mjs";
import { stopper } from "./wake.mjs";

const WANTED_MS = 150;
const WARM_UP = 2;
const SETTLE_MS = 700;
const DEADLINE_MS = 30_000;
const POLL = "/agent/v1/poll";

const OPEN = `new Promise((resolve, reject) => {
  const channel = new BroadcastChannel("popup-stopwatch");
  channel.onmessage = ({ data }) => (channel.close(), resolve({ asked, ...data }));
  const asked = performance.timeOrigin + performance.now();
  chrome.action.openPopup().catch(reject);
})`;
const CLOSE = `new BroadcastChannel("popup-stopwatch").postMessage("close")`;

/** @param {{ popups: number }} settings */
export async function popup({ popups }) {
  console.log(`\nPopup opened to its first true line, in ms: ${popups} times each, ${loadNow()}`);
  const log = serverLog();
  const [simulator, server] = await Promise.all([
    startSimulator({ profile: "release" }),
    startServer({ profile: "release", ...log.options }),
  ]);
  const extension = withStopwatch({ script: "popup/popup.js", stopwatch: "popup-stopwatch.js" });
  const profile = await preparedProfile(simulator, server, { extension });
  pin(profile);
  const started = now();
  const browser = startQuietBrowser(simulator, { profile, extension });
  await log.first("came", POLL, started);
  const page = await browser.openPage();
  const stopWorker = await stopper(page);

  const open = async () => {
    const mark = await within(page.evaluate(OPEN), DEADLINE_MS, "the popup to say something");
    await until(now() + SETTLE_MS);
    await page.evaluate(CLOSE);
    await until(now() + SETTLE_MS);
    return mark;
  };
  console.log(head(""));
  const states = { "worker parked": async () => {}, "worker ended": stopWorker };
  for (const [what, before] of Object.entries(states)) {
    const marks = [];
    for (let nth = 0; nth < WARM_UP + popups; nth += 1) {
      await before();
      await until(now() + SETTLE_MS);
      marks.push(await open());
    }
    print(what, marks.slice(WARM_UP));
  }
  for (const part of [browser, server, simulator]) await part.stop();
}

/** Where the button is for who uses it: beside the address. Chrome slides out one that isn't pinned, for a quarter of a second, and waits for it. */
function pin(profile) {
  const file = join(profile, "Default/Preferences");
  const preferences = JSON.parse(readFileSync(file, "utf8"));
  preferences.extensions = { ...preferences.extensions, pinned_extensions: [extensionId()] };
  writeFileSync(file, JSON.stringify(preferences));
}

function print(what, marks) {
  const took = (from, to) => marks.map((mark) => mark[to] - mark[from]);
  const whole = took("asked", "painted");
  console.log(line(`${what}: opened -> its first true line is painted`, whole));
  console.log(line("  -> Chrome has made the window and begins the page", took("asked", "began")));
  console.log(line("  -> the line stands in the page", took("began", "said")));
  console.log(line("  -> painted", took("said", "painted")));
  const lines = [...new Set(marks.map((mark) => mark.line))];
  console.log(`  the line: ${lines.join(" | ")}`);
  console.log(verdict(`p90, ${what}`, at(sorted(whole), 0.9), WANTED_MS));
}

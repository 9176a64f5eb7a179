// @ts-check
// The browser that a person works in.
//
// Nothing looks into it where that can be had: a switch loads the extension. Chrome and Edge take it over a pipe alone, at each start. Nothing
// is attached to any page then, no port is opened, and the pipe's other end is this process and no other; they end together.

import { EXTENSION, SANDBOX } from "../world.mjs";
import { startPipedBrowser } from "../world/piped-browser.mjs";
import { startQuietProgram, within } from "../world/process.mjs";
import { LOADS_OVER_PIPE, loadOver } from "./make-ready.mjs";

const DEADLINE_MS = 60_000;

/**
 * @param {import("./find.mjs").Found} found
 * @param {{ profile: string, page: string, switches: string[] }} how `page`: the first that is seen
 * @returns {Promise<{ stop: () => Promise<void>, exited: Promise<string> }>}
 */
export async function openWindow({ executable, takesSwitch }, { profile, page, switches }) {
  const all = [`--user-data-dir=${profile}`, "--no-first-run", "--no-default-browser-check", ...SANDBOX, ...switches];
  // In a group of its own: Ctrl-C in the terminal is for this process, which then lets the browser write down what it has.
  const options = { detached: true };
  if (takesSwitch) return startQuietProgram(executable, [...all, `--load-extension=${EXTENSION}`, page], options);
  const browser = startPipedBrowser(executable, [...all, LOADS_OVER_PIPE, "about:blank"], options);
  await within(loadOver(browser), DEADLINE_MS, "the browser to take the extension");
  await browser.call("Target.createTarget", { url: page });
  return browser;
}

// @ts-check
// The browser as it is measured: no debugger on the extension's worker, which would keep it alive, make it start later and slow
// its calls. Pages are driven by Chrome's own protocol over a pipe (scripts/world/piped-browser.mjs).

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  EXECUTABLE,
  EXTENSION,
  QUIET_PAGE,
  extensionId,
  flags,
  pairedWith,
  startBrowser,
  temporaryFolder,
} from "../world.mjs";
import { startPipedBrowser } from "../world/piped-browser.mjs";

const STOPWATCHES = join(import.meta.dirname, "../../tests/bench");
const PAGE = `chrome-extension://${extensionId()}/${QUIET_PAGE}`;

/** A profile that is signed in to LinkedIn and paired with a server, as a person leaves it. */
export async function preparedProfile(simulator, server, { url = server.url, extension = EXTENSION } = {}) {
  const browser = await startBrowser(simulator, { extension });
  await browser.signIn();
  await pairedWith(browser, { url, code: server.pairingCode });
  await browser.stop();
  return browser.profile;
}

/**
 * The package as it ships with a stopwatch in front of its worker, or of another script. Not a module more is loaded, and not a line of
 * the rest differs. Its profile has to be made with it: Chrome keeps a worker's script that it has once loaded.
 */
export function withStopwatch({ script = "service-worker.js", stopwatch = "stopwatch.js" } = {}) {
  const folder = join(temporaryFolder("stopwatch"), "extension");
  cpSync(EXTENSION, folder, { recursive: true });
  const file = join(folder, script);
  writeFileSync(file, `${readFileSync(join(STOPWATCHES, stopwatch), "utf8")}\n${readFileSync(file, "utf8")}`);
  return folder;
}

/**
 * @param {{ port: string, spki: string }} simulator
 * @param {object} [options]
 * @param {string} [options.profile] a fresh one without it
 * @param {string} [options.extension] the folder to load, in place of the package as it ships
 * @param {string[]} [options.more] further switches
 */
export function startQuietBrowser(simulator, { profile = temporaryFolder("profile"), extension = EXTENSION, more = [] } = {}) {
  const switches = [...flags(simulator, extension), ...more];
  const { pid, stop, call, on, openPage } = startPipedBrowser(EXECUTABLE, ["--headless", `--user-data-dir=${profile}`, ...switches, "about:blank"]);
  return { pid, stop, call, on, openPage: () => openPage(PAGE), profile };
}

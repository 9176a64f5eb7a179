// @ts-check
// The browser as it is measured: no debugger on the extension's worker, which would keep it alive, make it start later and slow
// its calls. Pages are driven by Chrome's own protocol over a pipe (scripts/world/pipe.mjs).

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
  startPipedProgram,
  temporaryFolder,
} from "../world.mjs";
import { protocolOver } from "../world/pipe.mjs";

const STOPWATCH = join(import.meta.dirname, "../../tests/bench/stopwatch.js");
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
 * The package as it ships with a stopwatch in front of its worker. Not a module more is loaded, and not a line of the rest differs. Its
 * profile has to be made with it: Chrome keeps a worker's script that it has once loaded.
 */
export function withStopwatch() {
  const folder = join(temporaryFolder("stopwatch"), "extension");
  cpSync(EXTENSION, folder, { recursive: true });
  const worker = join(folder, "service-worker.js");
  writeFileSync(worker, `${readFileSync(STOPWATCH, "utf8")}\n${readFileSync(worker, "utf8")}`);
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
  const args = ["--headless", `--user-data-dir=${profile}`, "--remote-debugging-pipe", ...switches, "about:blank"];
  const { pid, to, from, stop } = startPipedProgram(EXECUTABLE, args);
  const { ask: call, on } = protocolOver(to, from);

  /** A page of the extension's that runs none of its scripts. */
  async function openPage() {
    const { targetId } = await call("Target.createTarget", { url: PAGE });
    const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
    const send = (method, params) => call(method, params, sessionId);
    await send("Runtime.enable");
    const heard = (event, hear) => on(event, (params, session) => session === sessionId && hear(params));
    return { send, evaluate: (expression) => evaluate(send, expression), on: heard };
  }
  return { pid, stop, call, on, openPage, profile };
}

async function evaluate(send, expression) {
  const asked = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await send("Runtime.evaluate", asked);
  if (exceptionDetails) throw new Error(`${exceptionDetails.exception?.description ?? exceptionDetails.text}: ${expression}`);
  return result.value;
}

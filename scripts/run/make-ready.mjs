// @ts-check
// Before a window opens: the browser is started once without one, with its own profile, to take the extension and to be paired.
//
// The one-time code goes over the pipe, from this process to the extension's own page: it stands in no address, no history and no
// command line. While this lasts the browser reaches this computer alone, so whatever it has to do waits.

import { EXTENSION, QUIET, QUIET_PAGE, SANDBOX, extensionId, simulated } from "../world.mjs";
import { DEVELOPER_MODE, EXTENSIONS_PAGE, LEFT_OFF, SWITCHED_ON, switchOn } from "../world/extensions-page.mjs";
import { startPipedBrowser } from "../world/piped-browser.mjs";
import { within } from "../world/process.mjs";

const ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost";
const DEADLINE_MS = 60_000;
const SWITCHES_WITHIN_MS = 10_000;
/** Without it Chrome loads nothing over the pipe. */
export const LOADS_OVER_PIPE = "--enable-unsafe-extension-debugging";
const LOGIN = "https://www.linkedin.com/login";
/** What the first screens propose, unless its person has chosen already: in force before a server can ask for anything. */
const CHOOSE_CAREFULLY = `import("/onboarding/choices.js").then(async ({ firstChoice, readChoice }) => {
  const { status } = await chrome.runtime.sendMessage({ kind: "status" });
  const { choice, invites_per_day, invites_per_week } = firstChoice(status.settings);
  const figures = { invites_per_day: String(invites_per_day), invites_per_week: String(invites_per_week) };
  const { settings } = readChoice(choice, figures, status.settings, status.ceilings);
  return chrome.runtime.sendMessage({ kind: "set_settings", settings });
})`;

/** Loads the package into a browser at the other end of a pipe. */
export const loadOver = (browser, extension = EXTENSION) => browser.call("Extensions.loadUnpacked", { path: extension });

/**
 * @param {string} executable
 * @param {object} how
 * @param {string} how.profile
 * @param {string} how.url where the server is to be found
 * @param {{ port: string, spki: string } | null} how.simulator
 * @param {() => Promise<string>} how.newCode starts the server, if need be
 * @param {string} [how.extension] in place of the package as it ships
 * @param {(line: string) => void} [how.say] what its person is told
 * @returns {Promise<boolean>} whether it was paired just now
 */
export async function makeReady(executable, { profile, url, simulator, newCode, extension, say = console.log }) {
  const reach = simulator ? simulated(simulator) : [ALONE];
  const switches = ["--headless=new", `--user-data-dir=${profile}`, ...QUIET, ...SANDBOX, LOADS_OVER_PIPE, ...reach, "about:blank"];
  const browser = startPipedBrowser(executable, switches, { detached: true });
  const work = async () => {
    await loadOver(browser, extension);
    // The second time is a reload. Chrome keeps the worker's modules that it has once loaded, of whatever package they were.
    await loadOver(browser, extension);
    const page = await browser.openPage();
    await letRestart(page, say);
    await switchOnAgain(page, say);
    if (simulator) await signIn(page);
    await page.visit(`chrome-extension://${extensionId()}/${QUIET_PAGE}`);
    const paired = await pairUnlessPaired(page, { url, newCode });
    // As its person closes it: what the profile is to keep is on disk then.
    await browser.call("Browser.close").catch(() => {});
    await browser.exited;
    return paired;
  };
  try {
    return await within(work(), DEADLINE_MS, "the browser to take the extension");
  } finally {
    await browser.stop();
  }
}

/** @typedef {{ visit: (url: string) => Promise<unknown>, evaluate: (expression: string) => Promise<unknown> }} Page */

/**
 * What is answered in chrome://extensions; null in a relative of Chrome's that has no such page or calls.
 *
 * @param {Page} page
 * @param {string} expression
 */
async function askExtensions(page, expression) {
  const asked = page.visit(EXTENSIONS_PAGE).then(() => page.evaluate(expression));
  return within(asked, SWITCHES_WITHIN_MS, EXTENSIONS_PAGE).catch(() => null);
}

/**
 * Lets the extension restart itself, which the profile keeps.
 *
 * @param {Page} page
 * @param {(line: string) => void} say
 */
export async function letRestart(page, say) {
  if (await askExtensions(page, DEVELOPER_MODE)) return;
  say(`Switch on "Developer mode" in ${EXTENSIONS_PAGE}: without it the browser takes "Restart Liaison" for "switch off".`);
}

/**
 * Switches the extension on where Chrome has left it off: the browser has died in a restart of it, or soon after.
 *
 * @param {Page} page
 * @param {(line: string) => void} say
 */
export async function switchOnAgain(page, say) {
  const answer = await askExtensions(page, switchOn(extensionId()));
  if (answer === LEFT_OFF) say(`Switch Liaison on in ${EXTENSIONS_PAGE}: the browser died soon after Liaison was restarted or switched on, and left it off.`);
  if (answer === SWITCHED_ON) say("Liaison is switched on again: the browser had died soon after Liaison was restarted or switched on, and left it off.");
}

async function pairUnlessPaired(page, { url, newCode }) {
  const { status } = await told(page, { kind: "status" });
  if (status?.server?.url === url && status.state !== "unauthorised") return false;
  const limits = await page.evaluate(CHOOSE_CAREFULLY);
  if (!limits.ok) throw new Error(`the extension took no limits: ${limits.error.message}`);
  const answer = await told(page, { kind: "pair", server: url, code: await newCode(), name: "The browser of ./build.sh run" });
  if (!answer.ok) throw new Error(`the extension could not be paired: ${answer.error.message}`);
  return true;
}

/** What the worker answers to one of its own pages. */
const told = (page, command) => page.evaluate(`chrome.runtime.sendMessage(${JSON.stringify(command)})`);

async function signIn(page) {
  await page.visit(LOGIN);
  await page.visit(() => page.evaluate('void document.querySelector("form [type=submit]").click()'));
}

// @ts-check
// The pages that the storm opens, and the extension that Chrome has left switched off.

import { extensionId } from "../../scripts/world/browser.mjs";
import { EXTENSIONS_PAGE, SWITCHED_ON, switchOn } from "../../scripts/world/extensions-page.mjs";

const LOOK_MS = 20;
/** An extension that is restarted has no pages for a second or two; one that is off has none. */
const REFUSALS = 100;
/** What Chrome has lost never comes, and is not refused. */
const PAGE_WITHIN_MS = 15_000;

/** @typedef {ReturnType<typeof import("../../scripts/world/pipe.mjs").protocolOver>} Driver */

/**
 * @param {Driver} driver
 * @param {string} expression
 * @param {string} session
 */
export async function evaluateIn(driver, expression, session) {
  const by = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await driver.ask("Runtime.evaluate", by, session);
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/**
 * Opens a page, and comes back with its session when it is there.
 *
 * @param {Driver} driver
 * @param {string} url
 */
export async function openPage(driver, url) {
  const { targetId } = await driver.ask("Target.createTarget", { url });
  const { sessionId } = await driver.ask("Target.attachToTarget", { targetId, flatten: true });
  const there = `location.href === ${JSON.stringify(url)} && document.readyState === "complete"`;
  const expression = `location.protocol === "chrome-error:" ? "refused" : ${there}`;
  let refusals = 0;
  for (const end = performance.now() + PAGE_WITHIN_MS; performance.now() < end && refusals < REFUSALS; ) {
    // Until the page is there its target shows an empty one, which goes away under the question.
    const { result } = await driver.ask("Runtime.evaluate", { expression }, sessionId).catch((error) => {
      if (/Session with given id not found/.test(String(error))) throw new Error(`its page was closed before it was there: ${url}`);
      return { result: null };
    });
    if (result?.value === true) return sessionId;
    if (driver.isOver()) throw new Error("the browser ended before its page was there");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (result?.value !== "refused") continue;
    refusals += 1;
    await driver.ask("Page.navigate", { url }, sessionId).catch(() => {});
  }
  driver.tell("Target.closeTarget", { targetId });
  throw new Error(refusals < REFUSALS ? `waited ${PAGE_WITHIN_MS / 1000} s for the page: ${url}` : `Chrome refuses the page: ${url}`);
}

/**
 * Switches the extension on where Chrome has left it off, after a restart or after it was switched on; whether it was so.
 *
 * @param {Driver} driver
 * @returns {Promise<boolean>}
 */
export async function switchOnAgain(driver) {
  const session = await openPage(driver, EXTENSIONS_PAGE);
  const answer = await evaluateIn(driver, switchOn(extensionId()), session);
  driver.tell("Page.close", {}, session);
  return answer === SWITCHED_ON;
}

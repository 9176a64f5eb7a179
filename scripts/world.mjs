// Everything a whole run needs, started together and ended together: simulator, server, browser.

import { startServer } from "./world/server.mjs";
import { startSimulator } from "./world/simulator.mjs";
import { pair, startBrowser } from "./world/browser.mjs";

export * from "./world/browser.mjs";
export * from "./world/process.mjs";
export * from "./world/server.mjs";
export * from "./world/simulator.mjs";

/**
 * @param {object} [options]
 * @param {number} [options.connections] the size of the simulated network
 * @param {boolean} [options.paired] pair the browser with the server, by the options page
 * @param {boolean} [options.signedIn] sign the browser in to the simulated LinkedIn, by its form
 * @param {object} [options.server] how the server is started
 */
export async function startWorld({ connections = 250, seed = 1, paired = true, signedIn = true, server: how = {} } = {}) {
  const parts = [];
  const stop = async () => {
    for (const part of parts.reverse()) await part.stop();
  };
  try {
    const [simulator, server] = await Promise.all([startSimulator({ seed, connections }), startServer(how)]);
    parts.push(simulator, server);
    const browser = await startBrowser(simulator);
    parts.push(browser);
    if (signedIn) await browser.signIn();
    if (paired) await pairedWith(browser, { url: server.url, code: server.pairingCode });
    return { simulator, server, browser, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Pairs and waits until the options page says that it is so. */
export async function pairedWith(browser, pairing) {
  const page = await pair(browser, pairing);
  const answer = page.locator("#message[data-tone=good], #message[data-tone=bad]");
  await answer.waitFor();
  if ((await answer.getAttribute("data-tone")) !== "good") throw new Error(`not paired: ${await answer.innerText()}`);
  await page.close();
}

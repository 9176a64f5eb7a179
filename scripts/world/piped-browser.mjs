// @ts-check
// A browser that is driven by Chrome's own protocol over a pipe: no port is opened, and nobody but this process can reach it.

import { startPipedProgram } from "./process.mjs";
import { protocolOver } from "./pipe.mjs";

/**
 * @param {string} executable
 * @param {string[]} switches
 * @param {{ detached?: boolean }} [options] as `start` of process.mjs has them
 */
export function startPipedBrowser(executable, switches, options) {
  const { pid, to, from, stop, exited } = startPipedProgram(executable, ["--remote-debugging-pipe", ...switches], options);
  const { ask: call, on } = protocolOver(to, from);

  async function openPage(url = "about:blank") {
    const { targetId } = await call("Target.createTarget", { url });
    const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
    const send = (method, params) => call(method, params, sessionId);
    await send("Runtime.enable");
    const heard = (event, hear) => on(event, (params, session) => session === sessionId && hear(params));
    return { send, evaluate: (expression) => evaluate(send, expression), on: heard, visit: await visitor(send, heard) };
  }
  return { pid, stop, exited, call, on, openPage };
}

/** Goes to an address, or does what leads to one, and comes back when the page there has loaded. */
async function visitor(send, heard) {
  let loaded = () => {};
  heard("Page.loadEventFired", () => loaded());
  await send("Page.enable");
  return async (go) => {
    const arrived = new Promise((resolve) => (loaded = () => resolve(undefined)));
    if (typeof go === "string") await send("Page.navigate", { url: go });
    else await go();
    await arrived;
  };
}

async function evaluate(send, expression) {
  const asked = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
  const { result, exceptionDetails } = await send("Runtime.evaluate", asked);
  if (exceptionDetails) throw new Error(`${exceptionDetails.exception?.description ?? exceptionDetails.text}: ${expression}`);
  return result.value;
}

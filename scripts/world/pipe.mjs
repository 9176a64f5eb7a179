// @ts-check
// Chrome's debugging protocol over its pipe: JSON texts, each ended by a zero byte. What it costs ends with the call.

/**
 * @param {import("node:stream").Writable} to what the browser reads
 * @param {import("node:stream").Readable} from what it writes
 */
export function protocolOver(to, from) {
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void, method: string }>} */
  const waiting = new Map();
  /** @type {Map<string, ((params: any, session?: string) => void)[]>} */
  const listeners = new Map();
  let last = 0;
  let rest = "";
  let over = false;
  const gone = (/** @type {string} */ method) => new Error(`the browser ended before ${method}`);
  from.setEncoding("utf8").on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages) take(JSON.parse(message));
  });
  // It ends with the browser; whoever waits for an answer then is told.
  from.on("close", () => {
    over = true;
    for (const { reject, method } of waiting.values()) reject(gone(method));
    waiting.clear();
  });
  to.on("error", () => {});
  from.on("error", () => {});

  /** @param {any} message */
  function take({ id, result, error, method, params, sessionId }) {
    if (id === undefined) return (listeners.get(method) ?? []).forEach((hear) => hear(params, sessionId));
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error) asked?.reject(new Error(`${asked.method}: ${error.message}`));
    else asked?.resolve(result);
  }

  /** @param {string} method @param {object} [params] @param {string} [sessionId] @returns {Promise<any>} */
  function ask(method, params = {}, sessionId = undefined) {
    const id = ++last;
    return new Promise((resolve, reject) => {
      if (over) return reject(gone(method));
      waiting.set(id, { resolve, reject, method });
      to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  return {
    ask,
    isOver: () => over,
    /** Without caring for the answer: the target may be gone. @param {string} method @param {object} params @param {string} [session] */
    tell: (method, params, session) => void ask(method, params, session).catch(() => {}),
    /** @param {string} event @param {(params: any, session?: string) => void} hear with the session in which it happened */
    on: (event, hear) => void listeners.set(event, [...(listeners.get(event) ?? []), hear]),
  };
}

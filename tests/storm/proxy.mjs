// @ts-check
// Stands between the agent and the task server, sees each call come and go, and can lose, cut or hold back either way.

import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";

/**
 * @typedef {object} Passing one call of the agent
 * @property {"poll" | "start" | "heartbeat" | "complete" | "pair" | "other"} call
 * @property {string | null} task the task that it is about; of a poll the one that its answer offers
 * @property {any} body
 * @property {{ status: number, json: any } | null} answer
 * @property {string} bearer
 */

/** @typedef {"asked" | "answered" | "passed"} Phase */
/**
 * @typedef {void | "lose" | "cut" | "double"} Fate `lose`: the connection ends, and nothing more goes on; `cut`: half of the answer
 *   goes on; `double`: the call arrives twice
 */

/**
 * @param {() => string} serverUrl
 * @param {(phase: Phase, passing: Passing) => Promise<Fate> | Fate} watch `asked` before a call goes on to the server, `answered`
 *   before the answer goes back, `passed` after it went; what it returns becomes of the call
 * @param {(fate: Fate, passing: Passing) => void} struck hears which fate has come over a call, once it has: a call whose agent
 *   has gone meanwhile has none
 */
export async function startProxy(serverUrl, watch, struck) {
  let open = 0;
  const proxy = createServer(async (request, response) => {
    const isPoll = request.url?.endsWith("/poll");
    if (!isPoll) open += 1;
    try {
      await pass(request, response);
    } catch {
      response.destroy(); // the server is down: the agent sees a connection that ends
    } finally {
      if (!isPoll) open -= 1;
    }
  });

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async function pass(request, response) {
    const bytes = await readAll(request);
    const passing = passingOf(request, bytes);
    /** @param {Fate} fate */
    const lose = (fate) => {
      if (!response.destroyed) struck(fate, passing);
      response.destroy();
    };
    const onward = await watch("asked", passing);
    if (onward === "lose") return lose(onward);
    if (onward === "double") {
      await forward(request, bytes, response);
      struck(onward, passing);
    }
    const answer = await forward(request, bytes, response);
    passing.answer = { status: answer.status, json: readJson(answer.bytes) };
    passing.task ??= passing.answer.json?.task?.task ?? null;
    const fate = await watch("answered", passing);
    if (fate === "lose") return lose(fate);
    response.writeHead(answer.status, { ...answer.headers, "content-length": answer.bytes.length });
    if (fate === "cut") {
      response.write(answer.bytes.subarray(0, answer.bytes.length / 2), () => lose(fate));
      return;
    }
    response.end(answer.bytes);
    await watch("passed", passing);
  }

  /** @param {import("node:http").IncomingMessage} request @param {Buffer} bytes @param {import("node:http").ServerResponse} response */
  async function forward(request, bytes, response) {
    const { hostname, port } = new URL(serverUrl());
    const { method, url: path, headers } = request;
    const onward = httpRequest({ agent: false, hostname, port, method, path, headers });
    // An agent that breaks its poll off must be seen to do so by the server.
    response.once("close", () => onward.destroy());
    onward.on("error", () => {}); // after the answer's head; before, `once` throws it
    onward.end(bytes);
    const [answer] = await once(onward, "response");
    const { "transfer-encoding": _, connection: __, ...kept } = answer.headers;
    return { status: answer.statusCode, headers: kept, bytes: await readAll(answer) };
  }

  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (proxy.address());
  return {
    url: `http://127.0.0.1:${port}`,
    /** How many calls are under way, parked polls left out. */
    open: () => open,
    async stop() {
      const closed = once(proxy, "close");
      proxy.close();
      proxy.closeAllConnections();
      await closed;
    },
  };
}

/** @param {import("node:http").IncomingMessage} request @param {Buffer} bytes @returns {Passing} */
function passingOf(request, bytes) {
  const [, call = "other"] = request.url?.match(/\/agent\/v1\/(?:tasks\/[^/]+\/)?(poll|start|heartbeat|complete|pair)$/) ?? [];
  const [, task = null] = request.url?.match(/\/tasks\/([^/]+)\//) ?? [];
  const bearer = request.headers.authorization?.replace("Bearer ", "") ?? "";
  return { call: /** @type {Passing["call"]} */ (call), task, body: readJson(bytes), answer: null, bearer };
}

/** @param {AsyncIterable<Buffer>} stream */
async function readAll(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** @param {Buffer} bytes @returns {any} */
function readJson(bytes) {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}

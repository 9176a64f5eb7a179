// A task server of level one in a few lines, which can also answer nonsense. It knows `poll` and `complete` alone.

import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";

export const TOKEN = "a-token-that-a-person-pastes";

/** What the server says to a poll instead of an answer of the protocol. */
const NONSENSE = {
  html: (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html><h1>Welcome</h1></html>"),
  garbage: (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"task":{"ta'),
  wrong_types: (response) => sendJson(response, 200, { task: 7, next_ms: "soon", directives: {} }),
  nothing: (response) => response.destroy(),
  error: (response) => response.writeHead(500, { "content-type": "text/plain" }).end("out of order"),
  redirect: (response) => response.writeHead(302, { location: "/login" }).end(),
  busy: (response) => response.writeHead(503, { "retry-after": "1800" }).end(),
  stranger: (response) => response.writeHead(403).end("<html>no</html>"),
};

export async function startFakeServer() {
  const events = new EventEmitter();
  const queue = [];
  const results = new Map();
  let parked = null;
  let broken = 0;
  let nonsense = null;
  let accepted = TOKEN;
  /** Calls that are none of the protocol's. */
  let strays = 0;

  const server = createServer(async (request, response) => {
    const body = await readJson(request);
    strays += Number(!request.url.startsWith("/agent/v1/"));
    if (request.headers.authorization !== `Bearer ${accepted}`) return sendJson(response, 401, { success: false });
    if (request.url === "/agent/v1/poll") return poll(response, body);
    const finished = request.url.match(/^\/agent\/v1\/tasks\/([^/]+)\/complete$/);
    if (finished) return complete(response, decodeURIComponent(finished[1]), body);
    sendJson(response, 404, { success: false, error: "no such call" });
  });

  function poll(response, body) {
    events.emit("poll", body);
    if (nonsense) return NONSENSE[nonsense](response);
    const mine = { response, body, timer: setTimeout(() => (answer(mine, null), events.emit("held out")), body.wait_ms) };
    if (parked) answer(parked, null);
    parked = mine;
    response.on("close", () => parked === mine && brokenOff(mine));
    offerNext();
  }

  /** The agent is gone, or has something else to say. */
  function brokenOff(waiting) {
    clearTimeout(waiting.timer);
    parked = null;
    broken += 1;
  }

  function answer(waiting, task) {
    clearTimeout(waiting.timer);
    if (parked === waiting) parked = null;
    sendJson(waiting.response, 200, { task });
  }

  /** Level one's first rule: whatever is neither finished nor held by the agent is offered again. */
  function offerNext() {
    if (!parked || parked.body.state !== "ready") return;
    const held = new Set((parked.body.held ?? []).map(({ task }) => task));
    const { accepts } = parked.body;
    const next = queue.find((task) => !held.has(task.task) && (task.always || accepts.includes(task.task_type)));
    if (!next) return;
    const { always, ...offer } = next;
    answer(parked, offer);
  }

  function complete(response, id, body) {
    if (body.status !== "returned" && !results.has(id)) {
      results.set(id, body);
      queue.splice(queue.findIndex((task) => task.task === id), 1);
    }
    sendJson(response, 200, {});
    events.emit(`completed ${id}`, body);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** How many parked polls the agent has broken off. */
    get broken() {
      return broken;
    },
    get strays() {
      return strays;
    },
    /** Comes back when a poll has been held for as long as it asked for, with nothing to offer. */
    heldOut: () => once(events, "held out"),
    results,
    /** From now on, and for the poll that is parked. */
    speakNonsense(kind) {
      nonsense = kind;
      if (parked) {
        clearTimeout(parked.timer);
        NONSENSE[kind](parked.response);
        parked = null;
      }
    },
    /** From now on no other token is taken. */
    acceptOnly(token) {
      accepted = token;
      if (parked) answer(parked, null);
    },
    speakSense: () => void (nonsense = null),
    nextPoll: async () => (await once(events, "poll"))[0],
    /** `always` offers a kind that the agent did not say it accepts. */
    async run(task, { always = false } = {}) {
      const done = once(events, `completed ${task.task}`);
      queue.push({ ...task, always });
      offerNext();
      return (await done)[0];
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readJson(request) {
  let text = "";
  for await (const bytes of request) text += bytes;
  return text === "" ? {} : JSON.parse(text);
}

function sendJson(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

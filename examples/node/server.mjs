#!/usr/bin/env node
// A task API server of level one in Node.js 20, without packages, to read and to start from.
//
//     AGENT_TOKEN=… API_KEY=… node server.mjs [--port 8788]
//
// The extension polls it with AGENT_TOKEN; paste that into its options page. Your program sends API_KEY as a bearer token:
//     POST /tasks        {"task_type":"agent_fetch_connections","task_input":{"count":40}} -> {"task":"<id>"}
//     GET  /tasks/<id>   -> {"status":"pending"|"completed"|"failed","task_output":null|{...}}
//
// Tasks are kept in memory: when the server ends they are gone. For more than a try, write them to a database before answering.

import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

const LONGEST_BODY = 4_000_000; // 500 connections may be 1 MB
const tasks = new Map(); // id -> task, in the order of the queue
let parked; // the poll that is held back

class Refused extends Error {
  constructor(status, code, sentence) {
    super(sentence);
    Object.assign(this, { status, code });
  }
}

/** Holds the poll back until there is something to do, for `wait_ms` at most. A newer poll sends it home. */
async function poll({ state, accepts, held, wait_ms }) {
  parked?.send(null);
  const offer = () => {
    for (const { task, task_type, task_input, status } of state === "ready" ? tasks.values() : []) {
      const isHeld = held.some((entry) => entry.task === task);
      // Neither finished nor held by the agent, and of a kind that it accepts now.
      if (status === "pending" && accepts.includes(task_type) && !isHeld) return { task, task_type, task_input };
    }
    return null;
  };
  const now = offer();
  if (now) return { task: now };
  return new Promise((resolve) => {
    const send = (task) => {
      parked = undefined;
      clearTimeout(timer);
      resolve({ task });
    };
    const timer = setTimeout(send, Math.min(wait_ms, 25_000), null);
    parked = { send, look: () => offer() && send(offer()) };
  });
}

/** Takes a result. The first one stands; whatever comes later is answered 200 all the same. */
function complete(name, { status, task_output }) {
  const task = found(name);
  if (task.status === "pending") {
    if (status === "completed" || status === "failed") {
      Object.assign(task, { status, task_output });
    } else if (status === "returned") {
      tasks.delete(name); // nothing of it was done: to the end of the queue
      tasks.set(name, task);
      parked?.look();
    } else {
      throw new Refused(422, "invalid_message", "the status is completed, failed or returned");
    }
  }
  return { status: task.status };
}

function create({ task_type, task_input = {} }) {
  const task = randomUUID();
  tasks.set(task, { task, task_type, task_input, status: "pending", task_output: null });
  parked?.look();
  return { task };
}

function found(name) {
  const task = tasks.get(name);
  if (!task) throw new Refused(404, "not_found", "there is no such task");
  return task;
}

function mustHave(request, secret) {
  const digest = (text) => createHash("sha256").update(text).digest(); // of one length, for a comparison in constant time
  const given = digest(request.headers.authorization ?? "");
  if (!timingSafeEqual(given, digest(`Bearer ${process.env[secret]}`))) {
    throw new Refused(401, "unauthorised", "the bearer token is missing or wrong");
  }
}

function route(request, said) {
  const [, name] = request.url.match(/^\/(?:agent\/v1\/)?tasks\/([^/]+)/) ?? [];
  const call = `${request.method} ${name ? request.url.replace(name, "{id}") : request.url}`;
  mustHave(request, request.url.startsWith("/agent/") ? "AGENT_TOKEN" : "API_KEY");
  switch (call) {
    case "POST /agent/v1/poll":
      return poll(said);
    case "POST /agent/v1/tasks/{id}/complete":
      return complete(name, said);
    case "POST /tasks":
      return create(said);
    case "GET /tasks/{id}": {
      const { status, task_output } = found(name);
      return { status, task_output };
    }
    default:
      throw new Refused(404, "not_found", "there is no such call");
  }
}

async function read(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length <= LONGEST_BODY) parts.push(part); // the rest is read and thrown away, so that the answer arrives
  }
  if (length > LONGEST_BODY) throw new Refused(413, "too_large", "the body is too large");
  return JSON.parse(Buffer.concat(parts).toString() || "{}");
}

const server = createServer(async (request, response) => {
  let status = 200;
  let said;
  try {
    said = await route(request, await read(request));
  } catch (error) {
    // What is no refusal is a body that is not JSON, or has not the members that this call has.
    const { code, message } = error instanceof Refused ? error : new Refused(422, "invalid_message", "the body is not understood");
    status = error.status ?? 422;
    said = { success: false, error: message, code };
  }
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(said));
});

const { port } = parseArgs({ options: { port: { type: "string", default: "8788" } } }).values;
const { AGENT_TOKEN, API_KEY } = process.env;
if (!AGENT_TOKEN || !API_KEY || AGENT_TOKEN === API_KEY) {
  console.error("set AGENT_TOKEN and API_KEY to two secrets of your own");
  process.exit(2);
}
server.listen(Number(port), "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));

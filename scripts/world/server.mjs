// The task API server as a program writes to it: start it, make an API key or a pairing code, send it tasks.

import { join } from "node:path";
import { builtProgram, runProgram, startProgram, temporaryFolder } from "./process.mjs";

const PROGRAM = "liaison-server";
const WAIT_S = 25;

/**
 * A server with its own fresh database, listening on a free port of the loopback interface.
 *
 * @param {object} [options]
 * @param {string} [options.profile] which build of it
 * @param {Record<string, string>} [options.env] variables beside our own
 * @param {(line: string) => void} [options.onLog] hears each line of its log
 */
export async function startServer(options = {}) {
  const database = join(temporaryFolder("server"), "liaison.sqlite3");
  const { ready, stop, log } = await serve(database, undefined, options);
  const { url, api_key: apiKey, pairing_code: pairingCode } = ready;
  return { url, apiKey, pairingCode, database, newPairingCode: () => said("pair", database, options), newAdminKey: () => said("admin-key add", database, options), stop, log, ...callsOf(url, apiKey) };
}

/** The bare program, on a database that may be there already. Its first start alone says key and code. */
export const serve = (database, listen = "127.0.0.1:0", { profile, ...options } = {}) =>
  startProgram(builtProgram(PROGRAM, profile), ["serve", "--listen", listen, "--database", database, "--json"], options);

/** What a command of the program prints in the end. */
export async function said(command, database, { profile } = {}) {
  const { code, stdout, stderr } = await runProgram(builtProgram(PROGRAM, profile), [...command.split(" "), "--database", database]);
  if (code !== 0) throw new Error(`liaison-server ${command} ended with ${code}\n${stderr}`);
  return stdout.trim().split("\n").at(-1);
}

/** What a caller of the documented API does. */
export function callsOf(url, apiKey) {
  async function call(method, path, body, headers = {}) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "x-api-key": apiKey, "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, json: await response.json() };
  }

  const create = (path) => async (body) => {
    const { status, json } = await call("POST", path, body);
    if (status !== 200) throw new Error(`POST ${path} was answered ${status}: ${JSON.stringify(json)}`);
    return json.api_agent_task_id;
  };
  const fetchConnections = create("/linkedin-agent/fetch-connections");
  const sendInvitation = create("/linkedin-agent/send-connection-request");

  const status = async (id, wait) =>
    call("GET", `/linkedin-agent/get-task-status?api_agent_task_id=${id}${wait ? `&wait=${wait}` : ""}`);

  /** Follows a task to its end by long polls. */
  async function finished(id, { deadlineMs = 120_000 } = {}) {
    const end = performance.now() + deadlineMs;
    for (;;) {
      const { json } = await status(id, WAIT_S);
      if (json.data?.status === "completed" || json.data?.status === "failed") return json.data;
      if (performance.now() > end) throw new Error(`task ${id} has not ended: ${JSON.stringify(json)}`);
    }
  }

  /** Comes back when a task waits for this reason, and until a time that is taken; what its status says of it. */
  async function waitingFor(id, reason, { deadlineMs = 60_000, takes = () => true } = {}) {
    const end = performance.now() + deadlineMs;
    for (;;) {
      const { json } = await status(id, 1);
      const { waiting } = json.data ?? {};
      if (waiting?.reason === reason && takes(waiting.until)) return waiting;
      if (performance.now() > end) throw new Error(`task ${id} does not wait for ${reason}: ${JSON.stringify(json)}`);
    }
  }

  const runFetch = async (body, options) => finished(await fetchConnections(body), options);
  const runInvitation = async (body, options) => finished(await sendInvitation(body), options);
  return { call, fetchConnections, sendInvitation, status, finished, waitingFor, runFetch, runInvitation };
}

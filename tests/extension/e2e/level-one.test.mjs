// A server written by someone who knew nothing but docs/PROTOCOL.md: Python's standard library, poll and complete.
// It reads tasks as JSON lines and prints each finished one as a JSON line.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { pairedWith, startBrowser, startSimulator, until } from "../../../scripts/world.mjs";
import { invitationsSeen } from "./support.mjs";

const SERVER = join(import.meta.dirname, "../../level-one/server.py");
const TOKEN = "level-one-token";

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

const skip = !existsSync(SERVER) && "the server is not there yet";

test("drives the extension for both kinds of task", { skip }, async (t) => {
  const port = await freePort();
  const args = [SERVER, "--listen", `127.0.0.1:${port}`, "--token", TOKEN];
  const server = spawn("python3", args, { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => server.kill());
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const simulator = await startSimulator();
  t.after(() => simulator.stop());
  const browser = await startBrowser(simulator);
  t.after(() => browser.stop());
  await until("the level-one server to listen", () => answers(port));
  await browser.signIn();
  await pairedWith(browser, { url: `http://127.0.0.1:${port}`, token: TOKEN });

  async function run(task) {
    server.stdin.write(`${JSON.stringify(task)}\n`);
    const finished = JSON.parse((await lines.next()).value);
    assert.equal(finished.task, task.task);
    return finished;
  }

  const read = await run({ task: "read-1", task_type: "agent_fetch_connections", task_input: { count: 120 } });
  assert.equal(read.status, "completed");
  assert.equal(read.task_output.total, 120);

  const person = { profile_urn: "ACoAABCDEF123", note: "hello" };
  const sent = await run({ task: "invite-1", task_type: "agent_send_connection_request", task_input: person });
  assert.equal(sent.status, "completed");
  assert.deepEqual(sent.task_output, { sent: true });
  assert.deepEqual(await invitationsSeen(simulator), [{ id: "ACoAABCDEF123", note: "hello" }]);
});

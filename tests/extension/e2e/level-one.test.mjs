// A server written by someone who knew nothing but docs/PROTOCOL.md: Python's standard library, poll and complete.
// It reads tasks as JSON lines and prints each finished one as a JSON line.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { pairedWith, startBrowser, startSimulator } from "../../../scripts/world.mjs";
import { invitationsSeen } from "./support.mjs";

const SERVER = join(import.meta.dirname, "../../level-one/server.py");
const TOKEN = "level-one-token";

test("drives the extension for both kinds of task", async (t) => {
  const args = [SERVER, "--listen", "127.0.0.1:0", "--token", TOKEN];
  const server = spawn("python3", args, { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => server.kill());
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => JSON.parse((await lines.next()).value);
  const { url } = await nextLine();
  const simulator = await startSimulator();
  t.after(() => simulator.stop());
  const browser = await startBrowser(simulator);
  t.after(() => browser.stop());
  await browser.signIn();
  await pairedWith(browser, { url, token: TOKEN });

  async function run(task) {
    server.stdin.write(`${JSON.stringify(task)}\n`);
    const finished = await nextLine();
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

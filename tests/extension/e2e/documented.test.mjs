// The examples that the first API's documentation prints, in curl, JavaScript and Python: each as it stands there, but for
// address and key, against a real browser.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runProgram, startWorld, temporaryFolder } from "../../../scripts/world.mjs";
import { invitationsSeen, urnsOf, worldFor } from "./support.mjs";

const EXAMPLES = join(import.meta.dirname, "../../documented");
const PYTHON = join(import.meta.dirname, "../../../target/clients/venv/bin/python");
const INVITED = "ACoAABCDEF123";

/** An example's text with this server's address and key in it. */
const textOf = (file, { url, apiKey }) =>
  readFileSync(join(EXAMPLES, file), "utf8").replaceAll("https://api.outx.ai", url).replaceAll("YOUR_API_KEY", apiKey);

/** What an example prints when it is run as a whole. */
async function printed(program, file, server) {
  const copy = join(temporaryFolder("documented"), file);
  writeFileSync(copy, textOf(file, server));
  const { code, stdout, stderr } = await runProgram(program, [copy]);
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  return stdout;
}

/**
 * What the commands of an example answer, one after another, each once the task of the one before has ended. The last of
 * them asks for the result of a task, which is the first one's.
 */
async function answers(file, server) {
  const commands = textOf(file, server).trim().split("\n\n");
  const got = [];
  for (const command of commands) {
    const id = got[0]?.api_agent_task_id ?? "";
    const { code, stdout, stderr } = await runProgram("bash", ["-c", command.replaceAll("TASK_ID", id)]);
    assert.equal(code, 0, stderr);
    got.push(JSON.parse(stdout));
    const made = got.at(-1).api_agent_task_id;
    if (made) await server.finished(made);
  }
  return got;
}

describe("listing", () => {
  const CONNECTIONS = 130;
  let world;
  let list;
  before(async () => {
    world = await startWorld({ connections: CONNECTIONS });
    list = urnsOf((await world.server.runFetch({ count: 500 })).task_output);
    assert.equal(list.length, CONNECTIONS);
  });
  after(() => world?.stop());
  const urnsIn = (text) => text.match(/urn:li:fsd_profile:[\w-]+/g);

  test("with curl", async () => {
    const [created, search, status] = await answers("fetch-connections.sh", world.server);
    const taken = { success: true, message: "Fetch connections task created successfully" };
    for (const { api_agent_task_id: id, ...rest } of [created, search]) {
      assert.match(id, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
      assert.deepEqual(rest, taken);
    }
    assert.equal(status.data.status, "completed");
    assert.deepEqual(urnsOf(status.data.task_output), list.slice(0, 40));
    const { json } = await world.server.status(search.api_agent_task_id);
    for (const { name } of json.data.task_output.connections) assert.match(name, /john/i);
  });

  test("with JavaScript", async () => {
    const stdout = await printed(process.execPath, "fetch-connections.mjs", world.server);
    // The console shows a hundred.
    assert.deepEqual(urnsIn(stdout), list.slice(0, 100));
    assert.match(stdout, /\.\.\. 30 more items/);
  });

  test("with Python", async () => {
    assert.deepEqual(urnsIn(await printed(PYTHON, "fetch-connections.py", world.server)), list);
  });
});

describe("inviting", () => {
  // Each asks for the same person twice, the second time with a note: that is the first one's task.
  for (const [language, run] of [
    ["JavaScript", (server) => printed(process.execPath, "send-connection-request.mjs", server)],
    ["Python", (server) => printed(PYTHON, "send-connection-request.py", server)],
  ]) {
    test(`with ${language}`, async (t) => {
      const { server, simulator } = await worldFor(t);
      const lines = (await run(server)).trim().split("\n");
      assert.equal(lines.length, 2);
      for (const line of lines) assert.match(line.toLowerCase(), /^\{ ?'?sent'?: true ?\}$/);
      assert.deepEqual(await invitationsSeen(simulator), [{ id: INVITED, note: null }]);
    });
  }

  test("with curl", async (t) => {
    const { server, simulator } = await worldFor(t);
    const [plain, noted, status] = await answers("send-connection-request.sh", server);
    assert.deepEqual([plain.success, plain.message], [true, "Send connection request task created successfully"]);
    assert.deepEqual([noted.api_agent_task_id, noted.deduplicated], [plain.api_agent_task_id, true]);
    assert.deepEqual([status.data.status, status.data.task_output], ["completed", { sent: true }]);
    assert.deepEqual(await invitationsSeen(simulator), [{ id: INVITED, note: null }]);
  });
});

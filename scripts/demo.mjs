// The whole thing on one machine: a program posts tasks to the server, the extension in a real Chromium carries
// them out against a simulated LinkedIn, and the documented output comes out.
//
// Exit code 0 when every answer has the documented shape and the simulator saw exactly the invitations asked for.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { endEverything, isEnding, startWorld } from "./world.mjs";

const CONNECTIONS = 250;
const ROWS_SHOWN = 2;
const INVITED = "ACoAABCDEF123";
const ALSO_INVITED = "ACoAAHIJKLMNOPQRST";
const NOTE = "Hi, I came across your work and would love to connect.";
const CONNECTION_MEMBERS = [
  ...["entity_urn", "first_name", "headline", "last_name", "name"],
  ...["profile_image_url", "public_identifier"],
];
const READ = { task_type: "agent_fetch_connections" };
const INVITATION = { task_type: "agent_send_connection_request" };

const keep = process.argv.includes("--keep");
const started = performance.now();
const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);

function say(line) {
  console.log(`\n[${seconds(started).padStart(5)} s] ${line}`);
}

/** Prints a request and its answer as JSON; of a long list only the first rows. */
function show(what, body, answer) {
  say(what);
  if (body !== undefined) console.log(`request ${JSON.stringify(body, null, 2)}`);
  const rows = answer?.data?.task_output?.connections;
  const left = rows ? Math.max(0, rows.length - ROWS_SHOWN) : 0;
  const shown = left === 0 ? answer : structuredClone(answer);
  if (left > 0) shown.data.task_output.connections.length = ROWS_SHOWN;
  console.log(`answer ${JSON.stringify(shown, null, 2)}`);
  if (left > 0) console.log(`(${left} more connections in this answer, not printed here)`);
}

async function runTask(server, path, body) {
  const created = await server.call("POST", path, body);
  show(`POST ${path}`, body, created.json);
  assert.equal(created.status, 200, `POST ${path} was answered ${created.status}`);
  const { api_agent_task_id: id, message, success } = created.json;
  assert.equal(success, true);
  assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.match(message, /^(Fetch connections|Send connection request) task created successfully$/);

  const posted = performance.now();
  const data = await server.finished(id);
  const asked = `GET /linkedin-agent/get-task-status?api_agent_task_id=${id}`;
  show(`${asked} (after ${seconds(posted)} s)`, undefined, { success: true, data });
  assert.equal(data.id, id);
  assert.equal(data.status, "completed", `the task ended ${data.status}: ${JSON.stringify(data.task_output)}`);
  return data;
}

function checkConnections({ total, connections }) {
  assert.equal(total, connections.length, "total is the number of connections in the answer");
  for (const connection of connections) {
    assert.deepEqual(Object.keys(connection).sort(), CONNECTION_MEMBERS);
    assert.match(connection.entity_urn, /^urn:li:fsd_profile:/);
    const { profile_image_url: picture, ...texts } = connection;
    assert.ok(picture === null || picture.startsWith("https://"), `profile_image_url is ${picture}`);
    for (const [member, text] of Object.entries(texts)) assert.equal(typeof text, "string", member);
  }
}

async function runExamples({ server, simulator }) {
  const recent = await runTask(server, "/linkedin-agent/fetch-connections", {});
  assert.deepEqual(recent.task_input, { keyword: null, sort_type: null, start: 0, count: 40, ...READ });
  assert.equal(recent.task_output.total, 40);
  checkConnections(recent.task_output);

  const search = { keyword: "John", sort_type: "RECENTLY_ADDED", count: 40 };
  const johns = await runTask(server, "/linkedin-agent/fetch-connections", search);
  assert.deepEqual(johns.task_input, { ...search, start: 0, ...READ });
  checkConnections(johns.task_output);
  assert.ok(johns.task_output.total > 0, "nobody called John was found");
  for (const { name } of johns.task_output.connections) assert.match(name, /john/i);

  const noted = { profile_urn: INVITED, note: `   ${NOTE}\n ` };
  const plain = { profile_urn: `urn:li:fsd_profile:${ALSO_INVITED}` };
  for (const [body, note] of [[noted, noted.note], [plain, null]]) {
    const { task_input, task_output } = await runTask(server, "/linkedin-agent/send-connection-request", body);
    assert.deepEqual(task_input, { ...body, note, ...INVITATION });
    assert.deepEqual(task_output, { sent: true });
  }

  const { counts, invitations } = await simulator.journal();
  say("What the simulated LinkedIn saw");
  console.log(JSON.stringify({ counts, invitations }, null, 2));
  const seen = invitations.map(({ profile_id: id, note }) => ({ id, note }));
  assert.deepEqual(seen, [{ id: INVITED, note: NOTE }, { id: ALSO_INVITED, note: null }]);
  assert.equal(counts.unmatched, 0, "the extension asked for something that the simulator does not know");
}

/** From a message that has to wake the worker to the core's answer: the median of five. */
async function measureWorkerStart(browser) {
  const page = await browser.open(browser.quietPage);
  const times = [];
  for (let round = 0; round < 5; round += 1) {
    await browser.stopWorker();
    const took = await page.evaluate(async () => {
      const asked = performance.now();
      await chrome.runtime.sendMessage({ kind: "status" });
      return performance.now() - asked;
    });
    times.push(took);
  }
  await page.close();
  return times.sort((a, b) => a - b)[2];
}

function printForPeople({ server, simulator }) {
  console.log(`
Running until Ctrl-C.

  task API            ${server.url}
  API key             ${server.apiKey}
  simulated LinkedIn  ${simulator.https}, its journal ${simulator.control}/__sim/journal

Try:
  api=${server.url}/linkedin-agent key='x-api-key: ${server.apiKey}'
  curl -s -H "$key" $api/fetch-connections -d '{"count":5}'
  curl -s -H "$key" "$api/get-task-status?wait=25&api_agent_task_id=TASK_ID"
`);
}

try {
  const world = await startWorld({ connections: CONNECTIONS });
  say(`server at ${world.server.url}, simulated LinkedIn at ${world.simulator.https}`);
  console.log(`${world.browser.origin} is paired and signed in`);
  await runExamples(world);
  const wake = await measureWorkerStart(world.browser);
  const summary = `worker start-up ${wake.toFixed(0)} ms (a message that wakes it, to the core's answer)`;
  writeFileSync("target/demo.txt", `${summary}\n`);
  say(summary);
  if (keep) {
    printForPeople(world);
    await new Promise(() => setInterval(() => {}, 2 ** 30));
  }
  await world.stop();
  say(`four tasks, four documented answers, two invitations, each sent once`);
} catch (error) {
  // What breaks because everything is being ended is no failure of the demo.
  if (!isEnding()) console.error(`\ndemo: ${error instanceof assert.AssertionError ? error.message : error.stack}`);
  await endEverything();
  process.exit(1);
}

// Both kinds of task, from the POST of a program to the documented output.

import assert from "node:assert/strict";
import { before, after, test } from "node:test";
import { pairedWith, startServer, startWorld } from "../../../scripts/world.mjs";
import { invitationsSeen, urnsOf } from "./support.mjs";

const CONNECTIONS = 750;
let world;
before(async () => void (world = await startWorld({ connections: CONNECTIONS })));
after(() => world?.stop());

test("a bare fetch gives the first forty", async () => {
  const { status, task_input: input, task_output: output } = await world.server.runFetch({});
  assert.equal(status, "completed");
  const defaults = { keyword: null, sort_type: null, start: 0, count: 40 };
  assert.deepEqual(input, { ...defaults, task_type: "agent_fetch_connections" });
  assert.equal(output.total, 40);
  assert.equal(output.connections.length, 40);
});

test("paging until total is less than count gives each connection once", async () => {
  const count = 300;
  const urns = [];
  for (let start = 0; ; start += count) {
    const { status, task_output: output } = await world.server.runFetch({ start, count });
    assert.equal(status, "completed", JSON.stringify(output));
    urns.push(...urnsOf(output));
    if (output.total < count) break;
  }
  assert.equal(urns.length, CONNECTIONS);
  const people = await world.simulator.people(CONNECTIONS);
  assert.deepEqual([...urns].sort(), people.map(({ id }) => `urn:li:fsd_profile:${id}`).sort());
});

test("five hundred rows come in one answer", async () => {
  const { task_output: output } = await world.server.runFetch({ count: 500 });
  assert.equal(output.total, 500);
  assert.equal(new Set(urnsOf(output)).size, 500);
});

test("a keyword finds everyone whose name contains it, and start and count index what was found", async () => {
  const { task_output: all } = await world.server.runFetch({ keyword: "john", count: 500 });
  assert.ok(all.total > 1, "the simulated network has several of that name");
  for (const { name } of all.connections) assert.match(name, /john/i);

  const { task_output: second } = await world.server.runFetch({ keyword: "john", start: 1, count: 1 });
  assert.deepEqual(urnsOf(second), [urnsOf(all)[1]]);
  const { task_output: nobody } = await world.server.runFetch({ keyword: "no one is called this" });
  assert.deepEqual(nobody, { total: 0, connections: [] });
});

test("beyond the end of the list there is nothing", async () => {
  const { status, task_output: output } = await world.server.runFetch({ start: CONNECTIONS + 10 });
  assert.equal(status, "completed");
  assert.deepEqual(output, { total: 0, connections: [] });
});

test("an invitation goes out once, with its note trimmed or without one", async () => {
  const noted = await world.server.runInvitation({ profile_urn: "ACoAABCDEF123", note: "  hello \n" });
  assert.deepEqual([noted.status, noted.task_output], ["completed", { sent: true }]);
  assert.equal(noted.task_input.note, "  hello \n", "the input is shown as it was sent");
  const plain = await world.server.runInvitation({ profile_urn: "urn:li:fsd_profile:ACoAAHIJKLMNOPQRST", note: "   " });
  assert.deepEqual([plain.status, plain.task_output], ["completed", { sent: true }]);
  assert.deepEqual(await invitationsSeen(world.simulator), [
    { id: "ACoAABCDEF123", note: "hello" },
    { id: "ACoAAHIJKLMNOPQRST", note: null },
  ]);
  const { counts } = await world.simulator.journal();
  assert.equal(counts.posts, 2);
});

test("a pasted token pairs with another server, and the first one is left alone", async (t) => {
  const other = await startServer();
  t.after(() => other.stop());
  const exchange = await other.call("POST", "/agent/v1/pair", { code: other.pairingCode, name: "by hand" });
  await pairedWith(world.browser, { url: other.url, token: exchange.json.token });
  const { status, task_output: output } = await other.runFetch({ count: 2 });
  assert.equal(status, "completed");
  assert.equal(output.total, 2);
});

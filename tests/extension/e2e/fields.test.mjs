// What a caller asks for beside the documented members, and what is reported to be odd about a list.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startWorld } from "../../../scripts/world.mjs";
import { says, urnsOf, worldFor } from "./support.mjs";

const DOCUMENTED = [
  ...["entity_urn", "first_name", "headline", "last_name", "name"],
  ...["profile_image_url", "public_identifier"],
];
const FULL = [...DOCUMENTED, "connected_at", "connection_urn"].sort();
const NOTHING_ODD = { unresolved: 0, duplicates: 0, unreadable: 0, list_shifted: false, fallback: null };
const profileUrn = ({ id }) => `urn:li:fsd_profile:${id}`;
const isUnresolved = ({ odd }) => odd === "Unresolved";

function checkCompleted(data) {
  assert.equal(data.status, "completed", JSON.stringify(data.task_output));
  return data;
}

describe("a network of 250", () => {
  const CONNECTIONS = 250;
  let world;
  before(async () => void (world = await startWorld({ connections: CONNECTIONS })));
  after(() => world?.stop());

  test("all says since when, by which record and of how many, and each time is LinkedIn's own", async () => {
    const count = 120;
    const data = checkCompleted(await world.server.runFetch({ fields: "all", sort_type: "RECENTLY_ADDED", count }));
    const { total, network_total: networkTotal, connections } = data.task_output;
    assert.equal(data.task_input.fields, "all");
    assert.deepEqual([total, networkTotal, connections.length], [count, CONNECTIONS, count]);

    const people = await world.simulator.people(count);
    assert.deepEqual(urnsOf(data.task_output), people.map(profileUrn));
    const times = people.map(({ created_ms: ms }) => new Date(ms).toISOString());
    assert.deepEqual(connections.map(({ connected_at: time }) => time), times);
    const records = people.map(({ id }) => `urn:li:fsd_connection:${id}`);
    assert.deepEqual(connections.map(({ connection_urn: urn }) => urn), records);
    for (const connection of connections) assert.deepEqual(Object.keys(connection).sort(), FULL);
  });

  test("without fields the answer is the documented one, to the letter", async () => {
    const { task_input: input, task_output: output } = checkCompleted(await world.server.runFetch({ count: 3 }));
    assert.equal("fields" in input, false);
    assert.deepEqual(Object.keys(output).sort(), ["connections", "total"]);
    for (const connection of output.connections) assert.deepEqual(Object.keys(connection).sort(), DOCUMENTED);
  });

  test("total is a number alone, for which no row is asked", async () => {
    const before = (await world.simulator.pages()).length;
    const { task_output: output } = checkCompleted(await world.server.runFetch({ fields: "total" }));
    assert.deepEqual(output, { total: 0, network_total: CONNECTIONS, connections: [] });
    assert.equal((await world.simulator.pages()).length, before);
  });

  test("rows that LinkedIn did not resolve are in the answer, and counted beside it", async () => {
    const count = 100;
    const people = await world.simulator.people(count);
    const unresolved = people.filter(isUnresolved).map(profileUrn);
    assert.ok(unresolved.length > 0, "the simulated network has some");
    const data = checkCompleted(await world.server.runFetch({ sort_type: "RECENTLY_ADDED", count }));
    assert.deepEqual(data.findings, { ...NOTHING_ODD, unresolved: unresolved.length });
    const nameless = data.task_output.connections.filter(({ name }) => name === "");
    assert.deepEqual(nameless.map(({ entity_urn: urn }) => urn), unresolved);
  });

  test("about a list of which nothing is odd nothing is said", async () => {
    const people = await world.simulator.people(CONNECTIONS);
    const start = people.findIndex((person, at) => !people.slice(at, at + 5).some(isUnresolved));
    const data = await world.server.runFetch({ sort_type: "RECENTLY_ADDED", start, count: 5 });
    assert.equal("findings" in checkCompleted(data), false, JSON.stringify(data.findings));
  });
});

for (const [fallback, path] of [
  ["older_decoration", "ConnectionListWithProfile-16"],
  ["legacy_list", "/relationships/dash/connections"],
]) {
  test(`when LinkedIn no longer answers ${path}, the list comes by the ${fallback}, and caller and person are told`, async (t) => {
    const { server, simulator, browser } = await worldFor(t);
    await simulator.fault({ method: "GET", path }, { kind: "rename", from: "*elements", to: "*items" }, { times: 50 });
    const count = 15;
    const data = checkCompleted(await server.runFetch({ sort_type: "RECENTLY_ADDED", count }));
    assert.deepEqual(urnsOf(data.task_output), (await simulator.people(count)).map(profileUrn));
    assert.equal(data.findings.fallback, fallback);
    const popup = await browser.open("popup/popup.html");
    await says(popup, "#linkedin-state .fact-detail", "older");
  });
}

// The two published APIs whose calls answer with rows, from a program to LinkedIn and back: LinkedIn's own client
// libraries, unmodified, and LinkupAPI's call as curl, JavaScript and Python make it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runProgram, startWorld, temporaryFolder } from "../../../scripts/world.mjs";
import { startApiHost } from "../../clients/api-host.mjs";
import { officialClients } from "../../clients/official.mjs";
import { worldFor } from "./support.mjs";

const CONNECTIONS = 640;
const PYTHON = join(import.meta.dirname, "../../../target/clients/venv/bin/python");
const LINKUP_PATH = "/v1/network/connections";
/** Nobody's. */
const LOGIN_TOKEN = "a cookie that nobody reads";

let world;
let host;
/** The list as the first API gives it: what the other two have to agree with. */
let list;
before(async () => {
  world = await startWorld({ connections: CONNECTIONS });
  host = await startApiHost(world.server.url, temporaryFolder("api-host"));
  const pages = [{ start: 0, count: 500 }, { start: 500, count: 500 }].map((page) => world.server.fetchConnections(page));
  const outputs = [];
  for (const id of await Promise.all(pages)) outputs.push((await world.server.finished(id)).task_output);
  list = outputs.flatMap(({ connections }) => connections);
  assert.equal(list.length, CONNECTIONS);
});
after(async () => {
  host?.stop();
  await world?.stop();
});

/** Somebody as LinkedIn's own API resolves them. */
function resolved({ first_name: first, last_name: last }) {
  const localized = (name) => ({ localized: { en_US: name }, preferredLocale: { country: "US", language: "en" } });
  const names = { firstName: first, lastName: last };
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name).map(([member, name]) => [member, localized(name)]));
}

/** Somebody as LinkupAPI shows them. */
const linkupRow = (person) => ({
  name: person.name || "N/A",
  job_title: person.headline || "N/A",
  profile_url: `https://www.linkedin.com/in/${person.public_identifier || person.entity_urn.split(":").at(-1)}/`,
  profile_picture: person.profile_image_url ?? "N/A",
});

for (const [language, run] of Object.entries(officialClients)) {
  test(`LinkedIn's own client for ${language} reads the connections of a real browser`, async () => {
    const got = await run(host.env, world.server.apiKey);
    assert.equal(got.bare.elements.length, 50);
    assert.equal(new Set(got.bare.elements.map(({ to }) => to)).size, 50);
    for (const { paging } of [got.bare, got.paging, got.decorated, got.by_get, got.tunnelled])
      assert.equal(paging.total, CONNECTIONS);

    const people = [...got.decorated.elements, ...got.second.elements];
    assert.deepEqual(people.map(({ to }) => to), got.bare.elements.slice(0, 20).map(({ to }) => to));
    const withoutIds = people.map(({ "to~": { id, ...names }, to }) => (assert.equal(to, `urn:li:person:${id}`), names));
    assert.deepEqual(withoutIds, list.slice(0, 20).map(resolved));
    assert.deepEqual([got.wrong_projection.status, got.wrong_token.status], [400, 401]);
  });
}

test("the number of connections is had without reading the list", async () => {
  const before = (await world.simulator.pages()).length;
  const { status, json } = await official(world.server, "q=viewer&projection=(paging)");
  assert.deepEqual([status, json], [200, { paging: { total: CONNECTIONS, count: 10, start: 0, links: [] } }]);
  assert.equal((await world.simulator.pages()).length, before);
});

const official = (server, query) =>
  server.call("GET", `/v2/connections?${query}`, undefined, { authorization: `Bearer ${server.apiKey}` });

/** LinkupAPI's call in the languages of its callers. */
const LINKUP_CALLS = {
  curl: async (server, body) => {
    const head = ["-H", `x-api-key: ${server.apiKey}`, "-H", "content-type: application/json"];
    const { stdout } = await runProgram("curl", ["-sS", `${server.url}${LINKUP_PATH}`, ...head, "-d", JSON.stringify(body)]);
    return JSON.parse(stdout);
  },
  JavaScript: async (server, body) => (await server.call("POST", LINKUP_PATH, body)).json,
  Python: async (server, body) => {
    const script = [
      "import json, requests, sys",
      "url, key, body = sys.argv[1:]",
      'print(requests.post(url, headers={"x-api-key": key}, json=json.loads(body)).text)',
    ];
    const args = ["-c", script.join("\n"), `${server.url}${LINKUP_PATH}`, server.apiKey, JSON.stringify(body)];
    const { stdout, stderr } = await runProgram(PYTHON, args);
    assert.equal(stderr, "");
    return JSON.parse(stdout);
  },
};

for (const [language, call] of Object.entries(LINKUP_CALLS)) {
  test(`LinkupAPI's call from ${language} gives pages and results`, async () => {
    const pages = await call(world.server, { login_token: LOGIN_TOKEN, country: "FR", start_page: 2, end_page: 3 });
    assert.deepEqual(pages, {
      status: "success",
      data: {
        total_results: 20,
        total_available_results: CONNECTIONS,
        connections: list.slice(10, 30).map(linkupRow),
        pagination: { start_page: 2, end_page: 3, results_per_page: 10, pages_fetched: 2 },
      },
    });
    const { data } = await call(world.server, { login_token: LOGIN_TOKEN });
    assert.deepEqual(data.connections, list.slice(0, 10).map(linkupRow));
    assert.equal("pagination" in data, false);
    const refused = await call(world.server, { login_token: "" });
    assert.deepEqual([refused.status, typeof refused.message], ["error", "string"]);
  });
}

test("everybody is had by one call of LinkupAPI's, in order and nobody twice", async () => {
  const body = { login_token: LOGIN_TOKEN, total_results: 5_000 };
  const { status, headers, json } = await world.server.call("POST", LINKUP_PATH, body);
  assert.equal(status, 200, JSON.stringify(json));
  assert.deepEqual(json.data.connections, list.map(linkupRow));
  assert.equal(headers.get("x-liaison-tasks").split(", ").length, 2, "the second task meets the end of the list");
});

test("who is signed out is told so by LinkupAPI's call at once, and by LinkedIn's when the time is over", async (t) => {
  const { server, browser } = await worldFor(t, { server: { env: { LIAISON_ANSWER_WITHIN: "5s" } } });
  await browser.signOut();
  // It is found out by the first that is asked of LinkedIn.
  const { status, json } = await server.call("POST", LINKUP_PATH, { login_token: LOGIN_TOKEN });
  assert.deepEqual([status, json.status, json.message], [401, "error", "Invalid or expired LinkedIn cookie"]);
  const late = await official(server, "q=viewer");
  assert.deepEqual([late.status, late.json.status, late.json.code], [504, 504, "not_in_time"]);
  assert.match(late.json.message, /the browser waits \(signed_out\)/);
});

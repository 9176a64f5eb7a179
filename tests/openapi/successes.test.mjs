// What schemathesis can't come by, since it takes a browser that reads or somebody who is signed in: the successes of the published
// calls and of the session, each held against the schema that the description has for it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { test } from "node:test";

import { startServer } from "../../scripts/world/server.mjs";
import { startFakeAgent } from "../clients/fake-agent.mjs";
import { row } from "../dashboard/fake-server.mjs";

const PYTHON = join(import.meta.dirname, "../../target/openapi/venv/bin/python");
const NETWORK = [
  row(),
  row({ name: "Bo", first_name: "Bo", last_name: "", headline: "", entity_urn: "urn:li:fsd_profile:ACoAASIM4290000002", public_identifier: "", profile_image_url: "https://media.licdn.com/dms/image/v2/SIM/0" }),
];
const JSON_TYPE = { "content-type": "application/json" };

/** What is wrong with each answer. */
async function faults(description, answers) {
  const program = spawn(PYTHON, [join(import.meta.dirname, "hold.py")], { stdio: ["pipe", "pipe", "inherit"] });
  program.stdin.end(JSON.stringify({ description, answers }));
  return JSON.parse(await text(program.stdout));
}

/** A server, with a browser that reads if there is a network; what was started last ends first. */
async function world(t, network) {
  const server = await startServer();
  const agent = network && (await startFakeAgent(server, network));
  t.after(async () => {
    await agent?.stop();
    await server.stop();
  });
  const description = await (await fetch(`${server.url}/openapi.json`)).json();
  /** The answer to a call, which is a success. */
  async function success(method, path, { query = "", headers = {}, body } = {}) {
    const response = await fetch(`${server.url}${path}${query}`, { method, headers, body });
    const answer = { method, path, body: await response.json(), headers: response.headers };
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }
  return { server, description, success };
}

/** Each answer fits, and would not without what it has to have or with what is not described. */
async function held(description, answers) {
  assert.deepEqual(await faults(description, answers), answers.map(() => []));
  const more = answers.map((answer) => ({ ...answer, body: { ...answer.body, undescribed: 1 } }));
  for (const [at, found] of (await faults(description, more)).entries()) assert.notDeepEqual(found, [], answers[at].path);
}

test("the published calls answer as they are described", { timeout: 60_000 }, async (t) => {
  const { server, description, success } = await world(t, NETWORK);
  const headers = { authorization: `Bearer ${server.apiKey}` };
  const linkup = { headers: { ...JSON_TYPE, "x-api-key": server.apiKey }, body: JSON.stringify({ login_token: "invented" }) };
  const answers = [
    await success("GET", "/v2/connections", { headers, query: "?q=viewer&start=0&count=10" }),
    await success("GET", "/v2/connections", { headers, query: "?q=viewer&projection=(elements(*(to~)),paging)" }),
    await success("POST", "/v2/connections", { headers: { ...headers, "X-HTTP-Method-Override": "GET", "content-type": "application/x-www-form-urlencoded" }, body: "q=viewer&count=1" }),
    await success("POST", "/v1/network/connections", linkup),
    await success("POST", "/v1/network/connections", { ...linkup, body: JSON.stringify({ login_token: "invented", start_page: 1, end_page: 2 }) }),
  ];
  const [bare, resolved, tunnelled, connections, pages] = answers.map(({ body }) => body);
  assert.deepEqual([bare.elements.length, tunnelled.elements.length], [2, 1]);
  assert.ok(resolved.elements[0]["to~"].firstName, "a person is among what is held");
  assert.deepEqual([connections.data.connections.length, pages.data.connections.length], [2, 2]);
  assert.ok(pages.data.pagination, "pages are among what is held");
  await held(description, answers);
});

test("signing in, being signed in and signing out answer as they are described", async (t) => {
  const { server, description, success } = await world(t);
  const signIn = await success("POST", "/dashboard/session", { headers: JSON_TYPE, body: JSON.stringify({ admin_key: await server.newAdminKey() }) });
  const cookie = signIn.headers.get("set-cookie").split(";")[0];
  const signedIn = await success("GET", "/dashboard/session", { headers: { cookie } });
  const signOut = await success("DELETE", "/dashboard/session", { headers: { cookie, "x-csrf-token": signedIn.body.data.csrf } });
  await held(description, [signIn, signedIn, signOut]);
});

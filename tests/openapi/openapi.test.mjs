// The description of the API against a running server: schemathesis sends what it allows and what it doesn't, and holds every
// answer against it. A browser is paired, so that tasks are taken and offered.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { temporaryFolder } from "../../scripts/world/process.mjs";
import { startServer } from "../../scripts/world/server.mjs";

const SCHEMATHESIS = join(import.meta.dirname, "../../target/openapi/venv/bin/schemathesis");
/** Schemathesis may leave out the route that the description itself comes from. */
const LEFT_OUT = 1;
/** The other published APIs' calls wait for rows that no browser here reads: they are tried without one. */
const PUBLISHED = "published";

let server;
before(async () => {
  server = await startServer({ env: { LIAISON_RATE_LIMIT: "0" } });
});
after(() => server?.stop());

async function pair() {
  const response = await fetch(`${server.url}/agent/v1/pair`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code: server.pairingCode, name: "a browser" }),
  });
  assert.equal(response.status, 200);
  return (await response.json()).token;
}

/**
 * A key of a team whose browser was never seen.
 *
 * @param {string} adminKey
 */
async function keyWithoutBrowser(adminKey) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${adminKey}` };
  const post = async (path, body) => {
    const response = await fetch(`${server.url}/admin/v1/teams${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(response.status, 200);
    return (await response.json()).data;
  };
  const { id } = await post("", { name: "without a browser" });
  await post(`/${id}/members`, { role: "admin" });
  return (await post(`/${id}/keys`, {})).api_key;
}

/**
 * @param {string[]} which of the operations
 * @param {Record<string, string>} secrets
 * @returns {Promise<{ selected: number, all: number, stdout: string }>}
 */
async function hold(which, secrets) {
  const env = {
    ...process.env,
    ...secrets,
    SCHEMATHESIS_HOOKS: join(import.meta.dirname, "hooks.py"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const args = ["--config-file", join(import.meta.dirname, "schemathesis.toml"), "run", ...which, `${server.url}/openapi.json`];
  const running = promisify(execFile)(SCHEMATHESIS, args, { env, cwd: temporaryFolder("schemathesis"), maxBuffer: 1 << 26 });
  const { stdout } = await running.catch((error) => assert.fail(`${error.stdout}\n${error.stderr}`));
  const [, selected, all] = stdout.match(/Operations:\s+(\d+) selected \/ (\d+) total/) ?? [];
  console.log(stdout.split("SUMMARY").at(-1));
  return { selected: Number(selected), all: Number(all), stdout };
}

test("every answer is one that the description has", { timeout: 300_000 }, async () => {
  const adminKey = await server.newAdminKey();
  const secrets = { LIAISON_API_KEY: server.apiKey, LIAISON_AGENT_TOKEN: await pair(), LIAISON_ADMIN_KEY: adminKey };
  const { paths } = await (await fetch(`${server.url}/openapi.json`)).json();
  const described = Object.values(paths).flatMap(Object.values);
  const published = described.filter(({ tags }) => tags.includes(PUBLISHED)).length;
  // Before the others, which take teams away.
  const alone = { ...secrets, LIAISON_API_KEY: await keyWithoutBrowser(adminKey) };
  const first = await hold(["--include-tag", PUBLISHED, "--phases", "examples,coverage,fuzzing"], alone);
  assert.ok(published > 0 && first.selected === published, first.stdout);
  const second = await hold(["--exclude-tag", PUBLISHED], secrets);
  assert.equal(second.all - second.selected, published, second.stdout);
  assert.ok(second.all >= described.length - LEFT_OUT, second.stdout);
  const log = server.log();
  assert.ok(!/"?error"?.*a request failed|panicked/i.test(log), log);
});

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
/** The published APIs: schemathesis.toml says why. */
const SWITCHED_OFF = 3;

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

test("every answer is one that the description has", { timeout: 300_000 }, async () => {
  const env = {
    ...process.env,
    LIAISON_API_KEY: server.apiKey,
    LIAISON_AGENT_TOKEN: await pair(),
    LIAISON_ADMIN_KEY: await server.newAdminKey(),
    SCHEMATHESIS_HOOKS: join(import.meta.dirname, "hooks.py"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const { paths } = await (await fetch(`${server.url}/openapi.json`)).json();
  const described = Object.values(paths).flatMap(Object.keys).length;
  const args = ["--config-file", join(import.meta.dirname, "schemathesis.toml"), "run", `${server.url}/openapi.json`];
  const running = promisify(execFile)(SCHEMATHESIS, args, { env, cwd: temporaryFolder("schemathesis"), maxBuffer: 1 << 26 });
  const { stdout } = await running.catch((error) => assert.fail(`${error.stdout}\n${error.stderr}`));
  const [, selected, all] = stdout.match(/Operations:\s+(\d+) selected \/ (\d+) total/) ?? [];
  assert.equal(Number(all) - Number(selected), SWITCHED_OFF, stdout);
  assert.ok(Number(all) >= described - LEFT_OUT, stdout);
  console.log(stdout.split("SUMMARY").at(-1));
  const log = server.log();
  assert.ok(!/"?error"?.*a request failed|panicked/i.test(log), log);
});

// LinkedIn's own client libraries, unmodified, against the server: what they get, what they are told. They have LinkedIn's
// address built in and come through a proxy that leads it to the server. Behind the server is an agent without a browser;
// the same clients stand before a real one in tests/extension/e2e/shapes.test.mjs.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { startServer, temporaryFolder } from "../../scripts/world.mjs";
import { startApiHost } from "./api-host.mjs";
import { startFakeAgent } from "./fake-agent.mjs";
import { officialClients } from "./official.mjs";

const NETWORK = Array.from({ length: 12 }, (_, n) => ({
  ...{ name: `Ada${n} Sim`, first_name: `Ada${n}`, last_name: "Sim", headline: "At work", profile_image_url: null },
  ...{ entity_urn: `urn:li:fsd_profile:ACoAA0000${n}`, public_identifier: `ada-sim-${n}` },
}));
const localized = (name) => ({ localized: { en_US: name }, preferredLocale: { country: "US", language: "en" } });

let server;
let agent;
let host;
before(async () => {
  server = await startServer();
  agent = await startFakeAgent(server, NETWORK);
  host = await startApiHost(server.url, temporaryFolder("api-host"));
});
after(async () => {
  host?.stop();
  await agent?.stop();
  await server?.stop();
});

for (const [name, run] of Object.entries(officialClients)) {
  test(`LinkedIn's client for ${name} gets what it asks for, and is told what is wrong`, async () => {
    const got = await run(host.env, server.apiKey);
    const urns = got.bare.elements.map(({ to }) => to);
    assert.equal(new Set(urns).size, NETWORK.length);
    for (const urn of urns) assert.match(urn, /^urn:li:person:[\w-]{10}$/);
    assert.ok(got.bare.elements.every((element) => Object.keys(element).length === 1));
    const paging = (start, count) => ({ start, count, total: NETWORK.length });
    const withoutLinks = ({ links, ...rest }) => (assert.deepEqual(links ?? [], []), rest);
    assert.deepEqual(withoutLinks(got.bare.paging), paging(0, 50));
    assert.deepEqual(withoutLinks(got.paging.paging), paging(0, 10));

    const people = [...got.decorated.elements, ...got.second.elements];
    assert.deepEqual([got.decorated.elements.length, got.second.elements.length], [10, 2]);
    const expected = NETWORK.map(({ first_name: first, last_name: last }, n) => ({
      to: urns[n],
      "to~": { id: urns[n].split(":").at(-1), firstName: localized(first), lastName: localized(last) },
    }));
    assert.deepEqual(people, expected);
    assert.deepEqual(withoutLinks(got.second.paging), paging(10, 10));

    assert.deepEqual(got.by_get, { paging: { ...paging(0, 10), links: [] } });
    assert.equal(got.tunnelled.paging.total, NETWORK.length);

    const error = (status, serviceErrorCode, code, message) => ({ status, error: { serviceErrorCode, code, message, status } });
    const wrong = "Invalid 'projection': ends before its ')'";
    assert.deepEqual(got.wrong_projection, error(400, 0, "invalid_input", wrong));
    assert.deepEqual(got.wrong_token, error(401, 65_600, "unauthorised", "Invalid access token"));
  });
}

test("the way there leads nowhere else", async () => {
  const { HTTPS_PROXY: proxy, REQUESTS_CA_BUNDLE: certificate } = host.env;
  const ask = (url) =>
    promisify(execFile)("curl", ["-sS", "--proxy", proxy, "--noproxy", "", "--cacert", certificate, url]);
  assert.equal((await ask("https://api.linkedin.com/healthz")).stdout, "ok");
  await assert.rejects(ask("https://example.com/"), /403/);
});

// Published Voyager clients, unmodified, against the simulator: what they get, and what it says they asked for. They have
// LinkedIn's address built in and come through the simulator's proxy, trusting its certificate.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { promisify } from "node:util";

import { builtProgram, startProgram, temporaryFolder } from "../../scripts/world/process.mjs";

const INSTALLED = join(import.meta.dirname, "../../target/clients");
const CONNECTIONS = 120;
const NOTE = "Hello from a client";

const folder = temporaryFolder("clients");
const certificate = join(folder, "certificate.pem");
let simulator;

before(async () => {
  const settings = ["--connections", String(CONNECTIONS), "--certificate", certificate];
  simulator = await startProgram(builtProgram("liaison-simulator"), settings);
});
after(() => simulator?.stop());
beforeEach(() => control("POST", "reset", {}));

async function control(method, path, body) {
  const url = `${simulator.ready.control}/__sim/${path}`;
  const response = await fetch(url, { method, body: body && JSON.stringify(body) });
  assert.equal(response.status, 200, `${method} ${path}`);
  return response.json();
}

/** Runs a client to its end; the last line it prints is what it got. */
async function run(command, args) {
  const env = {
    ...process.env,
    HTTPS_PROXY: simulator.ready.proxy,
    https_proxy: simulator.ready.proxy,
    NO_PROXY: "",
    no_proxy: "",
    REQUESTS_CA_BUNDLE: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
  };
  const { stdout } = await promisify(execFile)(command, args, { env, cwd: folder, maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

const python = (module, outsider, slug) =>
  run(join(INSTALLED, "venv/bin/python"), [
    join(import.meta.dirname, "linkedin_api_client.py"),
    ...[module, outsider, slug],
  ]);

for (const module of ["linkedin_api", "open_linkedin_api"]) {
  test(`${module} signs in, lists connections and invites`, async () => {
    const [outsider, other] = (await control("GET", "strangers?start=10&count=2")).people;
    const got = await python(module, outsider.id, other.public_identifier);
    assert.equal(got.me.plainId, 4_290_000_001);
    assert.equal(got.me.miniProfile.firstName, "Sam");

    const { people } = await control("GET", "network?count=1000");
    assert.equal(got.connections.length, CONNECTIONS);
    const found = new Set(got.connections.map((row) => row.urn_id));
    // Some are "LinkedIn Member" in a search: nobody then says who they are.
    assert.ok(found.delete("UNKNOWN") && found.size > CONNECTIONS - 10);
    const listed = new Set(people.map((row) => row.id));
    assert.ok([...found].every((id) => listed.has(id)));
    assert.ok(got.connections.every((row) => row.distance === "DISTANCE_1" && row.jobtitle !== null));
    const johns = people.filter((row) => row.first_name.trim() === "John");
    assert.equal(got.johns.length, johns.length);

    assert.deepEqual(got.profile, {}, "the page it asks for profiles is gone");
    assert.deepEqual(got.received, []);
    assert.deepEqual([got.invited, got.again], [false, true], "the second time is refused");

    const { counts, invitations, requests } = await control("GET", "journal");
    assert.deepEqual([counts.posts, counts.invitations, counts.unmatched], [2, 1, 0]);
    assert.deepEqual([invitations[0].profile_id, invitations[0].note], [outsider.id, NOTE]);
    const posts = requests.filter((request) => request.path.endsWith("MemberRelationships"));
    assert.deepEqual(posts.map((post) => [post.status, post.body.customMessage]), [[200, NOTE], [400, ""]]);
    assert.ok(posts.every((post) => post.headers["content-type"] === null), "it says no content type");
    const searches = requests.filter((request) => request.path.endsWith("/graphql"));
    assert.ok(searches.length > CONNECTIONS / 10 && searches.every((search) => search.status === 200));
    assert.ok(requests.every((request) => request.http === "1.1"));
  });
}

test("linkedin_api invites by name where the old profile page is served", async () => {
  await control("POST", "knobs", { profile_view: "served" });
  const [outsider, other] = (await control("GET", "strangers?start=10&count=2")).people;
  const got = await python("linkedin_api", outsider.id, other.public_identifier);
  assert.equal(got.profile.public_id, other.public_identifier);
  assert.equal(got.profile.headline, other.headline);
  assert.equal(got.invited_by_name, false);
  const { invitations } = await control("GET", "journal");
  assert.deepEqual(invitations.map((sent) => sent.profile_id), [outsider.id, other.id]);
});

test("linkedin_api is told when notes are used up", async () => {
  await control("POST", "knobs", { note_quota: 0 });
  const [outsider] = (await control("GET", "strangers?start=10&count=1")).people;
  const got = await python("linkedin_api", outsider.id, "nobody");
  assert.deepEqual([got.invited, got.again], [true, false], "without a note it goes through");
  const { counts, invitations } = await control("GET", "journal");
  assert.deepEqual([counts.posts, counts.invitations, invitations[0].note], [2, 1, null]);
});

test("linkedin-private-api signs in, lists connections and invites", async () => {
  const [outsider] = (await control("GET", "strangers?start=10&count=1")).people;
  const script = join(import.meta.dirname, "linkedin_private_api_client.cjs");
  const got = await run(process.execPath, [script, join(INSTALLED, "node"), outsider.id]);
  assert.equal(got.me.firstName, "Sam");
  assert.equal(got.connections.length, CONNECTIONS);
  const { people } = await control("GET", "network?count=1000");
  const listed = new Map(people.map((row) => [row.id, row]));
  const hits = got.connections.filter((hit) => hit.profile);
  assert.ok(hits.length > CONNECTIONS - 10);
  for (const { profile } of hits) assert.equal(profile.firstName, listed.get(profile.profileId).first_name);
  assert.equal(got.profile.publicIdentifier, got.publicIdentifier);

  assert.equal(got.closed, 301, "its own way to invite has moved away");
  const urn = got.invited.data.value.invitationUrn;
  assert.match(urn, /^urn:li:fsd_invitation:\d{19}$/);
  assert.equal(got.after.length, got.before.length + 1);
  assert.deepEqual([got.after[0].toMemberId, got.after[0].profile.profileId], [outsider.id, outsider.id]);
  assert.deepEqual(
    got.list.data["*elements"],
    people.slice(0, 40).map((row) => `urn:li:fsd_connection:${row.id}`),
  );
  const { counts, invitations } = await control("GET", "journal");
  assert.deepEqual([counts.posts, counts.invitations, counts.unmatched], [2, 1, 0]);
  assert.equal(invitations[0].profile_id, outsider.id);
});

test("curl comes by the proxy and nowhere else", async () => {
  const ask = (url) =>
    promisify(execFile)("curl", ["-sS", "--proxy", simulator.ready.proxy, "--noproxy", "", "--cacert", certificate, url]);
  const { stdout } = await ask("https://www.linkedin.com/login");
  assert.match(stdout, /<title>Sign in<\/title>/);
  await assert.rejects(ask("https://example.com/"), /403/);
});

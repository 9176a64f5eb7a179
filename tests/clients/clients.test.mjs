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

/** Everybody in the list of connections. */
async function listedPeople() {
  const { people } = await control("GET", `network?count=${10 * CONNECTIONS}`);
  assert.equal(people.length, CONNECTIONS);
  return people;
}

/** The ids that a search tells: some people are "LinkedIn Member" there, and nobody says who they are. */
function namedIds(people) {
  const named = people.filter((row) => row.odd !== "Unresolved");
  assert.ok(named.length < people.length, "the world has somebody of that kind");
  return named.map((row) => row.id).sort();
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

    const people = await listedPeople();
    const found = got.connections.map((row) => row.urn_id);
    assert.deepEqual(found.filter((id) => id !== "UNKNOWN").sort(), namedIds(people));
    assert.equal(found.length, CONNECTIONS);
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
    assert.ok(posts.every((post) => !("content-type" in post.headers)), "it says no content type");
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

const node = (outsider) =>
  run(process.execPath, [join(import.meta.dirname, "linkedin_private_api_client.cjs"), join(INSTALLED, "node"), outsider]);

test("linkedin-private-api signs in, lists connections and invites, as it did before its endpoint moved", async () => {
  await control("POST", "knobs", { norm_invitations: "served" });
  const [outsider] = (await control("GET", "strangers?start=10&count=1")).people;
  const got = await node(outsider.id);
  assert.equal(got.me.firstName, "Sam");
  const people = await listedPeople();
  assert.equal(got.connections.length, CONNECTIONS);
  const hits = got.connections.filter((hit) => hit.profile);
  assert.deepEqual(hits.map((hit) => hit.profile.profileId).sort(), namedIds(people));
  const listed = new Map(people.map((row) => [row.id, row]));
  for (const { profile } of hits) assert.equal(profile.firstName, listed.get(profile.profileId).first_name);
  assert.equal(got.profile.publicIdentifier, got.publicIdentifier);

  assert.equal(got.refused, null);
  assert.equal(got.after.length, got.before.length + 1);
  assert.deepEqual([got.after[0].toMemberId, got.after[0].profile.profileId], [outsider.id, outsider.id]);
  const { counts, invitations, requests } = await control("GET", "journal");
  assert.deepEqual([counts.posts, counts.invitations, counts.unmatched], [1, 1, 0]);
  assert.deepEqual([invitations[0].profile_id, invitations[0].note], [outsider.id, NOTE]);
  const [post] = requests.filter((request) => request.path.endsWith("/growth/normInvitations"));
  assert.deepEqual([post.status, post.body.message], [201, NOTE]);
});

test("linkedin-private-api is told that its endpoint has moved", async () => {
  const [outsider] = (await control("GET", "strangers?start=10&count=1")).people;
  const got = await node(outsider.id);
  assert.equal(got.refused, 301);
  assert.deepEqual(got.after, got.before);
  const { counts } = await control("GET", "journal");
  assert.deepEqual([counts.posts, counts.invitations], [1, 0]);
});

test("curl comes by the proxy and nowhere else", async () => {
  const ask = (url) =>
    promisify(execFile)("curl", ["-sS", "--proxy", simulator.ready.proxy, "--noproxy", "", "--cacert", certificate, url]);
  const { stdout } = await ask("https://www.linkedin.com/login");
  assert.match(stdout, /<title>Sign in<\/title>/);
  await assert.rejects(ask("https://example.com/"), /403/);
});

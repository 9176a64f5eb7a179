// LinkedIn's refusals of an invitation, each for what it is: never counted as sent, never sent twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { invitationsSeen, worldFor } from "./support.mjs";

const PERSON = "ACoAABCDEF123";
const OTHER = "ACoAAHIJKLMNOPQRST";
const LIMIT_TEXT = "LinkedIn invitation limit reached";

const invite = (body) => ["POST", "/linkedin-agent/send-connection-request", body];

function checkRefused(data, code) {
  assert.equal(data.status, "failed", JSON.stringify(data));
  assert.equal(data.task_output.code, code, JSON.stringify(data.task_output));
}

test("the weekly limit: callers get 429 with a time, and reading goes on", async (t) => {
  const { server, simulator } = await worldFor(t);
  await simulator.inviteFault({ kind: "code", status: 429, code: "FUSE_LIMIT_EXCEEDED" });
  const failed = await server.runInvitation({ profile_urn: PERSON });
  checkRefused(failed, "invitation_limit");
  assert.notEqual(failed.task_output.retry_at, null);

  const refused = await server.call(...invite({ profile_urn: OTHER }));
  assert.equal(refused.status, 429);
  assert.equal(refused.json.error, LIMIT_TEXT);
  assert.ok(Number(refused.headers.get("retry-after")) > 0);
  assert.equal((await server.runFetch({ count: 5 })).status, "completed");
  assert.deepEqual(await invitationsSeen(simulator), []);
});

test("the limit on notes stops notes alone", async (t) => {
  const { server, simulator } = await worldFor(t);
  await simulator.inviteFault({ kind: "code", status: 429, code: "CUSTOM_INVITE_LIMIT_REACHED" });
  checkRefused(await server.runInvitation({ profile_urn: PERSON, note: "hello" }), "note_limit");
  const refused = await server.call(...invite({ profile_urn: OTHER, note: "hello" }));
  assert.deepEqual([refused.status, refused.json.error], [429, LIMIT_TEXT]);
  assert.equal((await server.runInvitation({ profile_urn: OTHER })).status, "completed");
  assert.deepEqual(await invitationsSeen(simulator), [{ id: OTHER, note: null }]);
});

test("someone who cannot be invited again yet", async (t) => {
  const { server, simulator } = await worldFor(t);
  await simulator.member(PERSON, "withdrawn");
  checkRefused(await server.runInvitation({ profile_urn: PERSON }, { deadlineMs: 300_000 }), "cannot_resend_yet");
  assert.deepEqual(await invitationsSeen(simulator), []);
  assert.equal((await simulator.journal()).counts.posts, 1);
});

test("someone whose profile cannot be reached, and the next person can", async (t) => {
  const { server, simulator } = await worldFor(t);
  await simulator.member(PERSON, "inaccessible");
  checkRefused(await server.runInvitation({ profile_urn: PERSON }), "profile_unavailable");
  assert.equal((await server.runInvitation({ profile_urn: OTHER })).status, "completed");
});

test("a CSRF refusal of an invitation is not repeated", async (t) => {
  const { server, simulator } = await worldFor(t);
  const csrf = { kind: "status", status: 403, content_type: "text/plain", body: "CSRF check failed." };
  await simulator.inviteFault(csrf, { times: 5 });
  checkRefused(await server.runInvitation({ profile_urn: PERSON }), "csrf");
  assert.equal((await simulator.journal()).counts.posts, 1);
});

test("an unknown refusal is carried along and never counted as sent", async (t) => {
  const { server, simulator } = await worldFor(t);
  await simulator.inviteFault({ kind: "code", status: 400, code: "SOMETHING_NEW" });
  checkRefused(await server.runInvitation({ profile_urn: PERSON }), "refused");
});

for (const [what, fault] of [
  ["is cut off", { kind: "cut", after_bytes: 20 }],
  ["never comes", { kind: "reset", when: "after" }],
]) {
  test(`an invitation whose answer ${what} is looked up before anything is said about it`, async (t) => {
    const { server, simulator } = await worldFor(t);
    await simulator.inviteFault(fault);
    const { status, task_output } = await server.runInvitation({ profile_urn: PERSON }, { deadlineMs: 300_000 });
    assert.equal(status, "completed", JSON.stringify(task_output));
    assert.deepEqual(await invitationsSeen(simulator), [{ id: PERSON, note: null }]);
  });
}

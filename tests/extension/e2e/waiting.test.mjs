// Why a task waits, and until when: server and popup say the same of every reason. (The person's own limits are in
// policy.test.mjs; that there is no browser only the server can say.)

import assert from "node:assert/strict";
import { test } from "node:test";
import { agreeOn, says, toned, worldFor } from "./support.mjs";

const LIST = "/relationships/";
const ALWAYS = { times: 50 };
const SOMEONE = { profile_urn: "ACoAABCDEF123" };
const SOMEONE_ELSE = { profile_urn: "ACoAAHIJKLMNOPQRST" };

async function worldWithPopup(t, options) {
  const world = await worldFor(t, options);
  const popup = await world.browser.open("popup/popup.html");
  await toned(popup, "#linkedin-state", "good");
  return { ...world, popup };
}

test("a pause, a session that is gone, another account, and no browser at all", async (t) => {
  const world = await worldWithPopup(t);
  const { server, simulator, browser, popup } = world;
  await popup.locator("#pause").check();
  const task = await server.fetchConnections({ count: 3 });
  await agreeOn(world, task, "paused");
  await popup.locator("#pause").uncheck();
  assert.equal((await server.finished(task)).status, "completed");

  await browser.signOut();
  const signedOut = await server.fetchConnections({ count: 3 });
  await agreeOn(world, signedOut, "signed_out");
  await simulator.account(2);
  await browser.signIn();
  await agreeOn(world, signedOut, "wrong_account");

  await browser.stop();
  const { until } = await server.waitingFor(signedOut, "agent_offline", { deadlineMs: 120_000 });
  assert.equal(until, null);
});

test("the gap between two invitations", async (t) => {
  const world = await worldWithPopup(t);
  const options = await world.browser.open("options/options.html");
  await options.locator("#invite_gap_ms:enabled").fill("600");
  await options.locator("#invite_gap_ms").press("Enter");
  await toned(options, "#invite_gap_ms-said", "good");
  assert.equal((await world.server.runInvitation(SOMEONE)).status, "completed");
  const { until } = await agreeOn(world, await world.server.sendInvitation(SOMEONE_ELSE), "pacing");
  assert.notEqual(until, null);
});

/** A read that meets this, and another one that waits then. */
async function afterRead({ server, simulator }, fault) {
  await simulator.fault({ path: LIST }, fault, ALWAYS);
  assert.equal((await server.runFetch({ count: 1 })).status, "failed");
  await simulator.clearFaults();
  return server.fetchConnections({ count: 1 });
}

test("a security check, and a block", async (t) => {
  const world = await worldWithPopup(t);
  const { server, popup } = world;
  const redirect = { kind: "redirect", location: "https://www.linkedin.com/checkpoint/challenge/AgFsimulated" };
  const challenged = await afterRead(world, redirect);
  await agreeOn(world, challenged, "challenge");
  await popup.locator("#stop summary").click();
  await popup.locator("#clear-stop").click();
  assert.equal((await server.finished(challenged)).status, "completed");

  const blocked = await afterRead(world, { kind: "status", status: 999, content_type: "text/html", body: "" });
  await agreeOn(world, blocked, "blocked");
});

test("LinkedIn asks to slow down", async (t) => {
  const world = await worldWithPopup(t);
  const { until } = await agreeOn(world, await afterRead(world, { kind: "code", status: 429 }), "throttled");
  assert.notEqual(until, null);
});

for (const [reason, fault, note] of [
  ["invitation_limit", { kind: "code", status: 429, code: "FUSE_LIMIT_EXCEEDED" }, ""],
  ["note_limit", { kind: "code", status: 429, code: "CUSTOM_INVITE_LIMIT_REACHED" }, "hello"],
  ["account_stopped", { kind: "code", status: 400, code: "MAX_INVITATION_SENT" }, ""],
]) {
  test(`an invitation that was accepted before the one that met it: ${reason}`, async (t) => {
    const world = await worldWithPopup(t);
    const { server, simulator, popup } = world;
    await popup.locator("#pause").check();
    await says(popup, "#headline", /pause/i);
    const first = await server.sendInvitation({ ...SOMEONE, note });
    const second = await server.sendInvitation({ ...SOMEONE_ELSE, note });
    await simulator.inviteFault(fault);
    await popup.locator("#pause").uncheck();
    assert.equal((await server.finished(first)).status, "failed");
    await agreeOn(world, second, reason);
  });
}

test("a browser that cannot write to its storage takes nothing, says so, and goes on when it can", async (t) => {
  const world = await worldWithPopup(t);
  const { server, popup } = world;
  await popup.evaluate(async () => {
    for (let size = 2 ** 23, n = 0; size >= 1; ) {
      await chrome.storage.local.set({ [`filler-${n}`]: "x".repeat(size) }).then(() => (n += 1), () => (size = Math.floor(size / 2)));
    }
  });
  const task = await server.fetchConnections({ count: 3 });
  await agreeOn(world, task, "storage");
  await popup.evaluate(async () => {
    const kept = Object.keys(await chrome.storage.local.get(null)).filter((key) => key.startsWith("filler-"));
    await chrome.storage.local.remove(kept);
  });
  assert.equal((await server.finished(task)).status, "completed");
});

// LinkedIn's refusals and oddities while a list is read: a typed failure each time, and the agent lives on.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startWorld } from "../../../scripts/world.mjs";
import { says, toned, worldFor } from "./support.mjs";

const LIST = "/relationships/";
const ALWAYS = { times: 50 };

function checkFailure(data, code, retryable) {
  assert.equal(data.status, "failed", JSON.stringify(data));
  const { error, remedy, ...rest } = data.task_output;
  assert.equal(rest.code, code, JSON.stringify(data.task_output));
  assert.equal(rest.retryable, retryable);
  assert.ok(error.length > 0 && remedy.length > 0, "a sentence and a remedy");
  assert.ok(rest.retry_at === null || !Number.isNaN(Date.parse(rest.retry_at)));
}

describe("what passes with the task it hits", () => {
  let world;
  before(async () => void (world = await startWorld()));
  after(() => world?.stop());

  /** Runs one fetch under a fault, and a second one to see that the agent is well. */
  async function failingFetch(fault, options = ALWAYS) {
    await world.simulator.fault({ path: LIST }, fault, options);
    const failed = await world.server.runFetch({ count: 5 });
    await world.simulator.clearFaults();
    const { status, task_output: output } = await world.server.runFetch({ count: 5 });
    assert.equal(status, "completed", JSON.stringify(output));
    return failed;
  }
  const csrf = { kind: "status", status: 403, content_type: "text/plain", body: "CSRF check failed." };

  test("a CSRF refusal is answered by reading the token once more", async () => {
    const { status } = await failingFetch(csrf, { times: 1 });
    assert.equal(status, "completed");
  });
  test("a CSRF refusal that stays", async () => checkFailure(await failingFetch(csrf), "csrf", true));
  test("an answer cut off in the middle", async () => {
    checkFailure(await failingFetch({ kind: "cut", after_bytes: 900 }), "network", true);
  });
  test("a connection closed without an answer", async () => {
    checkFailure(await failingFetch({ kind: "reset", when: "before" }), "network", true);
  });
  test("a server error", async () => {
    checkFailure(await failingFetch({ kind: "status", status: 500, body: "{}" }), "upstream", true);
  });
  test("a list whose order has another name is no empty list", async () => {
    checkFailure(await failingFetch({ kind: "rename", from: "*elements", to: "*items" }), "drift", false);
  });
  test("rows of which none is understood are no empty list", async () => {
    checkFailure(await failingFetch({ kind: "rename", from: "included", to: "entities" }), "drift", false);
  });
});

test("signed out, a task waits for the person and is carried out after the sign-in", async (t) => {
  const { server, simulator, browser } = await worldFor(t, { signedIn: false });
  const popup = await browser.open("popup/popup.html");
  await says(popup, "#headline", "nobody is signed in");
  const id = await server.fetchConnections({ count: 5 });
  const { json } = await server.status(id, 1);
  assert.equal(json.data.status, "pending");
  assert.deepEqual(await simulator.pages(), []);
  await browser.signIn();
  assert.equal((await server.finished(id)).status, "completed");
});

test("a session that has ended", async (t) => {
  const { server, simulator, browser } = await worldFor(t);
  await simulator.listFault({ kind: "code", status: 401 });
  checkFailure(await server.runFetch({ count: 5 }), "signed_out", true);
  await toned(await browser.open("popup/popup.html"), "#linkedin-state", "bad");
});

test("a web page where the list belongs", async (t) => {
  const { server, simulator } = await worldFor(t);
  await simulator.fault({ path: LIST }, { kind: "html" }, ALWAYS);
  checkFailure(await server.runFetch({ count: 5 }), "signed_out", true);
});

test("too many requests: the read fails with a time, and nothing is asked for until then", async (t) => {
  const { server, simulator, browser } = await worldFor(t);
  await simulator.fault({ path: LIST }, { kind: "code", status: 429 }, ALWAYS);
  const failed = await server.runFetch({ count: 5 });
  checkFailure(failed, "throttled", true);
  assert.notEqual(failed.task_output.retry_at, null);

  const asked = (await simulator.journal()).counts.requests;
  const popup = await browser.open("popup/popup.html");
  await popup.locator("#waiting li").first().waitFor();
  const { json } = await server.status(await server.fetchConnections({ count: 5 }), 1);
  assert.equal(json.data.status, "pending");
  assert.equal((await simulator.journal()).counts.requests, asked);
});

test("a block latches until a person looks", async (t) => {
  const { server, simulator, browser } = await worldFor(t);
  await simulator.fault({ path: LIST }, { kind: "status", status: 999, content_type: "text/html", body: "" }, ALWAYS);
  checkFailure(await server.runFetch({ count: 5 }), "blocked", true);
  const popup = await browser.open("popup/popup.html");
  await popup.locator("#attention:visible").waitFor();
});

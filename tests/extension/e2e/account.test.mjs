// The account binding: work is done for the member who was signed in when the browser was paired, and for no other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { says, toned, worldFor } from "./support.mjs";

test("another member signs in: nothing is read in their name, the task waits and is done for the bound one", async (t) => {
  const { server, simulator, browser } = await worldFor(t);
  const popup = await browser.open("popup/popup.html");
  await toned(popup, "#linkedin-state", "good");

  await browser.signOut();
  await toned(popup, "#linkedin-state", "bad");
  await simulator.account(2);
  await browser.signIn();
  await says(popup, "#linkedin-state", "Another account is signed in");
  await popup.locator("#check").click();
  await says(popup, "#check-steps li[data-tone=bad]", "Another LinkedIn account");

  const task = await server.fetchConnections({ count: 3 });
  assert.deepEqual(await server.waitingFor(task, "wrong_account"), { reason: "wrong_account", until: null });
  assert.deepEqual(await simulator.pages(), [], "not one row is read in the other member's name");

  await browser.signOut();
  await toned(popup, "#linkedin-state", "bad");
  await simulator.account(1);
  await browser.signIn();
  assert.equal((await server.finished(task)).task_output.total, 3);
});

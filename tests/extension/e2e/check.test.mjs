// The popup's check of LinkedIn, and a person's way on after LinkedIn has stopped the agent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { says, toned, worldFor } from "./support.mjs";

const LIST = "/relationships/";
const ALWAYS = { times: 50 };
const CHALLENGE = { kind: "redirect", location: "https://www.linkedin.com/checkpoint/challenge/AgFsimulated" };
const BLOCK = { kind: "status", status: 999, content_type: "text/html", body: "" };

const requestsSeen = async (simulator) => (await simulator.journal()).counts.requests;

/** A popup over a world whose last read was met with this, so that the agent has stopped. */
async function stoppedBy(t, fault) {
  const world = await worldFor(t);
  await world.simulator.fault({ path: LIST }, fault, ALWAYS);
  const { status, task_output: output } = await world.server.runFetch({ count: 1 });
  assert.equal(status, "failed", JSON.stringify(output));
  await world.simulator.clearFaults();
  const popup = await world.browser.open("popup/popup.html");
  await popup.locator("#attention:visible").waitFor();
  return { ...world, popup, code: output.code };
}

async function checkWorks(popup) {
  await popup.locator("#check").click();
  await toned(popup, "#check-said", "good");
  assert.deepEqual(await popup.locator("#check-steps .step-outcome").allInnerTexts(), ["OK", "OK", "OK"]);
}

test("a check says that it works, step by step, and that nothing is amiss", async (t) => {
  const { simulator, browser } = await worldFor(t);
  const popup = await browser.open("popup/popup.html");
  await toned(popup, "#linkedin-state", "good");
  await simulator.listFault({ kind: "hold", when: "before", id: "checked" });
  await popup.locator("#check").press("Enter");
  await simulator.whenHeld("checked");
  assert.ok(await popup.locator("#check").isDisabled(), "one check at a time");
  await says(popup, "#check-said", "Checking");
  await popup.locator("#check-progress:visible").waitFor();
  await simulator.release("checked");

  await toned(popup, "#check-said", "good");
  await popup.locator("#check-progress").waitFor({ state: "hidden" });
  const titles = ["LinkedIn's session", "Who is signed in", "Your list of connections"];
  assert.deepEqual(await popup.locator("#check-steps .step-title").allInnerTexts(), titles);
  assert.deepEqual(await popup.locator("#check-steps .step-outcome").allInnerTexts(), ["OK", "OK", "OK"]);
  await popup.locator("#check:focus").waitFor();
  assert.deepEqual((await simulator.pages()).map(({ count }) => count), [1], "one row of the list is read");
});

test("a check names the step that is not as it should be, and the next one takes its place", async (t) => {
  const { browser } = await worldFor(t);
  const popup = await browser.open("popup/popup.html");
  await toned(popup, "#linkedin-state", "good");
  await browser.signOut();
  await toned(popup, "#linkedin-state", "bad");
  await popup.locator("#check").click();
  await toned(popup, "#check-said", "bad");
  const bad = popup.locator("#check-steps li[data-tone=bad]");
  await says(popup, "#check-steps li[data-tone=bad]", "Not OK");
  assert.equal(await bad.first().locator(".step-title").innerText(), "LinkedIn's session");
  assert.notEqual(await bad.first().locator(".step-remedy").innerText(), "");

  await browser.signIn();
  await toned(popup, "#linkedin-state", "good");
  await checkWorks(popup);
  assert.equal(await bad.count(), 0);
});

test("stopped by a security check: nothing is asked of LinkedIn until a person has cleared it", async (t) => {
  const { server, simulator, popup, code } = await stoppedBy(t, CHALLENGE);
  assert.equal(code, "challenge");
  const before = await requestsSeen(simulator);
  await popup.locator("#check").click();
  await popup.locator("#check-problem:visible").waitFor();
  await says(popup, "#check-said", "Nothing was checked");
  await says(popup, "#check-problem", "security check");

  await popup.locator("#clear-stop").waitFor({ state: "hidden" });
  await popup.locator("#stop summary").click();
  await says(popup, "#attention", "pass the check first");
  await says(popup, "#stop-clearing", "requests go out to LinkedIn again");
  await says(popup, "#headline", "Stopped");
  assert.equal(await requestsSeen(simulator), before, "to read about it clears nothing");

  await popup.locator("#clear-stop").press("Enter");
  await popup.locator("#stop").waitFor({ state: "hidden" });
  await popup.locator("#attention").waitFor({ state: "hidden" });
  await popup.locator("#check-problem").waitFor({ state: "hidden" });
  await popup.locator("#headline:focus").waitFor();
  await says(popup, "#headline", "Ready");
  await checkWorks(popup);
  assert.equal((await server.runFetch({ count: 2 })).status, "completed");
});

test("a block is not cleared within its hour, and says how long it has to be waited for", async (t) => {
  const { simulator, popup, code } = await stoppedBy(t, BLOCK);
  assert.equal(code, "blocked");
  const before = await requestsSeen(simulator);
  await popup.locator("#stop summary").click();
  await says(popup, "#attention", "an hour at least");
  await popup.locator("#clear-stop").click();
  await says(popup, "#message", /can be cleared in \d+ min/);
  await says(popup, "#headline", "Stopped");
  assert.ok(await popup.locator("#clear-stop").isVisible(), "what was read stays open");
  await popup.locator("#check").click();
  await says(popup, "#check-problem", "999");
  assert.equal(await requestsSeen(simulator), before);
});

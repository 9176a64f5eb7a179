// What the tests of this folder share: a world that ends with its test, and how a page is read.

import assert from "node:assert/strict";
import { startWorld } from "../../../scripts/world.mjs";

/** A server, a simulated LinkedIn and a browser of the test's own, ended with it. */
export async function worldFor(t, options) {
  const world = await startWorld(options);
  t.after(() => world.stop());
  return world;
}

/** A page of the extension that it opens by itself, or has opened already. */
export function openedByItself({ context, origin }, path) {
  const arrived = async (page) => (await page.waitForURL(`${origin}/${path}`), page);
  return Promise.any([...context.pages().map(arrived), context.waitForEvent("page").then(arrived)]);
}

/** Waits until an element has a tone, which is how the pages mark good and bad beside their words. */
export const toned = (page, selector, tone) => page.locator(`${selector}[data-tone="${tone}"]`).waitFor();

/** Waits until an element holds a text. */
export const says = (page, selector, text) => page.locator(selector).filter({ hasText: text }).first().waitFor();

export const urnsOf = (output) => output.connections.map(({ entity_urn: urn }) => urn);

export async function invitationsSeen(simulator) {
  const { invitations } = await simulator.journal();
  return invitations.map(({ profile_id: id, note }) => ({ id, note }));
}

/** "until …" as the popup says it. Two measurements of one moment may fall on either side of a minute. */
export async function untilAsSaid(popup, at) {
  const said = await popup.evaluate(async (at) => {
    const { clockTime } = await import("/lib/i18n.js");
    return [-1_000, 0, 1_000].map((ms) => clockTime(at + ms, Date.now()));
  }, at);
  return new RegExp(`^until (${[...new Set(said)].join("|")})$`);
}

/** What the popup's first line says where all kinds wait for the same, and the list below it does not say again. */
const IN_HEADLINE = { paused: "headline_paused", signed_out: "headline_signed_out", wrong_account: "headline_wrong_account", challenge: "problem_challenge", blocked: "waiting_blocked" };

/** Comes back when server and popup give this reason for a task's waiting, and the same time; the server's answer. */
export async function agreeOn({ server, popup }, task, reason) {
  const waiting = await server.waitingFor(task, reason);
  if (reason in IN_HEADLINE) {
    assert.equal(waiting.until, null);
    await says(popup, "#headline", await popup.evaluate(async (key) => (await import("/lib/i18n.js")).t(key), IN_HEADLINE[reason]));
    return waiting;
  }
  const sentence = await popup.evaluate(async (reason) => {
    const [{ WAITING }, { t }] = await Promise.all([import("/lib/words.js"), import("/lib/i18n.js")]);
    return t(WAITING[reason].said);
  }, reason);
  const item = popup.locator("#waiting .item").filter({ hasText: sentence }).first();
  const until = waiting.until === null ? /^$/ : await untilAsSaid(popup, Date.parse(waiting.until));
  await item.locator(".item-when").filter({ hasText: until }).waitFor({ state: "attached" });
  return waiting;
}

// What the tests of this folder share: a world that ends with its test, and how a page is read.

import { startWorld } from "../../../scripts/world.mjs";

/** A server, a simulated LinkedIn and a browser of the test's own, ended with it. */
export async function worldFor(t, options) {
  const world = await startWorld(options);
  t.after(() => world.stop());
  return world;
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

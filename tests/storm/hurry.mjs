// @ts-check
// Lets a run come to its end without waiting for the agent's pace. When nothing goes on any more, the clocks of the agent and of
// LinkedIn leap, further each time until something happens; the status that is asked after each leap has the agent look at
// the time, and wakes a worker that was ended. The server's clock is the machine's.

import { insist } from "./run.mjs";
import { within } from "../../scripts/world/process.mjs";

/** @typedef {import("./run.mjs").World} World */

const FIRST_LEAP_MS = 2_000;
/** No agent waits longer for anything of a run: the last look at the sent invitations comes after so long. */
const LONGEST_LEAP_MS = 20 * 60_000;
const ROUND_MS = 40;
const ANSWER_WITHIN_MS = 10_000;
const TASK_KEY = "task:";

/** Comes back when every task has ended and the agent knows that the server knows. @param {World} world @param {number} withinMs */
export async function hurry(world, withinMs) {
  const late = performance.now() + withinMs;
  let leap = FIRST_LEAP_MS;
  let before = "";
  while (performance.now() < late) {
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
    await world.line;
    if (world.failure) throw world.failure;
    if (await isOver(world)) return;
    const { requests, held } = await siteState(world);
    const goingOn = `${requests} ${world.calls} ${world.fetches.length}`;
    if (held || world.striking > 0 || world.proxy.open() > 0 || goingOn !== before) {
      before = goingOn;
      leap = FIRST_LEAP_MS;
      await nudge(world, 0);
    } else {
      await nudge(world, leap);
      leap = Math.min(2 * leap, LONGEST_LEAP_MS);
    }
  }
  world.note("not over in time");
}

/** @param {World} world */
async function isOver(world) {
  for (const id of world.ids) {
    const { json } = await insist(world, () => world.api.status(id));
    if (json.data.status !== "completed" && json.data.status !== "failed") return false;
  }
  // One that was cancelled on its way to the agent has ended, and will be written down there before it is let go of.
  if (world.striking > 0 || world.offered) return false;
  // A browser that dies while it is asked is asked again in the next round.
  const stored = await world.chromium.storage().catch(() => null);
  return stored !== null && !Object.keys(stored.local).some((key) => key.startsWith(TASK_KEY));
}

/** @param {World} world */
async function siteState({ simulator }) {
  const [journal, { held }] = await Promise.all([simulator.journal(), simulator.ask("GET", "held")]);
  return { requests: journal.counts.requests, held: held.length > 0 };
}

/** @param {World} world @param {number} leapMs */
async function nudge(world, leapMs) {
  if (world.striking > 0) return;
  try {
    if (leapMs > 0) {
      world.aheadMs += leapMs;
      world.note("leap", undefined, leapMs);
      await world.simulator.ask("POST", "clock", { advance_ms: leapMs });
      await world.chromium.moveClock();
    }
    await within(world.chromium.command({ kind: "status" }), ANSWER_WITHIN_MS, "a status");
  } catch (error) {
    // A worker, or the whole browser, that dies while it is asked: the next round asks the next one.
    world.note("nudge failed", undefined, String(error));
  }
}

/** Why a kind of task waits, in words: the popup says it of all that waits, the onboarding of the first task. */
import { clockTime, duration, t } from "./i18n.js";
import { own } from "./own.js";
import * as words from "./words.js";

/** @typedef {import("./messages.js").Status} Status */
/** @typedef {import("./messages.js").Waiting} Waiting */

/** Below this a time of day would say less than a count of seconds. */
export const BY_THE_CLOCK_MS = 60_000;
/** Of the agent's own, and none of LinkedIn's doing. */
const SET_ASIDE = "record_set_aside";

/**
 * @param {Waiting} waiting
 * @param {Pick<Status, "state" | "attention" | "linkedin">} status
 * @returns {{ why: string, remedy: string }} a reason that this version does not know is its own word
 */
export function reasonWords({ reason, for_ms }, { state, attention, linkedin }) {
  const endless = for_ms === null ? own(words.WAITING_FOR_EVER, reason) : undefined;
  const unpermitted = state === "no_permission" && reason === "signed_out" ? words.WAITING_UNPERMITTED : undefined;
  const unknown = linkedin === "unknown" && reason === "signed_out" ? words.WAITING_UNKNOWN : undefined;
  const damaged = reason === "storage" && attention?.code === SET_ASIDE ? words.WAITING_SET_ASIDE : undefined;
  const said = unpermitted ?? unknown ?? damaged ?? endless ?? own(words.WAITING, reason);
  return said ? { why: t(said.said), remedy: t(said.remedy) } : { why: reason, remedy: "" };
}

/**
 * A server that asked to wait, and what ends that wait before its time.
 *
 * @param {Pick<Status["contact"], "wait_ms">} contact
 * @param {number} nowMs
 * @returns {{ message: string, remedy: string } | null} null: it did not
 */
export function serverWait({ wait_ms: ms }, nowMs) {
  if (!ms) return null;
  const message = ms < BY_THE_CLOCK_MS ? t("server_wait_for", duration(Math.max(1_000, ms))) : t("server_wait_until", clockTime(nowMs + ms, nowMs));
  return { message, remedy: t("server_wait_remedy") };
}

/** What the onboarding offers for limits, without touching the page: three ways with invitations, and two figures. */
import { DEFAULTS, readFigure } from "../lib/limits.js";

/** @typedef {import("../lib/messages.js").Ceilings} Ceilings */
/** @typedef {import("../lib/messages.js").Settings} Settings */
/** @typedef {"ask" | "send" | "none"} Choice */
/** @typedef {"invites_per_day" | "invites_per_week"} Figure */
/** @typedef {Pick<Settings, "kinds_off" | "ask_before_invite" | Figure>} Chosen */

export const FIGURES = /** @type {Figure[]} */ (["invites_per_day", "invites_per_week"]);

/** More careful than what holds where nobody has chosen: each invitation is asked for, and half as many go out. */
const CAREFUL = { ask_before_invite: true, invites_per_day: 10, invites_per_week: 50 };

const INVITING = "agent_send_connection_request";

/**
 * What the fields show at first: what a person has set already, or else what is careful.
 *
 * @param {Settings} settings in force
 */
export function firstChoice(settings) {
  const { kinds_off, ask_before_invite, invites_per_day, invites_per_week } = settings;
  const now = { ask_before_invite, invites_per_day, invites_per_week };
  const untouched = kinds_off.length === 0 && Object.entries(now).every(([name, value]) => DEFAULTS[/** @type {Figure} */ (name)] === value);
  return choiceInForce(untouched ? { kinds_off, ...CAREFUL } : settings);
}

/** @param {Chosen} settings */
export function choiceInForce({ kinds_off, ask_before_invite, invites_per_day, invites_per_week }) {
  /** @type {Choice} */
  const choice = kinds_off.includes(INVITING) ? "none" : ask_before_invite ? "ask" : "send";
  return { choice, invites_per_day, invites_per_week };
}

/**
 * @param {string} choice
 * @param {Record<Figure, string>} typed
 * @param {Settings} settings in force: what is not chosen here stays
 * @param {Ceilings} ceilings
 * @returns {{ ok: true, settings: Partial<Chosen> } | { ok: false, field: Figure, text: string }}
 */
export function readChoice(choice, typed, settings, ceilings) {
  const others = settings.kinds_off.filter((kind) => kind !== INVITING);
  // Who lets none out has no use for figures, and none is refused for one.
  if (choice === "none") return { ok: true, settings: { kinds_off: [...others, INVITING] } };
  /** @type {Partial<Chosen>} */
  const chosen = { kinds_off: others, ask_before_invite: choice === "ask" };
  for (const field of FIGURES) {
    const read = readFigure(field, typed[field], ceilings);
    if (!read.ok) return { ok: false, field, text: read.text };
    chosen[field] = read.value;
  }
  return { ok: true, settings: chosen };
}

/**
 * What settings and onboarding say about limits and read from their fields, without touching the page. The core alone decides what
 * is allowed; a figure that it would refuse is refused here first, in the words and the unit of the field.
 */
import { clockTime, t } from "./i18n.js";

/** @typedef {import("./messages.js").Ceilings} Ceilings */
/** @typedef {import("./messages.js").Hours} Hours */
/** @typedef {import("./messages.js").Problem} Problem */
/** @typedef {import("./messages.js").Settings} Settings */
/** @typedef {Omit<Settings, "paused">} Limits */
/** @typedef {keyof Ceilings} Figure a setting that is a number */

/**
 * What holds until a person sets something else. The core has the same; a test compares them.
 *
 * @type {Limits}
 */
export const DEFAULTS = {
  kinds_off: [],
  invites_per_day: 20,
  invites_per_week: 100,
  read_gap_ms: 1_500,
  invite_gap_ms: 8_000,
  hours: null,
  ask_before_invite: false,
};

/**
 * What the fields show when working hours are switched on for the first time.
 *
 * @type {Hours}
 */
export const FIRST_HOURS = { days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" };

export const DAYS = [1, 2, 3, 4, 5, 6, 7];
/** Monday is 1: any week that begins with one will do to name the days. */
const A_MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/**
 * How a setting becomes a figure in a field. Gaps are milliseconds that a person sees as seconds.
 *
 * @type {Record<Figure, { unit: number, range: (ceilings: Ceilings) => [number, number], hint: string, outside: string }>}
 */
const FIGURES = {
  invites_per_day: { unit: 1, range: (most) => [0, most.invites_per_day], hint: "limit_hint", outside: "limit_outside" },
  invites_per_week: { unit: 1, range: (most) => [0, most.invites_per_week], hint: "limit_hint", outside: "limit_outside" },
  read_gap_ms: { unit: 1_000, range: (least) => [least.read_gap_ms, 600_000], hint: "gap_hint", outside: "gap_outside" },
  invite_gap_ms: {
    unit: 1_000,
    range: (least) => [least.invite_gap_ms, 3_600_000],
    hint: "gap_hint",
    outside: "gap_outside",
  },
};

export const FIGURE_NAMES = /** @type {Figure[]} */ (Object.keys(FIGURES));

/**
 * @param {Figure} name
 * @param {number} value
 */
export const shownFigure = (name, value) => String(value / FIGURES[name].unit);

/**
 * @param {Figure} name
 * @param {Ceilings} ceilings
 * @returns the field's own bounds, which arrow keys keep to
 */
export function figureBounds(name, ceilings) {
  const [min, max] = FIGURES[name].range(ceilings).map((value) => shownFigure(name, value));
  return { min: String(min), max: String(max) };
}

/**
 * @param {Figure} name
 * @param {Ceilings} ceilings
 */
export function figureHint(name, ceilings) {
  const { min, max } = figureBounds(name, ceilings);
  return t(FIGURES[name].hint, min, max);
}

/**
 * @param {Figure} name
 * @param {string} typed
 * @param {Ceilings} ceilings
 * @returns {{ ok: true, value: number } | { ok: false, text: string }}
 */
export function readFigure(name, typed, ceilings) {
  const { unit, range } = FIGURES[name];
  const [least, most] = range(ceilings);
  const figure = typed.trim() === "" ? NaN : Number(typed);
  const value = unit === 1 ? figure : Math.round(figure * unit);
  if (Number.isInteger(value) && value >= least && value <= most) return { ok: true, value };
  return { ok: false, text: outsideText(name, ceilings) };
}

/**
 * What a figure may be, to who has typed another: the core names the setting that it refuses, and these are its words.
 *
 * @param {Figure} name
 * @param {Ceilings} ceilings
 */
export function outsideText(name, ceilings) {
  const { min, max } = figureBounds(name, ceilings);
  return t(FIGURES[name].outside, min, max);
}

/**
 * @param {Hours} typed
 * @returns {{ ok: true, hours: Hours } | { ok: false, text: string }}
 */
export function readHours({ days, from, to }) {
  if (days.length === 0) return { ok: false, text: t("hours_no_day") };
  if (from === "" || to === "") return { ok: false, text: t("hours_incomplete") };
  if (from === to) return { ok: false, text: t("hours_empty") };
  return { ok: true, hours: { days, from, to } };
}

/** @param {Hours} hours */
export const overnightLine = ({ from, to }) => (from > to && to !== "" ? t("hours_overnight", timeOfDay(to)) : "");

/** @param {Hours | null} hours */
export const hoursLine = (hours) =>
  hours ? t("hours_in_force", timeOfDay(hours.from), timeOfDay(hours.to)) : t("hours_off");

/** @param {string} hoursAndMinutes as a field has it, to be shown as the person's own clock would */
function timeOfDay(hoursAndMinutes) {
  const [hours, minutes] = hoursAndMinutes.split(":").map(Number);
  const at = new Date(A_MONDAY).setHours(hours ?? 0, minutes ?? 0, 0, 0);
  return clockTime(at, at);
}

/**
 * @param {number} day Monday is 1
 * @param {"short" | "long"} length
 */
export const dayName = (day, length) =>
  new Intl.DateTimeFormat(t("locale"), { weekday: length, timeZone: "UTC" }).format(A_MONDAY + (day - 1) * DAY_MS);

/**
 * Beside which field a refusal belongs: the one that it names, or else the one that was changed.
 *
 * @param {Problem} error
 * @param {string} changed
 */
export const refusedField = ({ values = [] }, changed) => values.find((name) => Object.hasOwn(DEFAULTS, name)) ?? changed;

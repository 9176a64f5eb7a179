/**
 * How far a person has come in the onboarding: a bookmark in the page's own storage, so that a tab that was closed goes on
 * where it was. Whether the browser is paired is the worker's to say, and counts for more.
 */
const KEY = "onboarding";

/** What Liaison is, limits and pairing, the first task. */
export const SCREENS = 3;

/** @typedef {{ getItem(key: string): string | null, setItem(key: string, value: string): void, removeItem(key: string): void }} Shelf */

/** @param {Shelf} [shelf] */
export function reached(shelf = localStorage) {
  const screen = Number(shelf.getItem(KEY));
  return Number.isInteger(screen) && screen >= 1 && screen <= SCREENS ? screen : 1;
}

/**
 * A step back takes nothing back.
 *
 * @param {number} screen
 * @param {Shelf} [shelf]
 */
export function remember(screen, shelf = localStorage) {
  if (screen > reached(shelf)) shelf.setItem(KEY, String(screen));
}

/** @param {Shelf} [shelf] */
export const forget = (shelf = localStorage) => shelf.removeItem(KEY);

/**
 * Where to go on. Nobody gets past what they have not read, and a pairing that is gone is made anew first.
 *
 * @param {number} screen that was reached
 * @param {boolean} paired
 */
export const resumeAt = (screen, paired) => (screen < 2 ? 1 : paired ? 3 : 2);

/** Builds the page from values. Names, notes and headlines are strangers' words: they become text here, and never markup. */

/** @typedef {string | Node | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | EventListener>} Properties */

/**
 * Properties are attributes, `true` being a bare one, and `null` and `false` none at all; a function is a listener for the event
 * of that name.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  put(element, children);
  return element;
}

/**
 * A stranger's words, whose direction is their own and turns nothing round them.
 *
 * @param {string} text
 * @param {Properties} [properties]
 */
export const theirs = (text, properties = {}) => h("bdi", properties, text);

/**
 * @param {ParentNode} parent
 * @param {Child[]} children
 */
export const put = (parent, children) => parent.append(...children.filter(isSomething));

/**
 * @param {Child} child
 * @returns {child is string | Node}
 */
const isSomething = (child) => child instanceof Node || (typeof child === "string" && child !== "");

/**
 * What is shown of something, so that an unchanged one can be told. Times of today are shown without their day, so it is part of it.
 *
 * @param {unknown} seen
 */
export const signOf = (seen) => JSON.stringify([seen, new Date().toDateString()]);

/**
 * Brings a list up to date every two seconds without disturbing it: what is the same keeps its element, and with it the
 * keyboard, a selection and what a screen reader has read. Where one is built anew, the keyboard goes on at the same control.
 *
 * @template Item
 * @param {HTMLElement} list
 * @param {Item[]} items
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => HTMLElement} build
 * @param {(item: Item) => unknown} [seenOf] what is shown of it
 */
export function showItems(list, items, keyOf, build, seenOf = (item) => item) {
  const shown = new Map([...list.children].map((child) => [/** @type {HTMLElement} */ (child).dataset.key, /** @type {HTMLElement} */ (child)]));
  const next = items.map((item) => {
    const [key, sign] = [keyOf(item), signOf(seenOf(item))];
    const before = shown.get(key);
    if (before?.dataset.sign === sign) return before;
    const element = build(item);
    Object.assign(element.dataset, { key, sign });
    if (before) inPlaceOf(before, element);
    return element;
  });
  for (const child of [...list.children]) if (!next.includes(/** @type {HTMLElement} */ (child))) child.remove();
  next.forEach((element, at) => list.children[at] !== element && list.insertBefore(element, list.children[at] ?? null));
}

/**
 * @param {HTMLElement} before
 * @param {HTMLElement} after
 */
function inPlaceOf(before, after) {
  const control = before.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  before.replaceWith(after);
  if (!control) return;
  const same = control.dataset.control && after.querySelector(`[data-control="${control.dataset.control}"]:enabled, a[data-control="${control.dataset.control}"]`);
  const next = same || after.querySelector("a, button:enabled");
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}

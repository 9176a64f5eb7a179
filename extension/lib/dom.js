/** Builds page content from text alone: names and messages come from strangers and must never be read as markup. */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * @param {string} id
 * @returns {HTMLInputElement}
 */
export const input = (id) => /** @type {HTMLInputElement} */ (byId(id));

/**
 * @param {string} id
 * @returns {HTMLButtonElement}
 */
export const button = (id) => /** @type {HTMLButtonElement} */ (byId(id));

/**
 * `dir="auto"` keeps a right-to-left name from reordering the words around it.
 *
 * @param {string} tag
 * @param {string} className
 * @param {...(string | Node)} children
 */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.dir = "auto";
  element.append(...children);
  return element;
}

/**
 * A link that opens in a tab of its own, which learns nothing of the page that it was opened from.
 *
 * @param {string} className
 * @param {string} href
 * @param {string} text
 */
export function makeLink(className, href, text) {
  const link = /** @type {HTMLAnchorElement} */ (make("a", className, text));
  Object.assign(link, { href, target: "_blank", rel: "noopener noreferrer" });
  return link;
}

/**
 * Leaves an unchanged element alone, so that a refresh every second is not read out every second.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {HTMLElement} element
 * @param {Node[]} children
 */
export function setChildren(element, children) {
  const next = document.createElement("div");
  next.append(...children);
  if (element.innerHTML !== next.innerHTML) element.replaceChildren(...next.childNodes);
}

/**
 * Shows a problem as its sentence and what to do about it; an empty one hides the box.
 *
 * @param {HTMLElement} box
 * @param {{ message: string, remedy: string, tone?: string } | null} problem `tone`: how bad it is, where that is less than bad
 */
export function showProblem(box, problem) {
  if (problem?.tone) box.dataset.tone = problem.tone;
  else delete box.dataset.tone;
  box.hidden = problem === null;
  setChildren(box, problem ? lines(problem) : []);
}

/** @param {{ message: string, remedy: string }} problem */
function lines({ message, remedy }) {
  const said = { "problem-message": message, "problem-remedy": remedy };
  return Object.entries(said).flatMap(([name, text]) => (text ? [make("p", name, text)] : []));
}

/**
 * A button loses the keyboard when it is disabled or hidden. Who has not moved on meanwhile goes on from `next`.
 *
 * @param {HTMLElement} from
 * @param {HTMLElement} next
 */
export function passFocus(from, next) {
  if (document.activeElement === from || document.activeElement === document.body) next.focus();
}

/** A button that copies a text and says so: a command to try, a report to hand on. */
import { setText } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @param {HTMLButtonElement} button
 * @param {() => string} text
 * @param {HTMLElement} said a live region
 */
export function offerCopying(button, text, said) {
  button.addEventListener("click", async () => {
    const copied = await navigator.clipboard.writeText(text()).then(
      () => true,
      () => false, // another window has the focus, or an administrator forbids it
    );
    said.dataset.tone = copied ? "good" : "bad";
    setText(said, t(copied ? "copied" : "not_copied"));
  });
}

/** Pieces that several views are made of. */
import { h } from "./element.js";
import { isInDoubt, refusal } from "./describe.js";
import { setText } from "./dom.js";
import { t } from "./words.js";

/**
 * Asks before something that can't be taken back. The keyboard stays within, begins at the way out, and comes back to where it was.
 *
 * @param {{ title: string, text: string, yes: string, no: string }} words
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, yes, no }) {
  const from = document.activeElement;
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      h("h2", { id: "confirm-title" }, title),
      h("p", { id: "confirm-text" }, text),
      h(
        "div",
        { class: "actions" },
        h("button", { type: "button", autofocus: true, click: () => dialog.close("no") }, no),
        h("button", { type: "button", class: "danger", click: () => dialog.close("yes") }, yes),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (from instanceof HTMLElement && from.isConnected) from.focus();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * Something to be copied, as a field that can be marked by hand where the browser keeps the clipboard from a page.
 *
 * @param {string} id
 * @param {string} label
 * @param {string} value
 */
export function copyable(id, label, value) {
  const field = h("input", { id, type: "text", readonly: true, value, spellcheck: "false", dir: "ltr", "aria-describedby": `${id}-said` });
  const outcome = h("span", { id: `${id}-said`, role: "status", class: "soft" });
  async function copy() {
    field.select();
    const done = await navigator.clipboard?.writeText(field.value).then(() => true, () => false);
    setText(outcome, t(done ? "copied" : "copy_by_hand"));
  }
  const press = h("button", { type: "button", click: copy, "aria-describedby": `${id}-label` }, t("copy"));
  return h("div", { class: "field" }, h("label", { for: id, id: `${id}-label` }, label), h("div", { class: "copyable" }, field, press), outcome);
}

/**
 * @param {string} command
 */
export const commandLine = (command) => h("pre", { class: "command", dir: "ltr", tabindex: "0" }, h("code", {}, command));

/**
 * A box that says what went wrong, read out when it fills.
 *
 * @param {string} [id]
 */
export function problemBox(id) {
  const box = h("div", { ...(id && { id }), class: "problem", role: "alert", hidden: true });
  return {
    box,
    /** @param {{ message: string, remedy: string } | null} problem */
    show(problem) {
      box.hidden = problem === null;
      box.replaceChildren();
      if (problem) box.append(...Object.entries({ "problem-message": problem.message, "problem-remedy": problem.remedy }).flatMap(([name, text]) => (text ? [h("p", { class: name, dir: "auto" }, text)] : [])));
    },
    /** @param {import("./api.js").Bad} bad of a call that changes something, and may have done so */
    refuse(bad) {
      // The page says that itself, and this stands aside meanwhile.
      if (bad.kind === "session") return this.show(null);
      const { message, remedy } = refusal(bad);
      this.show({ message, remedy: isInDoubt(bad) ? `${remedy} ${t("not_known_whether")}`.trim() : remedy });
    },
  };
}

/**
 * @param {string} id
 * @param {string} label
 * @param {HTMLElement} control gets this id
 * @param {string} [hint]
 */
export function field(id, label, control, hint) {
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" }, h("label", { for: id }, label), control, hint ? h("p", { id: `${id}-hint`, class: "soft" }, hint) : null);
}

/**
 * @param {readonly (readonly [string, string])[]} options value and words
 * @param {string} chosen
 * @param {import("./element.js").Properties} [properties]
 */
export function choice(options, chosen, properties = {}) {
  const select = h("select", properties, ...options.map(([value, words]) => h("option", { value }, words)));
  select.value = chosen;
  return select;
}

/**
 * @param {string} id
 * @param {string} label
 * @param {{ text: string, share: number, tone: string }} line
 */
export const bar = (id, label, { text, share, tone }) => [
  h("label", { for: id }, label),
  h("meter", { id, value: share, "data-tone": tone, "aria-describedby": `${id}-said` }),
  h("span", { id: `${id}-said` }, text),
];

/** The team's API keys: who may do what, a new one shown once, and an end to one. */
import { refusal } from "./describe.js";
import { h, showItems, theirs } from "./element.js";
import { follow } from "./live.js";
import { choice, confirmed, copyable, field, problemBox } from "./pieces.js";
import { presses } from "./press.js";
import { clockTime } from "./time.js";
import { isolate, t } from "./words.js";

/** @typedef {import("./main.js").Page} Page */
/** @typedef {{ id: string, name: string, access: string, scopes: string[], created_at: string, last_used_at: string | null }} Key */

const SCOPE = "r_1st_connections";

/** @param {Page} page */
export function keysView(page) {
  const { api, team } = page;
  const path = `admin/v1/teams/${team.id}/keys`;
  const live = h("p", { class: "live soft" });
  const problem = problemBox();
  const presser = presses(page);
  const list = h("ul", { class: "cards", "aria-label": t("view_keys") });
  const empty = h("p", { class: "empty", hidden: true }, t("keys_none"));
  const made = h("div", {});
  const watch = follow(() => api.all(path), show);

  /** @param {import("./api.js").Answer} answer */
  function show(answer) {
    if (!page.hear(answer)) return;
    problem.show(answer.ok ? null : refusal(answer));
    if (!answer.ok) return;
    page.stamp(live);
    showItems(list, /** @type {Key[]} */ (answer.data), ({ id }) => id, card);
    list.hidden = answer.data.length === 0;
    empty.hidden = answer.data.length > 0;
  }

  /** @param {Key} key */
  function card(key) {
    const now = Date.now();
    const used = key.last_used_at ? t("key_used", clockTime(key.last_used_at, now)) : t("key_unused");
    return h(
      "li",
      { class: "card" },
      h("div", { class: "card-head" }, h("h2", {}, theirs(key.name)), h("span", { class: "mark" }, t(key.access === "read" ? "access_read" : "access_write"))),
      key.scopes.length > 0 ? h("p", { class: "soft" }, t("key_scopes", key.scopes.join(", "))) : null,
      h("div", { class: "card-foot" }, h("p", { class: "soft" }, `${t("created", clockTime(key.created_at, now))} · ${used}`), h("button", { type: "button", class: "danger", "data-control": "revoke", "aria-label": t("revoke_named", key.name), click: () => revoke(key) }, t("revoke"))),
    );
  }

  /** @param {Key} key */
  async function revoke(key) {
    const sure = () => confirmed({ title: t("revoke_key_title"), text: `${isolate(key.name)}: ${t("revoke_key_text")}`, yes: t("revoke"), no: t("revoke_keep") });
    await presser.press(sure, () => api.call("DELETE", `${path}/${key.id}`), t("key_revoked"));
    await watch.now();
  }

  /** @param {{ name: string, api_key: string }} key */
  function showMade(key) {
    const heading = h("h2", { tabindex: "-1" }, t("key_made", isolate(key.name)));
    const close = h("button", { type: "button", click: () => (made.replaceChildren(), page.focusTitle()) }, t("close"));
    made.replaceChildren(h("section", { class: "card once" }, heading, h("p", {}, t("key_once")), copyable("made-key", t("api_key"), key.api_key), h("div", { class: "actions" }, close)));
    heading.focus();
    void watch.now();
  }

  return {
    title: t("view_keys"),
    content: [h("p", { class: "soft" }, t("keys_why")), made, live, presser.box, problem.box, list, empty, newKey(page, path, showMade)],
    stop: watch.stop,
  };
}

/**
 * @param {Page} page
 * @param {string} path
 * @param {(key: { name: string, api_key: string }) => void} onMade
 */
function newKey({ api }, path, onMade) {
  const problem = problemBox("key-problem");
  const name = h("input", { type: "text", autocomplete: "off", maxlength: 100, required: true });
  const access = choice([["write", t("access_write")], ["read", t("access_read")]], "write", { change: () => void (scope.checked = access.value === "write") });
  const scope = h("input", { type: "checkbox", checked: true });
  const press = h("button", { type: "submit", class: "primary" }, t("make_key"));

  /** @param {Event} event */
  async function make(event) {
    event.preventDefault();
    const said = name.value.trim();
    name.toggleAttribute("aria-invalid", said === "");
    if (said === "") {
      problem.show({ message: t("key_name_missing"), remedy: "" });
      return name.focus();
    }
    press.disabled = true;
    const answer = await api.call("POST", path, { name: said, access: access.value, scopes: scope.checked ? [SCOPE] : [] });
    press.disabled = false;
    if (!answer.ok) return problem.refuse(answer);
    problem.show(null);
    name.value = "";
    onMade(answer.data);
  }

  return h(
    "section",
    { class: "stack", "aria-labelledby": "new-key-heading" },
    h("h2", { id: "new-key-heading" }, t("new_key")),
    h(
      "form",
      { class: "stack", novalidate: true, submit: make },
      field("key-name", t("key_name"), name, t("key_name_hint")),
      field("key-access", t("key_access"), access),
      h("label", { class: "switch" }, scope, h("span", {}, t("scope_r_1st_connections"))),
      problem.box,
      h("div", { class: "actions" }, press),
    ),
  );
}

/** Signing in with an admin key, which is sent once and kept nowhere on this page. */
import { refusal } from "./describe.js";
import { h } from "./element.js";
import { commandLine, field, problemBox } from "./pieces.js";
import { t } from "./words.js";

/**
 * @param {import("./api.js").Api} api
 * @param {{ message: string, tone: "good" | "bad" } | null} news why one is here
 * @param {(session: import("./api.js").Session) => void} onSignedIn
 */
export function signInView(api, news, onSignedIn) {
  const problem = problemBox("sign-in-problem");
  const key = h("input", { type: "password", autocomplete: "current-password", spellcheck: "false", dir: "ltr", required: true });
  const press = h("button", { type: "submit", class: "primary" }, t("sign_in"));
  if (news) {
    problem.show({ message: news.message, remedy: "" });
    problem.box.dataset.tone = news.tone;
  }

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    if (press.disabled) return;
    const typed = key.value.trim();
    press.disabled = true;
    const answer = typed === "" ? null : await api.signIn(typed);
    press.disabled = false;
    if (answer?.ok) {
      key.value = "";
      return onSignedIn(answer.data);
    }
    problem.box.dataset.tone = "bad";
    if (!answer) problem.show({ message: t("sign_in_empty"), remedy: "" });
    else problem.show(answer.kind === "session" ? { message: t("sign_in_wrong"), remedy: t("sign_in_wrong_remedy") } : refusal(answer));
    key.setAttribute("aria-invalid", "true");
    key.focus();
  }

  const form = h(
    "form",
    { class: "card stack", novalidate: true, submit },
    h("p", {}, t("sign_in_why")),
    field("admin-key", t("admin_key"), key),
    problem.box,
    h("div", { class: "actions" }, press),
    h("p", { class: "soft" }, t("admin_key_how")),
    commandLine("liaison-server admin-key add"),
  );
  return { title: t("sign_in"), content: [form], focus: () => key.focus(), stop() {}, still: true };
}

/** Both documented calls as a form, with the command that does the same, and then the task that came of it. */
import { writePlace } from "./address.js";
import { callOf, curlOf, fault } from "./curl.js";
import { INVITE, isInDoubt, isOver, kindName, READ, refusal } from "./describe.js";
import { setText } from "./dom.js";
import { h, showItems } from "./element.js";
import { follow } from "./live.js";
import { choice, field, problemBox } from "./pieces.js";
import { presses } from "./press.js";
import { cancelConfirmed, taskCard } from "./task-card.js";
import { count } from "./time.js";
import { t } from "./words.js";

/** @typedef {import("./main.js").Page} Page */

/** Counted as LinkedIn and the server count them: in UTF-16, without the spaces round it. */
const NOTE_LETTERS = 300;

/** @param {Page} page */
export function tryView(page) {
  const { api, team } = page;
  const problem = problemBox("try-problem");
  const { form, inputs, press, command, asked } = requestForm(problem.box, run);
  const outcome = h("section", { class: "stack", hidden: true, "aria-labelledby": "outcome-heading" });
  const watching = followed(page, outcome);
  /** Under one key a call whose answer was lost can be sent again, and makes no second task. */
  let attempt = { sign: "", key: "" };

  /** @param {Event} event */
  async function run(event) {
    event.preventDefault();
    if (press.disabled) return;
    const now = asked();
    for (const name of /** @type {const} */ (["start", "count", "profile_urn"])) inputs[name].control.removeAttribute("aria-invalid");
    const wrong = fault(now);
    if (wrong) {
      const { control } = inputs[wrong.field];
      control.setAttribute("aria-invalid", "true");
      problem.show({ message: wrong.field === "profile_urn" ? t("try_urn_missing") : t("try_number", count(wrong.least), count(wrong.most)), remedy: "" });
      return control.focus();
    }
    const { path, body } = callOf(now);
    const sign = JSON.stringify([path, body]);
    if (attempt.sign !== sign) attempt = { sign, key: randomKey() };
    press.disabled = true;
    const answer = await api.call("POST", `admin/v1/teams/${team.id}/${path}`, body, { "Idempotency-Key": attempt.key });
    press.disabled = false;
    const inDoubt = !answer.ok && isInDoubt(answer);
    if (!inDoubt) attempt = { sign: "", key: "" };
    if (!answer.ok) return inDoubt ? problem.show({ ...refusal(answer), remedy: t("try_in_doubt") }) : problem.refuse(answer);
    problem.show(null);
    watching.begin(answer.body.api_agent_task_id, answer.body.deduplicated === true);
  }

  const curl = h("section", { class: "stack", "aria-labelledby": "curl-heading" }, h("h2", { id: "curl-heading" }, t("try_curl")), command, h("p", { class: "soft" }, t("try_curl_hint", t("try_key"))));
  return { title: t("view_try"), content: [h("p", { class: "soft" }, t("try_why")), form, outcome, curl], stop: watching.stop, still: true };
}

/**
 * The form, and the command that says the same while one types.
 *
 * @param {HTMLElement} problem
 * @param {(event: Event) => void} run
 */
function requestForm(problem, run) {
  const inputs = fields();
  const code = h("code", {});
  const command = h("pre", { class: "command", dir: "ltr", tabindex: "0", "aria-labelledby": "curl-heading" }, code);
  const press = h("button", { type: "submit", class: "primary" });
  const reading = h("div", { class: "stack" }, inputs.keyword.box, inputs.sort_type.box, h("div", { class: "pair" }, inputs.start.box, inputs.count.box), inputs.fields.box);
  const inviting = h("div", { class: "stack" }, inputs.profile_urn.box, inputs.note.box, inputs.left);
  const form = h(
    "form",
    { class: "stack", novalidate: true, submit: run, input: draw, change: draw },
    h("fieldset", { class: "kinds" }, h("legend", {}, t("try_call")), ...inputs.kinds),
    reading,
    inviting,
    problem,
    h("div", { class: "actions" }, press),
  );

  function asked() {
    const value = (/** @type {"keyword" | "sort_type" | "start" | "count" | "fields" | "profile_urn" | "note"} */ name) => inputs[name].control.value;
    const kind = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=kind]:checked"))?.value ?? READ;
    return { kind, keyword: value("keyword"), sort_type: value("sort_type"), start: value("start"), count: value("count"), fields: value("fields"), profile_urn: value("profile_urn"), note: value("note") };
  }

  function draw() {
    const now = asked();
    reading.hidden = now.kind === INVITE;
    inviting.hidden = now.kind !== INVITE;
    setText(press, t(now.kind === INVITE ? "try_run_invite" : "try_run_read"));
    setText(inputs.left, t("try_note_left", count(now.note.trim().length)));
    setText(code, curlOf(document.baseURI, callOf(now), t("try_key")));
  }

  draw();
  return { form, inputs, press, command, asked };
}

/** 128 bits, as a page without TLS can have them as well. */
const randomKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function fields() {
  const text = (/** @type {import("./element.js").Properties} */ more = {}) => h("input", { type: "text", autocomplete: "off", dir: "auto", ...more });
  const entry = (/** @type {string} */ id, /** @type {string} */ label, /** @type {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} */ control, /** @type {string} */ hint = "") => ({ control, box: field(id, label, control, hint) });
  const orders = /** @type {const} */ (["RECENTLY_ADDED", "FIRSTNAME_LASTNAME", "LASTNAME_FIRSTNAME"]).map((order) => /** @type {const} */ ([order, t(`sort_${order}`)]));
  const kinds = [READ, INVITE].map((kind, at) => h("label", { class: "switch" }, h("input", { type: "radio", name: "kind", value: kind, checked: at === 0 }), h("span", {}, kindName(kind))));
  return {
    kinds,
    keyword: entry("try-keyword", t("keyword"), text()),
    sort_type: entry("try-sort", t("try_sort"), choice([["", t("sort_none")], ...orders], "")),
    start: entry("try-start", t("try_start"), text({ inputmode: "numeric", value: "0" })),
    count: entry("try-count", t("try_count"), text({ inputmode: "numeric", value: "40" })),
    fields: entry("try-fields", t("try_fields"), choice([["", t("fields_documented")], ["all", t("fields_all")], ["total", t("fields_total")]], "")),
    profile_urn: entry("try-urn", t("try_urn"), text({ spellcheck: "false" }), t("try_urn_hint")),
    note: entry("try-note", t("try_note"), h("textarea", { rows: 3, maxlength: NOTE_LETTERS, dir: "auto" })),
    left: h("p", { class: "soft" }),
  };
}

/**
 * The task that was made, live, in the place of the form's answer.
 *
 * @param {Page} page
 * @param {HTMLElement} outcome
 */
function followed(page, outcome) {
  const { api, team } = page;
  const problem = problemBox();
  const presser = presses(page);
  const list = h("ul", { class: "cards" });
  /** @type {ReturnType<typeof follow> | null} */
  let watch = null;

  /**
   * @param {string} id
   * @param {boolean} wasThere
   */
  function begin(id, wasThere) {
    watch?.stop();
    problem.show(null);
    list.replaceChildren();
    const heading = h("h2", { id: "outcome-heading", tabindex: "-1" }, t(wasThere ? "try_known" : "try_taken"));
    outcome.replaceChildren(heading, presser.box, problem.box, list);
    outcome.hidden = false;
    heading.focus();
    const path = `admin/v1/teams/${team.id}/tasks/${encodeURIComponent(id)}`;
    const mine = follow(() => api.get(path), show);
    watch = mine;

    /** @param {import("./api.js").Answer} answer */
    function show(answer) {
      if (!page.hear(answer)) return;
      problem.show(answer.ok ? null : refusal(answer));
      if (!answer.ok) return;
      showItems(list, [answer.data], () => id, (task) => taskCard(task, writePlace(team.id, "task", { task: id }), cancel));
      if (isOver(answer.data)) mine.stop();
    }

    /** @param {import("./describe.js").Task} task */
    async function cancel(task) {
      await presser.press(() => cancelConfirmed(task), () => api.call("POST", `${path}/cancel`), t("cancelled_said"));
      await mine.now();
    }
  }
  return { begin, stop: () => watch?.stop() };
}

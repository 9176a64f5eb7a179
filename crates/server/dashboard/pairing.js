/** A pairing code for a member of the team: shown with the time that it has left, and gone once a browser has used it. */
import { setText } from "./dom.js";
import { h, put } from "./element.js";
import { choice, commandLine, copyable, field, problemBox } from "./pieces.js";
import { clockTime, countdown } from "./time.js";
import { isolate, t } from "./words.js";

/** @typedef {import("./main.js").Page} Page */
/** @typedef {import("./browsers.js").Member} Member */
/** @typedef {import("./describe.js").Agent} Agent */

const SECOND_MS = 1_000;

/** @param {Page} page */
export function pairingSection({ api, team, tell }) {
  const problem = problemBox();
  const form = h("form", { class: "stack", submit: make });
  const code = h("div", { class: "stack" });
  const section = h("section", { class: "stack", "aria-labelledby": "pairing-heading" }, h("h2", { id: "pairing-heading" }, t("pairing")), h("p", { class: "soft" }, t("pairing_why")), form, problem.box, code);
  const press = h("button", { type: "submit" }, t("make_code"));
  let members = "";
  /** @type {{ member: string, before: Set<string> } | null} whose browser is waited for, and which there were */
  let open = null;
  /** @type {Set<string>} */
  let agents = new Set();
  let end = () => {};

  /** @param {Event} event */
  async function make(event) {
    event.preventDefault();
    const member = /** @type {HTMLSelectElement} */ (form.querySelector("select")).value;
    const before = new Set(agents);
    press.disabled = true;
    const answer = await api.call("POST", `admin/v1/teams/${team.id}/members/${member}/pairing-codes`);
    press.disabled = false;
    close();
    if (!answer.ok) return problem.refuse(answer);
    problem.show(null);
    open = { member, before };
    end = showCode(code, answer.data.code, Date.parse(answer.data.expires_at) - answer.at, () => {
      close();
      problem.show({ message: t("pairing_over"), remedy: "" });
    });
  }

  function close() {
    end();
    open = null;
    if (code.contains(document.activeElement)) press.focus();
    code.replaceChildren();
  }

  /**
   * @param {Member[]} all
   * @param {Agent[]} paired
   */
  function show(all, paired) {
    const came = open && paired.find((agent) => agent.member_id === open?.member && !open.before.has(agent.id));
    agents = new Set(paired.map(({ id }) => id));
    if (came) {
      close();
      tell(t("pairing_done", isolate(came.name)));
    }
    const sign = JSON.stringify(all);
    if (sign === members) return;
    members = sign;
    const chosen = form.querySelector("select")?.value ?? all.find(({ acts }) => acts)?.id ?? all[0]?.id ?? "";
    form.replaceChildren();
    if (all.length === 0) put(form, [h("p", {}, t("pairing_no_member")), commandLine(`liaison-server member add --team ${team.id} --role admin`)]);
    else put(form, [field("pairing-member", t("pairing_member"), choice(all.map(option), chosen)), h("div", { class: "actions" }, press)]);
  }

  return { section, show, stop: () => end() };
}

/**
 * A code, and what is left of its time. The end is the server's, whose clock may be another than this computer's: it is counted
 * from here.
 *
 * @param {HTMLElement} box
 * @param {string} text
 * @param {number} goodForMs
 * @param {() => void} onOver
 * @returns {() => void} ends the counting
 */
function showCode(box, text, goodForMs, onOver) {
  const until = Date.now() + goodForMs;
  const left = h("p", { class: "soft" });
  const server = document.baseURI.replace(/[?#].*$/, "").replace(/\/+$/, "");
  box.replaceChildren(h("div", { class: "card once" }, copyable("pairing-code", t("pairing_code"), text), left, copyable("pairing-server", t("pairing_server"), server), h("p", {}, t("pairing_how"))));
  box.querySelector("input")?.focus();
  const timer = setInterval(tick, SECOND_MS);
  tick();

  function tick() {
    const ms = until - Date.now();
    if (ms > 0) setText(left, t("pairing_left", countdown(ms), clockTime(until, Date.now(), { seconds: true })));
    else onOver();
  }
  return () => clearInterval(timer);
}

/**
 * @param {Member} member
 * @returns {readonly [string, string]}
 */
const option = ({ id, name, role, acts }) => [id, t(acts ? "pairing_option_acts" : "pairing_option", isolate(name ?? t("unnamed")), t(role === "admin" ? "pairing_role_admin" : "pairing_role_member"))];

/** The team's paired browsers: who is there, what each last said of itself, and how far its person's limits are used. */
import { presence, refusal, usageLine } from "./describe.js";
import { h, showItems, theirs } from "./element.js";
import { follow } from "./live.js";
import { pairingSection } from "./pairing.js";
import { bar, confirmed, problemBox } from "./pieces.js";
import { presses } from "./press.js";
import { clockTime } from "./time.js";
import { isolate, t } from "./words.js";

/** @typedef {import("./main.js").Page} Page */
/** @typedef {import("./describe.js").Agent} Agent */
/** @typedef {{ id: string, name: string | null, role: string, acts: boolean }} Member */

/** @param {Page} page */
export function browsersView(page) {
  const { api, team } = page;
  const path = `admin/v1/teams/${team.id}`;
  const live = h("p", { class: "live soft" });
  const problem = problemBox();
  const presser = presses(page);
  const list = h("ul", { class: "cards", "aria-label": t("view_browsers") });
  const empty = h("div", { class: "empty", hidden: true }, h("p", {}, t("browsers_none")), h("p", { class: "soft" }, t("browsers_none_remedy")));
  const pairing = pairingSection(page);
  const watch = follow(ask, show);

  async function ask() {
    const agents = await api.all(`${path}/agents`);
    return agents.ok ? { agents, members: await api.all(`${path}/members`) } : { agents, members: agents };
  }

  /** @param {Awaited<ReturnType<typeof ask>>} answers */
  function show({ agents, members }) {
    const worst = agents.ok ? members : agents;
    if (!page.hear(worst)) return;
    if (!agents.ok || !members.ok) return problem.show(worst.ok ? null : refusal(worst));
    problem.show(null);
    page.stamp(live);
    const known = new Map(/** @type {Member[]} */ (members.data).map((member) => [member.id, member]));
    const shown = /** @type {Agent[]} */ (agents.data).map((agent) => ({ agent, member: known.get(agent.member_id) ?? null }));
    showItems(list, shown, ({ agent }) => agent.id, (one) => card(one, revoke), seen);
    list.hidden = shown.length === 0;
    empty.hidden = shown.length > 0;
    pairing.show(members.data, agents.data);
  }

  /** @param {Agent} agent */
  async function revoke(agent) {
    const sure = () => confirmed({ title: t("revoke_browser_title"), text: `${isolate(agent.name)}: ${t("revoke_browser_text")}`, yes: t("revoke"), no: t("revoke_keep") });
    await presser.press(sure, () => api.call("DELETE", `${path}/agents/${agent.id}`), t("browser_revoked"));
    await watch.now();
  }

  return {
    title: t("view_browsers"),
    content: [live, presser.box, problem.box, list, empty, pairing.section],
    stop() {
      watch.stop();
      pairing.stop();
    },
  };
}

/**
 * @param {{ agent: Agent, member: Member | null }} shown
 * @param {(agent: Agent) => void} revoke
 */
function card({ agent, member }, revoke) {
  const { tone, text, detail } = presence(agent);
  const whose = t("browser_of", isolate(member?.name ?? t("unnamed")));
  const press = h("button", { type: "button", class: "danger", "data-control": "revoke", "aria-label": t("revoke_named", agent.name), click: () => revoke(agent) }, t("revoke"));
  return h(
    "li",
    { class: "card" },
    h("div", { class: "card-head" }, h("h2", {}, theirs(agent.name)), h("span", { class: "state", "data-tone": tone }, text)),
    h("p", {}, detail),
    h("p", { class: "soft" }, member?.acts ? `${whose} · ${t("browser_acts")}` : whose),
    usage(agent),
    h("div", { class: "card-foot" }, h("p", { class: "soft" }, t("paired", clockTime(agent.paired_at, Date.now()))), press),
  );
}

/**
 * What is seen of it: when it was last heard of counts by what is said of that alone.
 *
 * @param {{ agent: Agent, member: Member | null }} shown
 */
const seen = ({ agent, member }) => [presence(agent), agent.name, agent.usage, agent.paired_at, member];

/** @param {Agent} agent */
function usage({ id, usage: used }) {
  if (!used) return h("p", { class: "soft" }, t("usage_unknown"));
  return h(
    "div",
    { class: "usage-box", role: "group", "aria-label": t("usage") },
    h("p", { class: "soft" }, t("usage")),
    h("div", { class: "usage" }, ...bar(`day-${id}`, t("usage_day"), usageLine(used.day)), ...bar(`week-${id}`, t("usage_week"), usageLine(used.week))),
    h("p", { class: "soft" }, t("usage_at", clockTime(used.at, Date.now()))),
  );
}

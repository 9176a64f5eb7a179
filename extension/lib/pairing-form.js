/**
 * The form by which a person pairs this browser with a server, and the box that says what came of it: settings and onboarding
 * have both. Chrome is asked for leave to reach the server, and the leave is given back when it is no longer needed.
 */
import { operatingSystem, releaseOrigin, requestOrigins } from "./browser.js";
import { byId, input, showProblem } from "./dom.js";
import { t } from "./i18n.js";
import { send } from "./messages.js";
import { readForm } from "./pairing.js";
import { readAddress } from "./server-address.js";
import { showSteps } from "./steps.js";

/** @typedef {import("./messages.js").Answer} Answer */
/** @typedef {import("./messages.js").Command} Command */
/** @typedef {import("./messages.js").NoAnswer} NoAnswer */

const FIELDS = ["server", "code", "token", "name"];
/** Names of systems are not translated. A system that is not listed keeps Chrome's own short name. */
const SYSTEMS = new Map([["mac", "macOS"], ["win", "Windows"], ["linux", "Linux"], ["cros", "ChromeOS"], ["android", "Android"]]);

/**
 * @param {object} page
 * @param {() => string | undefined} page.paired the server that this browser is paired with
 * @param {(busy: boolean) => void} page.setBusy one command at a time: a second click would race the first one's answer
 * @param {() => Promise<void>} page.refresh
 * @param {() => Promise<Answer | NoAnswer>} [page.first] what has to hold before a server may ask for anything
 */
export function offerPairing({ paired, setBusy, refresh, first = async () => ({ ok: true }) }) {
  suggestName().catch(() => {}); // a convenience; the field can be filled by hand

  /** @returns {Promise<boolean>} whether it is paired now */
  async function pair() {
    const typed = readForm(Object.fromEntries(FIELDS.map((id) => [id, input(id).value])));
    if (!typed.ok) return refuse(typed.reason, typed.field);
    setBusy(true);
    say("quiet", t("asking_permission"), "");
    // The prompt needs the click that is being handled: nothing may be awaited before it.
    const before = paired();
    const granted = typed.address.builtIn || (await allowed([typed.address.origin]));
    if (!granted) return refuse("permission_refused", "server");
    const ready = await first();
    const answer = ready.ok ? await run(typed.command, t("pairing"), t("paired")) : ready;
    if (!answer.ok) {
      setBusy(false);
      if (answer === ready) say("bad", answer.error.message, answer.error.remedy);
      // Without an answer it may have paired all the same, and needs the permission.
      if (!("unanswered" in answer)) await release(typed.address.url, originOf(before));
      return false;
    }
    input("code").value = "";
    input("token").value = "";
    await release(before, typed.address.origin);
    return true;
  }

  /**
   * @param {Command} command
   * @param {string} doing
   * @param {string} done
   */
  async function run(command, doing, done) {
    setBusy(true);
    say("quiet", doing, "");
    showSteps(byId("steps"), []);
    const answer = await send(command);
    showSteps(byId("steps"), answer.steps ?? []);
    if (answer.ok) say("good", done, "");
    // The step itself says what it met, and what to do.
    else if (answer.steps?.some(({ ok }) => !ok)) say("bad", t("test_stumbled"), "");
    else say("bad", answer.error.message, answer.error.remedy);
    setBusy(false);
    await refresh();
    return answer;
  }

  /**
   * @param {string} reason a message key
   * @param {string} field
   */
  function refuse(reason, field) {
    setBusy(false);
    say("bad", t(reason), "");
    byId(field).focus();
    return false;
  }

  return { pair, run, refuse };
}

async function suggestName() {
  const system = await operatingSystem();
  const suggestion = t("name_suggestion", SYSTEMS.get(system) ?? system);
  if (input("name").value === "") input("name").value = suggestion;
}

/** @param {string | undefined} url */
function originOf(url) {
  const address = readAddress(url ?? "");
  return address.ok ? address.origin : undefined;
}

/**
 * Gives back the permission for a server that is no longer ours.
 *
 * @param {string | undefined} url
 * @param {string} [keptOrigin]
 */
export async function release(url, keptOrigin) {
  const address = readAddress(url ?? "");
  if (!address.ok || address.builtIn || address.origin === keptOrigin) return;
  await releaseOrigin(address.origin).catch(() => {}); // it may have been taken away already
}

/**
 * @param {string[]} origins
 * @returns {Promise<boolean>} Chrome rejects, rather than refuses, what an administrator has blocked
 */
export const allowed = (origins) => requestOrigins(origins).catch(() => false);

/**
 * In the box beside the form; without words there is none.
 *
 * @param {"good" | "bad" | "quiet"} tone
 * @param {string} message
 * @param {string} remedy
 */
export function say(tone, message, remedy) {
  showProblem(byId("message"), message || remedy ? { message, remedy, tone } : null);
}

/** The first task, without touching the page: the commands to copy, and how far it has come. */
import { sentences, t } from "../lib/i18n.js";
import { failureWords, taskName } from "../lib/outcome.js";
import { own } from "../lib/own.js";
import { problemWords } from "../lib/problems.js";
import { reasonWords, serverWait } from "../lib/waiting.js";
import { STOPS } from "../lib/words.js";

/** @typedef {import("../lib/messages.js").Recent} Recent */
/** @typedef {import("../lib/messages.js").Status} Status */
/** @typedef {import("../lib/words.js").Tone} Tone */

const API = "/linkedin-agent";
/** What the command on the page asks for. */
const FIRST = "agent_fetch_connections";
const LISTS_PHASE = "reading";
/** The agent's own pace: over before it has been read. */
const MOMENTARY = "pacing";

/**
 * The same line for every shell: nothing in it but the key, the address and an empty object, each in double quotes.
 *
 * @param {string} server
 * @param {string} system Chrome's short name of it
 */
export const firstCommand = (server, system) => `${curl(system)} -d "{}" "${quotable(server)}${API}/fetch-connections"`;

/**
 * @param {string} server
 * @param {string} system
 * @param {string} task
 */
export const resultCommand = (server, system, task) =>
  `${curl(system)} "${quotable(server)}${API}/get-task-status?wait=25&api_agent_task_id=${encodeURIComponent(task)}"`;

/**
 * In Windows' older PowerShell `curl` alone is another program.
 *
 * @param {string} system
 */
const curl = (system) => `${system === "win" ? "curl.exe" : "curl"} -H "x-api-key: ${t("key_placeholder")}"`;

/**
 * What a shell would read in double quotes, in the form that is the same address.
 *
 * @param {string} url
 */
const quotable = (url) => url.replace(/[$`!"\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * What keeps the agent from going on is said before what it did last: nobody has to find out by waiting.
 *
 * @param {Status} status
 * @returns {{ tone: Tone, text: string, task: string | null }} `task`: the one to fetch the result of
 */
export function firstTaskLine(status) {
  const { running } = status;
  const [last] = status.recent;
  const hindered = hindrance(status);
  if (hindered) return { tone: hindered.tone, text: t("first_hindered", hindered.text), task: running?.task ?? last?.task ?? null };
  if (running) return { tone: "busy", text: t("first_running", taskName(running.task_type)), task: running.task };
  if (last?.outcome === "completed") return { tone: "good", text: t("first_done", taskName(last.task_type)), task: last.task };
  if (last?.outcome === "failed") return { tone: "bad", text: t("first_failed", failure(last)), task: last.task };
  return { tone: "quiet", text: t("first_waiting"), task: null };
}

/**
 * @param {Status} status
 * @returns {{ tone: Tone, text: string } | null}
 */
function hindrance(status) {
  const { attention, contact, paused, running, waiting } = status;
  const needed = attention && !concernsInvitations(attention) ? attention : null;
  const asked = needed ? null : serverWait(contact, Date.now());
  if (asked) return { tone: "quiet", text: sentences(asked) };
  const problem = needed ?? contact.error;
  if (problem) return { tone: "bad", text: sentences(problem) };
  if (paused) return { tone: "quiet", text: sentences({ message: t("waiting_paused"), remedy: t("problem_paused_remedy") }) };
  // An invitation that is on its way is not stopped by what the next one waits for.
  if (running && running.phase !== LISTS_PHASE) return null;
  const wait = waiting.find(({ task_type, reason }) => task_type === FIRST && reason !== MOMENTARY);
  if (!wait) return null;
  const { why, remedy } = reasonWords(wait, status);
  return { tone: "quiet", text: sentences({ message: why, remedy }) };
}

/** @param {{ code: string }} attention the first task is a list, which goes on meanwhile */
const concernsInvitations = ({ code }) => code === "approval" || own(STOPS, code)?.clearing === "stop_clearing_invitations";

/**
 * What clears a stop is in the popup, and the popup's own words say "above" of it.
 *
 * @param {Recent} ended
 */
function failure(ended) {
  const { why, remedy } = failureWords(ended);
  const code = ended.code ?? "";
  return sentences({ message: why, remedy: (own(STOPS, code) && problemWords({ said: code })?.remedy) ?? remedy });
}

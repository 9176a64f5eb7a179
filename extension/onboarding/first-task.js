/** The first task, without touching the page: the commands to copy, and how far it has come. */
import { sentences, t } from "../lib/i18n.js";
import { failureWords, taskName } from "../lib/outcome.js";

/** @typedef {import("../lib/messages.js").Status} Status */
/** @typedef {import("../lib/words.js").Tone} Tone */

const API = "/linkedin-agent";

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
 * @param {Status} status
 * @returns {{ tone: Tone, text: string, task: string | null }} `task`: the one to fetch the result of
 */
export function firstTaskLine({ running, recent, attention, contact }) {
  if (running) return { tone: "busy", text: t("first_running", taskName(running.task_type)), task: running.task };
  const [last] = recent;
  if (last?.outcome === "completed") return { tone: "good", text: t("first_done", taskName(last.task_type)), task: last.task };
  if (last?.outcome === "failed") {
    const { why, remedy } = failureWords(last);
    return { tone: "bad", text: t("first_failed", sentences({ message: why, remedy })), task: last.task };
  }
  const problem = attention ?? contact.error;
  if (problem) return { tone: "bad", text: t("first_hindered", sentences(problem)), task: null };
  return { tone: "quiet", text: t("first_waiting"), task: null };
}

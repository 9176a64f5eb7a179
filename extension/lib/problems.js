/**
 * What the core says is wrong, in the person's language. The core names each of its sentences; one that this version does not
 * know stays as the core wrote it, in English.
 */
import { isolate, t } from "./i18n.js";
import { own } from "./own.js";

/** @typedef {import("./messages.js").Answer} Answer */
/** @typedef {import("./messages.js").Problem} Problem */
/** @typedef {import("./messages.js").Step} Step */
/** @typedef {{ message: string, remedy: string }} Keys of what is so, and of what a person can do about it */

/**
 * Sentences of the agent's own, with what stands in them.
 *
 * @type {Record<string, Keys>}
 */
const OWN = {
  unpaired: { message: "problem_unpaired", remedy: "problem_unpaired_remedy" },
  no_permission: { message: "problem_no_permission", remedy: "waiting_no_permission_remedy" },
  permission_taken: { message: "problem_permission_taken", remedy: "waiting_no_permission_remedy" },
  no_server_permission: { message: "problem_no_server_permission", remedy: "problem_no_server_permission_remedy" },
  unauthorised: { message: "problem_unauthorised", remedy: "problem_unauthorised_test_remedy" },
  token_refused: { message: "problem_unauthorised", remedy: "problem_unauthorised_remedy" },
  superseded: { message: "problem_superseded", remedy: "problem_superseded_remedy" },
  unknown_code: { message: "problem_unknown_code", remedy: "problem_unknown_secret_remedy" },
  unknown_token: { message: "problem_unknown_token", remedy: "problem_unknown_secret_remedy" },
  storage: { message: "waiting_storage", remedy: "waiting_storage_remedy" },
  not_written: { message: "problem_not_written", remedy: "problem_not_written_remedy" },
  record_later: { message: "problem_record_later", remedy: "problem_record_later_remedy" },
  record_pairing: { message: "problem_record_pairing", remedy: "problem_record_pairing_remedy" },
  record_settings: { message: "problem_record_settings", remedy: "problem_record_settings_remedy" },
  record_other: { message: "problem_record_other", remedy: "problem_record_other_remedy" },
  approval: { message: "headline_approval", remedy: "problem_approval_remedy" },
  unreachable: { message: "problem_unreachable", remedy: "problem_unreachable_remedy" },
  no_answer_in_time: { message: "problem_no_answer_in_time", remedy: "problem_unreachable_remedy" },
  redirected: { message: "problem_redirected", remedy: "problem_redirected_remedy" },
  server_gone: { message: "problem_server_gone", remedy: "problem_unreachable_remedy" },
  not_a_task_server: { message: "problem_not_a_task_server", remedy: "problem_not_a_task_server_remedy" },
  unreadable_answer: { message: "problem_unreadable_answer", remedy: "problem_unreadable_answer_remedy" },
  server_error: { message: "problem_server_error", remedy: "problem_server_error_remedy" },
  unexpected_answer: { message: "problem_server_error", remedy: "problem_not_a_task_server_remedy" },
  url_form: { message: "address_malformed", remedy: "problem_url_remedy" },
  url_plain_http: { message: "address_insecure", remedy: "problem_url_remedy" },
  url_extras: { message: "problem_url_extras", remedy: "problem_url_remedy" },
  one_secret: { message: "proof_twice", remedy: "problem_one_secret_remedy" },
  invalid_settings: { message: "problem_invalid_settings", remedy: "problem_invalid_settings_remedy" },
  not_found: { message: "problem_not_found", remedy: "problem_look_again_remedy" },
  invitation_changed: { message: "problem_invitation_changed", remedy: "problem_look_again_remedy" },
  stop_changed: { message: "problem_stop_changed", remedy: "problem_look_again_remedy" },
  unknown_command: { message: "unknown_command_message", remedy: "unknown_command_remedy" },
  core_down: { message: "core_down_message", remedy: "core_down_remedy" },
  throttled_for: { message: "problem_throttled_for", remedy: "problem_throttled_for_remedy" },
  blocked_for: { message: "problem_blocked_for", remedy: "problem_blocked_for_remedy" },
  list_nameless: { message: "problem_list_nameless", remedy: "failed_drift_remedy" },
};

/**
 * What LinkedIn said no to. What it said beside that, for whoever looks into it, follows the sentence.
 *
 * @type {Record<string, Keys>}
 */
const LINKEDIN = {
  signed_out: { message: "waiting_signed_out", remedy: "waiting_signed_out_remedy" },
  wrong_account: { message: "waiting_wrong_account", remedy: "waiting_wrong_account_remedy" },
  challenge: { message: "problem_challenge", remedy: "problem_challenge_remedy" },
  blocked: { message: "waiting_blocked", remedy: "problem_blocked_remedy" },
  throttled: { message: "waiting_throttled", remedy: "waiting_by_itself" },
  csrf: { message: "failed_csrf", remedy: "problem_csrf_remedy" },
  invitation_limit: { message: "failed_invitation_limit", remedy: "failed_invitation_limit_remedy" },
  note_limit: { message: "failed_note_limit", remedy: "failed_note_limit_remedy" },
  account_restricted: { message: "failed_account_restricted", remedy: "problem_account_restricted_remedy" },
  sender_unconfirmed: { message: "failed_sender_unconfirmed", remedy: "problem_sender_unconfirmed_remedy" },
  connection_cap: { message: "failed_connection_cap", remedy: "problem_connection_cap_remedy" },
  refused: { message: "failed_refused", remedy: "failed_refused_remedy" },
  drift: { message: "failed_drift", remedy: "failed_drift_remedy" },
  network: { message: "failed_network", remedy: "problem_network_remedy" },
  upstream: { message: "failed_upstream", remedy: "waiting_by_itself" },
};

/**
 * What a step of a test found in order.
 *
 * @type {Record<string, string>}
 */
const FOUND = {
  session_found: "found_session",
  member_bound: "found_member",
  list_empty: "found_list_empty",
  list_read: "found_list",
  list_older_decoration: "found_list_older_decoration",
  list_legacy: "found_list_legacy",
};

/** @typedef {{ said?: string, values?: string[] }} Named */

/** @param {string} value a number turns nothing round, and is found as it is typed */
const apart = (value) => (/^\d+$/.test(value) ? value : isolate(value));

/**
 * @param {Named} sentence
 * @returns {{ message: string, remedy: string } | null} null for one that has no words here
 */
export function problemWords({ said = "", values = [] }) {
  const ours = own(OWN, said);
  if (ours) return { message: t(ours.message, ...values.map(apart)), remedy: t(ours.remedy) };
  const keys = own(LINKEDIN, said);
  if (!keys) return null;
  const [detail] = values;
  const message = detail ? t("problem_detail", t(keys.message), isolate(detail)) : t(keys.message);
  return { message, remedy: t(keys.remedy) };
}

/**
 * Puts all that an answer says is wrong into the person's language, in place.
 *
 * @template {Answer} A
 * @param {A} answer
 * @returns {A}
 */
export function inWords(answer) {
  const problems = answer.ok ? [answer.status?.attention, answer.status?.contact?.error] : [answer.error];
  for (const problem of problems) if (problem) Object.assign(problem, problemWords(problem));
  for (const step of answer.steps ?? []) sayStep(step);
  return answer;
}

/** @param {Step} step */
function sayStep(step) {
  const found = own(FOUND, step.said ?? "");
  if (found) return void (step.detail = t(found));
  const words = problemWords(step);
  if (words) Object.assign(step, { detail: words.message, remedy: words.remedy });
}

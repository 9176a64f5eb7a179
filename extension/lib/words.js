/**
 * Which message says what: one table for each set of codes that the worker may send. Every
 * sentence about a code is so found in one place, and a code without words is seen by a test.
 */

/** @typedef {import("./messages.js").Status} Status */
/** @typedef {"good" | "busy" | "quiet" | "bad"} Tone */
/** @typedef {{ said: string, remedy: string }} Said two message keys: what is so, and what a person can do about it */

/** @type {Record<Exclude<Status["state"], "ready">, string>} */
export const STOPPED = {
  unpaired: "headline_unpaired",
  paused: "headline_paused",
  signed_out: "headline_signed_out",
  wrong_account: "headline_wrong_account",
  latched: "headline_latched",
  superseded: "headline_superseded",
  unauthorised: "headline_unauthorised",
  no_permission: "headline_no_permission",
};

/** @type {Record<string, string>} */
export const TASKS = {
  agent_fetch_connections: "task_fetch_connections",
  agent_send_connection_request: "task_send_connection_request",
};

/**
 * What a kind of task is called where it is not one of them that is meant.
 *
 * @type {Record<string, string>}
 */
export const KINDS = {
  agent_fetch_connections: "kind_fetch_connections",
  agent_send_connection_request: "kind_send_connection_request",
};

/**
 * By phase, since an invitation that is being looked for is not being sent.
 *
 * @type {Record<string, string>}
 */
export const WORKING = {
  reading: "working_reading",
  checking: "working_checking",
  starting: "working_starting",
  sending: "working_sending",
  verifying: "working_verifying",
};

/** @type {Record<Status["linkedin"], { key: string, tone: Tone }>} */
export const LINKEDIN = {
  signed_in: { key: "linkedin_signed_in", tone: "good" },
  signed_out: { key: "linkedin_signed_out", tone: "bad" },
  wrong_account: { key: "linkedin_wrong_account", tone: "bad" },
  unknown: { key: "linkedin_unknown", tone: "quiet" },
};

/** @type {Record<Status["contact"]["state"], { key: string, tone: Tone }>} */
export const CONTACT = {
  connecting: { key: "contact_connecting", tone: "busy" },
  connected: { key: "contact_connected", tone: "good" },
  waiting: { key: "contact_waiting", tone: "busy" },
  failing: { key: "contact_failing", tone: "bad" },
  unreachable: { key: "contact_unreachable", tone: "bad" },
};

/** @type {{ key: string, tone: Tone }} */
export const CONTACT_ENDED = { key: "contact_ended", tone: "bad" };

/**
 * Every reason of the protocol but `agent_offline`, which only a server can give.
 *
 * @type {Record<string, Said>}
 */
export const WAITING = {
  signed_out: { said: "waiting_signed_out", remedy: "waiting_signed_out_remedy" },
  wrong_account: { said: "waiting_wrong_account", remedy: "waiting_wrong_account_remedy" },
  paused: { said: "waiting_paused", remedy: "waiting_paused_remedy" },
  kind_off: { said: "waiting_kind_off", remedy: "waiting_kind_off_remedy" },
  working_hours: { said: "waiting_working_hours", remedy: "waiting_working_hours_remedy" },
  pacing: { said: "waiting_pacing", remedy: "waiting_by_itself" },
  daily_limit: { said: "waiting_daily_limit", remedy: "waiting_daily_limit_remedy" },
  weekly_limit: { said: "waiting_weekly_limit", remedy: "waiting_weekly_limit_remedy" },
  approval: { said: "waiting_approval", remedy: "waiting_approval_remedy" },
  throttled: { said: "waiting_throttled", remedy: "waiting_by_itself" },
  challenge: { said: "waiting_challenge", remedy: "waiting_challenge_remedy" },
  blocked: { said: "waiting_blocked", remedy: "waiting_blocked_remedy" },
  invitation_limit: { said: "waiting_invitation_limit", remedy: "waiting_by_itself" },
  note_limit: { said: "waiting_note_limit", remedy: "waiting_note_limit_remedy" },
  account_stopped: { said: "waiting_account_stopped", remedy: "waiting_account_stopped_remedy" },
  storage: { said: "waiting_storage", remedy: "waiting_storage_remedy" },
};

/**
 * A limit of zero has no end that one could wait for.
 *
 * @type {Record<string, Said>}
 */
export const WAITING_FOR_EVER = {
  daily_limit: { said: "waiting_daily_limit_none", remedy: "waiting_limit_none_remedy" },
  weekly_limit: { said: "waiting_weekly_limit_none", remedy: "waiting_limit_none_remedy" },
};

/**
 * Where LinkedIn may not be reached the worker cannot know who is signed in, and must not be taken to say that nobody is.
 *
 * @type {Said}
 */
export const WAITING_UNPERMITTED = { said: "waiting_no_permission", remedy: "waiting_no_permission_remedy" };

/**
 * LinkedIn was asked who is signed in and gave no answer that can be understood: that is not to say that nobody is.
 *
 * @type {Said}
 */
export const WAITING_UNKNOWN = { said: "waiting_unknown_account", remedy: "waiting_unknown_account_remedy" };

/**
 * A record that can't be read stops the agent under the reason of a storage that can't be written; what to do is another thing.
 *
 * @type {Said}
 */
export const WAITING_SET_ASIDE = { said: "waiting_set_aside", remedy: "waiting_set_aside_remedy" };

/** @type {Record<string, { key: string, tone: Tone }>} */
export const OUTCOME = {
  completed: { key: "outcome_completed", tone: "good" },
  failed: { key: "outcome_failed", tone: "bad" },
  returned: { key: "outcome_returned", tone: "quiet" },
  closed: { key: "outcome_closed", tone: "quiet" },
};

/**
 * Why a task failed, to the person at this browser. The program that created it is told in words of its own.
 *
 * @type {Record<string, Said>}
 */
export const FAILURES = {
  signed_out: { said: "failed_signed_out", remedy: "failed_signed_out_remedy" },
  wrong_account: { said: "failed_wrong_account", remedy: "failed_wrong_account_remedy" },
  challenge: { said: "failed_challenge", remedy: "failed_challenge_remedy" },
  blocked: { said: "failed_blocked", remedy: "failed_blocked_remedy" },
  throttled: { said: "failed_throttled", remedy: "failed_throttled_remedy" },
  csrf: { said: "failed_csrf", remedy: "failed_csrf_remedy" },
  invitation_limit: { said: "failed_invitation_limit", remedy: "failed_invitation_limit_remedy" },
  note_limit: { said: "failed_note_limit", remedy: "failed_note_limit_remedy" },
  cannot_resend_yet: { said: "failed_cannot_resend_yet", remedy: "failed_cannot_resend_yet_remedy" },
  account_restricted: { said: "failed_account_restricted", remedy: "failed_account_restricted_remedy" },
  sender_unconfirmed: { said: "failed_sender_unconfirmed", remedy: "failed_sender_unconfirmed_remedy" },
  connection_cap: { said: "failed_connection_cap", remedy: "failed_connection_cap_remedy" },
  profile_unavailable: { said: "failed_profile_unavailable", remedy: "failed_profile_unavailable_remedy" },
  refused: { said: "failed_refused", remedy: "failed_refused_remedy" },
  drift: { said: "failed_drift", remedy: "failed_drift_remedy" },
  outcome_unknown: { said: "failed_outcome_unknown", remedy: "failed_outcome_unknown_remedy" },
  invalid_input: { said: "failed_invalid_input", remedy: "failed_invalid_input_remedy" },
  unsupported_task: { said: "failed_unsupported_task", remedy: "failed_unsupported_task_remedy" },
  cancelled: { said: "failed_cancelled", remedy: "failed_cancelled_remedy" },
  expired: { said: "failed_expired", remedy: "failed_expired_remedy" },
  network: { said: "failed_network", remedy: "failed_network_remedy" },
  upstream: { said: "failed_upstream", remedy: "failed_upstream_remedy" },
};

/**
 * What only a person may clear: what to do first, where the popup puts it otherwise than the settings, and what clearing does.
 *
 * @type {Record<string, { remedy?: string, clearing: string }>}
 */
export const STOPS = {
  challenge: { remedy: "stop_challenge", clearing: "stop_clearing_all" },
  blocked: { remedy: "stop_blocked", clearing: "stop_clearing_all" },
  account_restricted: { remedy: "stop_account_restricted", clearing: "stop_clearing_invitations" },
  sender_unconfirmed: { remedy: "stop_sender_unconfirmed", clearing: "stop_clearing_invitations" },
  connection_cap: { remedy: "stop_connection_cap", clearing: "stop_clearing_invitations" },
  record_set_aside: { clearing: "stop_clearing_record" },
};

/** @type {Record<string, string>} */
export const FALLBACKS = { older_decoration: "fallback_older_decoration", legacy_list: "fallback_legacy_list" };

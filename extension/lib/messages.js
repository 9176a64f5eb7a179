/**
 * What pages and worker say to each other, and `send()`, by which a page asks. A worker that does not answer is an
 * ordinary result here: Chrome may be starting it, or it may be broken, and the page has to say so instead of waiting.
 */
import { isWorkerLost, sendToWorker, wasUnheard } from "./browser.js";
import { t } from "./i18n.js";
import { inWords } from "./problems.js";

/**
 * @typedef {object} Problem
 * @property {string} code
 * @property {string} [said] names the sentence, which a code may have several of; see problems.js
 * @property {string[]} [values] what stands in it beside its words
 * @property {string} message
 * @property {string} remedy
 */

/**
 * @typedef {{ kind: "status" }
 *   | { kind: "pair", server: string, code?: string, token?: string, name: string }
 *   | { kind: "test_connection" }
 *   | { kind: "check_linkedin" }
 *   | { kind: "forget" }
 *   | { kind: "set_paused", paused: boolean }
 *   | { kind: "clear_stop", code: string }
 *   | { kind: "set_settings", settings: Partial<Omit<Settings, "paused">> }
 *   | { kind: "decide", task: string, approve: boolean, asked_at_ms: number }
 *   | { kind: "cancel_task", task: string }
 *   | { kind: "export_log" }
 *   | { kind: "erase_log" }
 *   | { kind: "erase_everything" }
 *   | { kind: "report" }} Command `clear_stop`: a person has seen to what LinkedIn stopped the agent for; `set_settings`:
 *   all of it is taken or nothing; `decide`: about the very invitation that its person was asked about then;
 *   `erase_everything`: but what keeps limits and stops, and anything from being sent twice
 */

/**
 * @typedef {object} Settings what the person allows; no server can widen any of it
 * @property {boolean} paused
 * @property {string[]} kinds_off
 * @property {number} invites_per_day in any 24 hours
 * @property {number} invites_per_week in any 7 days
 * @property {number} read_gap_ms
 * @property {number} invite_gap_ms
 * @property {Hours | null} hours null: at any time
 * @property {boolean} ask_before_invite
 */

/**
 * @typedef {object} Hours in the time zone of this computer; a `from` after `to` goes on into the next day
 * @property {number[]} days Monday is 1
 * @property {string} from `HH:MM`
 * @property {string} to
 */

/**
 * @typedef {{ invites_per_day: number, invites_per_week: number, read_gap_ms: number, invite_gap_ms: number }} Ceilings the
 *   most invitations, and the shortest gaps, that even the person can set
 */

/**
 * @typedef {{ day: number, day_limit: number, week: number, week_limit: number, by_hand: "known" | "unknown" }} Usage
 *   invitations; `by_hand`: whether those that the person sent are among them
 */

/**
 * @typedef {{ task: string, profile_urn: string, note: string | null, asked_at_ms: number, approved: boolean }} Approval an
 *   invitation that waits for its person's word, or has it and waits still
 */

/**
 * @typedef {object} LogEntry one task that ended, of the log that never leaves this browser by itself
 * @property {number} at_ms
 * @property {string} task
 * @property {string} task_type
 * @property {string | null} target the profile of an invitation
 * @property {"completed" | "failed" | "returned" | "closed"} outcome
 * @property {string | null} code
 * @property {string} server
 */

/** @typedef {{ newest_at_ms: number | null, bytes: number }} LogRevision */

/**
 * @typedef {object} Step one step of "Test connection" (the first five) or of "Check LinkedIn"
 * @property {"permission" | "reach" | "protocol" | "authorise" | "linkedin" | "session" | "me" | "list"} name
 * @property {boolean} ok
 * @property {string} [said] names what `detail` says
 * @property {string[]} [values]
 * @property {string} detail
 * @property {string} remedy
 */

/**
 * @typedef {"unpaired" | "ready" | "paused" | "signed_out" | "wrong_account" | "latched" | "superseded" | "unauthorised"
 *   | "no_permission"} AgentState
 */

/** @typedef {{ task: string, task_type: string, phase: string, done: number | null, of: number | null, cancelled: boolean }} Running */
/** @typedef {{ task_type: string, reason: string, for_ms: number | null }} Waiting */

/**
 * @typedef {object} Recent
 * @property {string} task
 * @property {string} task_type
 * @property {"completed" | "failed" | "returned" | "closed"} outcome
 * @property {string | null} code
 * @property {string | null} message
 * @property {string | null} remedy
 * @property {number} at_ms
 * @property {boolean} acknowledged the server has confirmed that it has the result
 * @property {number | null} [refused] the HTTP status with which it refused the result for good
 */

/**
 * @typedef {object} Contact measured by the running worker, never stored
 * @property {"connecting" | "connected" | "waiting" | "failing" | "unreachable"} state `waiting`: as the server asked; `failing`:
 *   it answers, but with nothing of use
 * @property {number | null} last_ms_ago
 * @property {number | null} [failing_ms] for how long its answers have been of no use
 * @property {number | null} [wait_ms] for how long it asked to wait
 * @property {Problem | null} error
 */

/**
 * @typedef {object} Status
 * @property {string} version
 * @property {AgentState} state
 * @property {{ url: string, name: string } | null} server
 * @property {Contact} contact
 * @property {"signed_in" | "signed_out" | "unknown" | "wrong_account"} linkedin
 * @property {"older_decoration" | "legacy_list" | null} [fallback] how LinkedIn's list is read while it does not answer the
 *   usual way
 * @property {boolean} paused
 * @property {Problem | null} attention
 * @property {Running | null} running
 * @property {Waiting[]} waiting
 * @property {Recent[]} recent newest first
 * @property {Settings} settings in force
 * @property {Ceilings} ceilings
 * @property {Usage} usage
 * @property {Approval[]} approvals
 * @property {LogRevision} log another one when the log holds other lines
 */

/** @typedef {Record<string, unknown>} Report how the agent stands, in codes and counts: nothing of a person is in it */
/** @typedef {{ ok: true, status?: Status, steps?: Step[], log?: LogEntry[], report?: Report }} Done */
/** @typedef {{ ok: false, error: Problem, steps?: Step[] }} Refused */
/** @typedef {Done | Refused} Answer */
/** @typedef {{ ok: false, unanswered: true, error: Problem, steps?: undefined }} NoAnswer */

/**
 * A status is in the worker's memory, so a second without one means that something is wrong. The others talk to a
 * server, whose slowest fetch is cut off at 25 s, or write to storage. A check of LinkedIn is up to seven such fetches at the
 * agent's pace, behind one that may be under way.
 *
 * @type {Record<Command["kind"], number>}
 */
export const DEADLINES_MS = {
  status: 1_000,
  set_paused: 5_000,
  clear_stop: 5_000,
  forget: 30_000,
  pair: 60_000,
  test_connection: 90_000,
  check_linkedin: 240_000,
  set_settings: 5_000,
  decide: 5_000,
  cancel_task: 5_000,
  export_log: 10_000,
  erase_log: 5_000,
  erase_everything: 10_000,
  report: 5_000,
};

/**
 * @param {unknown} message
 * @returns {message is Command} by kind alone: the core validates the fields
 */
export function isCommand(message) {
  const kind = /** @type {{ kind?: unknown } | null | undefined} */ (message)?.kind;
  return typeof kind === "string" && Object.hasOwn(DEADLINES_MS, kind);
}

/**
 * @param {string} code
 * @param {string} message
 * @param {string} remedy
 * @returns {Refused}
 */
export const refuse = (code, message, remedy) => ({ ok: false, error: { code, message, remedy } });

/** A worker that is being ended hears nothing for some ms, and the next message starts another. */
export const AGAIN_MS = 50;
/**
 * How often a message is sent again that nobody has heard. A one-time code may have been used after all: its person says when it is
 * tried again.
 *
 * @param {{ kind: string }} command
 */
export const timesAgainOf = ({ kind }) => (kind === "pair" ? 0 : 3);
/**
 * How many messages of each kind this page has sent.
 *
 * @type {Map<string, number>}
 */
const sent = new Map();
/**
 * Of each kind: over when the message is that is being sent again. A newer one is sent after it, or the older click would have the last
 * word.
 *
 * @type {Map<string, Promise<void>>}
 */
const repeating = new Map();
/** Whether there is a worker at all is asked of Chrome, which is not waited for for ever either. */
const LOOK_MS = 500;

/**
 * @typedef {object} By how a message goes and time passes
 * @property {(message: unknown) => Promise<unknown>} [deliver]
 * @property {() => Promise<boolean>} [isLost] asked when there is no answer; never rejects
 * @property {(run: () => void, ms: number) => unknown} [after] schedules the deadline, and the next try
 */

/**
 * Sends a message at once, and again where Chrome says that nobody has heard it, so that no click is lost with a worker that Chrome has
 * just ended (docs/decisions/0010-lost-worker.md). Behind one of its kind that is being sent again it waits until that is over.
 *
 * @param {Command} command
 * @param {By} [by]
 * @returns {Promise<Answer | NoAnswer>} never rejects
 */
export async function send(command, by = {}) {
  const { kind } = command;
  await repeating.get(kind);
  const turn = (sent.get(kind) ?? 0) + 1;
  sent.set(kind, turn);
  const answer = trySending(command, by, () => {
    // The newer one may have been heard already.
    if (sent.get(kind) !== turn) return false;
    repeating.set(kind, answer.then(() => {}));
    return true;
  });
  return answer;
}

/**
 * @param {Command} command
 * @param {By} by
 * @param {() => boolean} mayRepeat asked each time that nobody has heard
 * @returns {Promise<Answer | NoAnswer>}
 */
function trySending(command, { deliver = sendToWorker, isLost = isWorkerLost, after = (run, ms) => setTimeout(run, ms) }, mayRepeat) {
  return new Promise((resolve) => {
    let over = false;

    /** @param {Answer} answer */
    function settle(answer) {
      over = true;
      resolve(answer);
    }

    function giveUp() {
      if (over) return;
      over = true;
      after(() => resolve(noAnswer(false)), LOOK_MS);
      isLost().then((lost) => resolve(noAnswer(lost)));
    }

    /** @param {number} timesAgain */
    function attempt(timesAgain) {
      // Whoever asked has been told that nobody answered: it must not happen after all.
      if (over) return;
      deliver(command).then(
        (answer) => (isAnswer(answer) ? settle(inWords(answer)) : giveUp()),
        (error) => (wasUnheard(error) && timesAgain > 0 && mayRepeat() ? after(() => attempt(timesAgain - 1), AGAIN_MS) : giveUp()),
      );
    }

    after(giveUp, DEADLINES_MS[command.kind]);
    attempt(timesAgainOf(command));
  });
}

/**
 * @param {unknown} answer
 * @returns {answer is Answer} Chrome hands over `undefined` when the worker ended before it answered
 */
const isAnswer = (answer) => typeof (/** @type {Answer | undefined} */ (answer)?.ok) === "boolean";

/**
 * @param {boolean} lost whether Chrome has no worker to start
 * @returns {NoAnswer}
 */
function noAnswer(lost) {
  const error = lost
    ? { code: "worker_lost", message: t("worker_lost_message"), remedy: t("worker_lost_remedy") }
    : { code: "no_answer", message: t("no_answer_message"), remedy: t("no_answer_remedy") };
  return { ok: false, unanswered: true, error };
}

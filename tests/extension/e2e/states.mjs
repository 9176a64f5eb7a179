// The states in which a person may find each page: what the worker says then, and what was pressed. Texts of strangers in them
// are as hostile as a stranger can make them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXTENSION } from "../../../scripts/world/browser.mjs";
import { idleStatus, openOver } from "./fake-worker.mjs";

const READ = "agent_fetch_connections";
const INVITE = "agent_send_connection_request";
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** 2026-11-27, 14:00 UTC: a page's clock stands still, so that a picture is the same tomorrow. */
export const NOW = Date.UTC(2026, 10, 27, 14);

/** Markup, an emoji, words that run from right to left with a control character that is never closed, and one without end. */
export const HOSTILE = `<img src=x onerror="document.title='run'"> 👩🏽‍🚀 שלום \u202emalicious ${"w".repeat(190)}`;

const problem = (code, said = code, values = []) => ({ code, said, values, message: `${code} as the core says`, remedy: "Do so" });
const waits = (reason, for_ms, kinds = [READ, INVITE]) => kinds.map((task_type) => ({ task_type, reason, for_ms }));
const reading = { task: "t-1", task_type: READ, phase: "reading", done: 40, of: 500, cancelled: false };
const silent = (error) => ({ state: "unreachable", last_ms_ago: 20 * MINUTE_MS, error });
const recent = (minutes, outcome, code = null, task_type = READ) => ({
  ...{ task: `t-${minutes}`, task_type, outcome, code, at_ms: NOW - minutes * MINUTE_MS, acknowledged: minutes > 2 },
  ...{ message: code && `${code} as the core says`, remedy: code && "Do so" },
});
const approval = { task: "a-1", profile_urn: "urn:li:fsd_profile:ACoAABCDEF123", note: "Hello, shall we connect?", asked_at_ms: NOW - 3 * MINUTE_MS, approved: false };
const RECENT = [
  recent(1, "completed"),
  recent(6, "failed", "cannot_resend_yet", INVITE),
  recent(25, "returned", null, INVITE),
  recent(90, "failed", "outcome_unknown", INVITE),
  recent(240, "closed"),
];
const waitingInvitation = { approvals: [approval], waiting: waits("approval", null, [INVITE]), attention: problem("approval") };
const hours = { days: [1, 2, 3, 4, 5], from: "22:00", to: "06:00" };
/** Oldest first, as the worker has it. */
const log = RECENT.toReversed().map(({ task, task_type, outcome, code, at_ms }) => ({
  ...{ at_ms, task, task_type, outcome, code, server: "https://api.example.com/liaison" },
  target: task_type === INVITE ? approval.profile_urn : null,
}));
const steps = [
  { name: "session", ok: true, said: "session_found", values: [], detail: "d", remedy: "" },
  { name: "me", ok: false, said: "wrong_account", values: [], detail: "d", remedy: "r" },
];
const refused = { ok: false, error: { ...problem("test_failed", "wrong_account") }, steps };

/** How far the onboarding has come: see lib/place.js. */
const reachedScreen = (screen) => ({ place: String(screen) });

/**
 * @typedef {object} PageState
 * @property {string} name
 * @property {string} path
 * @property {object} [status] what differs from an idle worker's
 * @property {Record<string, (command: any) => unknown>} [answers]
 * @property {string} [place] how far the onboarding was read
 * @property {string} ready is visible once the state is reached
 * @property {(page: any) => Promise<unknown>} [press]
 */

/** @type {PageState[]} */
export const STATES = [
  ...Object.entries({
    unpaired: { state: "unpaired", server: null, contact: { state: "connecting", last_ms_ago: null, error: null }, linkedin: "unknown" },
    empty: {},
    busy: { running: reading, recent: RECENT, waiting: waits("daily_limit", HOUR_MS, [INVITE]), usage: { day: 20, day_limit: 20, week: 31, week_limit: 100, by_hand: "unknown" } },
    waiting: { waiting: waits("working_hours", 5 * MINUTE_MS), recent: RECENT },
    approval: { ...waitingInvitation, recent: RECENT.slice(0, 1) },
    paused: { state: "paused", paused: true, waiting: waits("paused", null), recent: RECENT },
    "signed-out": { state: "signed_out", linkedin: "signed_out", attention: problem("signed_out"), waiting: waits("signed_out", null) },
    unreachable: { contact: silent(problem("unreachable")), recent: RECENT },
    failing: { contact: { ...silent(problem("server_error", "server_error", ["502"])), state: "failing", failing_ms: 20 * MINUTE_MS }, recent: RECENT },
    "asked-to-wait": { contact: { ...silent(null), state: "waiting", wait_ms: 24 * MINUTE_MS }, recent: [{ ...RECENT[0], refused: 404 }] },
    "no-permission": { state: "no_permission", attention: problem("no_permission", "permission_taken"), waiting: waits("signed_out", null) },
    unauthorised: { state: "unauthorised", attention: problem("unauthorised") },
    hostile: { server: { url: `https://${"w".repeat(60)}.example.com/`, name: HOSTILE }, approvals: [{ ...approval, note: HOSTILE, profile_urn: HOSTILE }], waiting: [{ task_type: HOSTILE, reason: HOSTILE, for_ms: null }], attention: { ...problem(HOSTILE), message: HOSTILE } },
  }).map(([name, status]) => ({ name, path: "popup/popup.html", status, ready: "#pause:enabled" })),
  {
    ...{ name: "latched", path: "popup/popup.html", ready: "#pause:enabled", press: (page) => page.locator("#stop summary").click() },
    status: { state: "latched", attention: problem("challenge"), waiting: waits("challenge", null), recent: RECENT },
  },
  { name: "silent", path: "popup/popup.html", answers: { status: () => new Promise(() => {}) }, ready: "#restart" },
  {
    ...{ name: "checked", path: "popup/popup.html", answers: { check_linkedin: () => refused }, ready: "#pause:enabled" },
    press: async (page) => void (await page.locator("#check").click(), await page.locator("#check-steps").waitFor()),
  },
  { name: "unpaired", path: "options/options.html", status: { state: "unpaired", server: null }, ready: "#limits-fields:enabled" },
  { name: "paired", path: "options/options.html", status: { settings: { ...idleStatus().settings, hours } }, ready: "#limits-fields:enabled" },
  {
    ...{ name: "refused", path: "options/options.html", status: { state: "superseded", attention: problem("superseded") }, ready: "#limits-fields:enabled" },
    answers: { test_connection: () => refused },
    press: async (page) => {
      await page.locator("#invites_per_week").fill("9999");
      await page.locator("#invites_per_week").press("Enter");
      await page.locator("#test").click();
      await page.locator("#steps").waitFor();
    },
  },
  { name: "silent", path: "options/options.html", answers: { status: () => new Promise(() => {}) }, ready: "#limits-silent" },
  ...["forget", "erase-log", "erase-everything", "restore"].map((button) => ({
    ...{ name: `asked-${button}`, path: "options/options.html", ready: "#limits-fields:enabled" },
    press: async (page) => void (await page.locator(`#${button}`).click(), await page.locator("dialog[open]").waitFor()),
  })),
  { name: "hostile", path: "options/options.html", status: { server: { url: `https://${"w".repeat(60)}.example.com/`, name: HOSTILE } }, ready: "#limits-fields:enabled" },
  { name: "empty", path: "history/history.html", answers: { export_log: () => ({ ok: true, log: [] }) }, ready: "#empty" },
  { name: "full", path: "history/history.html", answers: { export_log: () => ({ ok: true, log }) }, ready: "#table" },
  {
    ...{ name: "hostile", path: "history/history.html", ready: "#table" },
    answers: { export_log: () => ({ ok: true, log: [{ ...log.at(-1), task: HOSTILE, task_type: HOSTILE, target: HOSTILE, outcome: HOSTILE, code: HOSTILE, server: HOSTILE }] }) },
  },
  { name: "silent", path: "history/history.html", answers: { status: () => new Promise(() => {}) }, ready: "#message" },
  { name: "first", path: "onboarding/onboarding.html", ready: "#screen-1", press: (page) => page.locator("#to-2").click() },
  { name: "second", path: "onboarding/onboarding.html", ...reachedScreen(2), status: { state: "unpaired", server: null }, ready: "#screen-2" },
  { name: "third", path: "onboarding/onboarding.html", ...reachedScreen(3), status: { recent: RECENT.slice(0, 1) }, ready: "#screen-3" },
];

/**
 * The page's clock stands, its timers run. The library's own clock belongs to the whole context: it is set in every page of the
 * browser, and fails where one of them, such as the tab that an install opens, has not been given it yet.
 */
const standStill = (page) =>
  page.addInitScript((now) => {
    globalThis.Date = class extends Date {
      constructor(...time) {
        super(...(time.length ? time : [now]));
      }
      static now() {
        return now;
      }
    };
  }, NOW);

export const titleOf = ({ name, path }) => `${path.split("/")[0]} ${name}`;

/**
 * Opens a page in a state, at a fixed time.
 *
 * @param {any} browser
 * @param {PageState} state
 * @param {{ language?: string, direction?: string, scheme?: "light" | "dark", reduced?: boolean, script?: string }} [as] `script` runs in the page first
 */
export async function openState(browser, { path, status = {}, answers, place, ready, press }, as = {}) {
  const { language = "en", direction, scheme = "light", reduced = false, script = "" } = as;
  const words = JSON.parse(readFileSync(join(EXTENSION, `_locales/${language}/messages.json`), "utf8"));
  if (direction) words.direction = { message: direction };
  const { page } = await openOver(browser, path, idleStatus(status), answers, async (page) => {
    await standStill(page);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: reduced ? "reduce" : "no-preference" });
    // Chrome takes its language from the system, and a machine may have only one.
    await page.addInitScript(({ words, place }) => {
      chrome.i18n.getMessage = (key, values = []) => (words[key]?.message ?? "").replace(/\$(\d)/g, (_, n) => values[Number(n) - 1] ?? "");
      if (place) localStorage.setItem("onboarding", place);
      else localStorage.removeItem("onboarding");
    }, { words, place });
    if (script) await page.addInitScript(script);
  });
  await page.locator(ready).first().waitFor();
  await press?.(page);
  return page;
}

// A page of the package over a worker that says what a test wants it to: states that a real one reaches once in months, at
// once, and what a page then asks. The page, its words and its styles are those that ship.

import { startBrowser } from "../../../scripts/world.mjs";

export const INVITE = "agent_send_connection_request";
export const READ = "agent_fetch_connections";
/** A usual week's. */
export const HOURS = { days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" };

/** Pages over fake workers need no LinkedIn; what the real worker asks for meanwhile goes nowhere. */
export const startPagesBrowser = () => startBrowser({ port: 9, spki: "" });

/** A worker with nothing to do: what a test does not care about. */
export function idleStatus(changes = {}) {
  return {
    version: "0.1.0",
    state: "ready",
    server: { url: "https://api.example.com/liaison", name: "Chrome on Linux" },
    contact: { state: "connected", last_ms_ago: 3_000, error: null },
    linkedin: "signed_in",
    fallback: null,
    paused: false,
    attention: null,
    running: null,
    waiting: [],
    recent: [],
    settings: {
      paused: false,
      kinds_off: [],
      invites_per_day: 20,
      invites_per_week: 100,
      read_gap_ms: 1_500,
      invite_gap_ms: 8_000,
      hours: null,
      ask_before_invite: false,
    },
    ceilings: { invites_per_day: 100, invites_per_week: 200, read_gap_ms: 1_000, invite_gap_ms: 5_000 },
    usage: { day: 4, day_limit: 20, week: 31, week_limit: 100, by_hand: "known" },
    approvals: [],
    log: { newest_at_ms: null, bytes: 0 },
    ...changes,
  };
}

/**
 * @param {object} browser
 * @param {string} path of the page
 * @param {object} status what the worker says of itself; a test changes its members to let things happen
 * @param {Record<string, (command: any) => unknown>} [answers] to commands, by kind; without one it is done
 * @param {(page: any) => Promise<unknown>} [prepare] what is done with the page before it is loaded
 * @returns the page, and the commands that it sent beside asking for the status
 */
export async function openOver(browser, path, status, answers = {}, prepare = async () => {}) {
  const asked = [];
  const page = await browser.context.newPage();
  await page.exposeFunction("askWorker", async (command) => {
    if (command.kind === "status" && !answers.status) return { ok: true, status };
    if (command.kind !== "status") asked.push(command);
    return (await answers[command.kind]?.(command)) ?? { ok: true };
  });
  await page.addInitScript(() => {
    chrome.runtime.sendMessage = (message) => globalThis.askWorker(message);
  });
  await prepare(page);
  await page.goto(`${browser.origin}/${path}`);
  return { page, asked };
}

/** The options page over a worker that takes what it is told, and its status. */
export async function optionsOver(browser, t, settings = {}, answers = {}) {
  const status = idleStatus();
  Object.assign(status.settings, settings);
  const set_settings = ({ settings: changes }) => void Object.assign(status.settings, changes);
  const { page, asked } = await openOver(browser, "options/options.html", status, { set_settings, ...answers });
  t.after(() => page.close());
  await page.locator("#limits-fields:enabled").waitFor();
  return { page, asked, status };
}

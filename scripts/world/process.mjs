// Child processes and temporary folders that never outlive this one, however it ends.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;
/** Less than build.sh waits before it kills. */
const END_DEADLINE_MS = 4_000;
const KEPT_LOG_LINES = 40;

/** How a program has `exited` that ended by itself or as it was told to. */
export const ENDED_WELL = "ended with 0";

const running = new Set();
const folders = new Set();
const stops = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) removeFolder(folder);
});
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.on(signal, () => endEverything().finally(() => process.exit(code)));
}

/** @type {Promise<void> | null} the one end of everything, under way or done */
let ending = null;
export const isEnding = () => ending !== null;

/** Ends all that was registered with `endsBy`; the rest is ended when this process is. */
export function endEverything() {
  const all = () => Promise.allSettled([...stops].map((stop) => stop()));
  ending ??= within(all(), END_DEADLINE_MS, "everything to end").catch(() => {});
  return ending;
}

/** Registers how to end something that is no child of ours to kill, such as a browser behind its driver. */
export function endsBy(stop) {
  const once = () => (stops.delete(once), stop());
  stops.add(once);
  return once;
}

/** A browser that was killed may still be writing; what it leaves in a temporary folder is no failure of ours. */
export function removeFolder(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // The system clears its temporary folder.
  }
}

export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `liaison-${name}-`));
  folders.add(folder);
  return folder;
}

/** A program of this workspace, as cargo left it in the folder of a profile. */
export const builtProgram = (name, profile = "debug") =>
  join(process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, "../../target"), profile, name);

/**
 * Starts a program and waits for the one JSON line with which it says where it listens.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, keptLines?: number, onLog?: (line: string) => void }} [options] `env` is added to the
 *   environment; `onLog` hears each line of its stderr
 * @returns {Promise<{ ready: any, stop: () => Promise<void>, kill: () => Promise<void>, log: () => string }>}
 */
export async function startProgram(command, args, { env = {}, keptLines = KEPT_LOG_LINES, onLog = () => {} } = {}) {
  const { child, exited, stop, kill } = start(command, args, { env });
  const log = [];
  const keep = (line) => void (log.push(line), log.length > keptLines && log.shift());
  createInterface({ input: child.stderr }).on("line", keep).on("line", onLog);
  const output = createInterface({ input: child.stdout });
  const tail = () => log.join("\n");

  const firstLine = new Promise((resolve) => output.once("line", resolve));
  const early = exited.then((how) => Promise.reject(new Error(`${command} ${how} before it was ready\n${tail()}`)));
  const line = await within(Promise.race([firstLine, early]), START_DEADLINE_MS, `${command} to be ready`);
  early.catch(() => {}); // from here on an end is no failed start
  output.on("line", keep);
  return { ready: JSON.parse(line), stop, kill, log: tail };
}

/**
 * Starts a program that has nothing to say.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ detached?: boolean }} [options] as `start` has them
 */
export function startQuietProgram(command, args, options = {}) {
  const { stop, exited } = start(command, args, { stdio: "ignore", ...options });
  return { stop, exited };
}

/** The same, with two pipes beside the usual three: what it reads from its fourth and what it writes to its fifth. */
export function startPipedProgram(command, args, options = {}) {
  const { child, stop, exited } = start(command, args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], ...options });
  return { pid: child.pid, to: child.stdio[3], from: child.stdio[4], stop, exited };
}

/** A `detached` program does not get the Ctrl-C of our terminal: it is for `stop` to end it, the way it should. */
function start(command, args, { env = {}, stdio = ["ignore", "pipe", "pipe"], detached = false } = {}) {
  const child = spawn(command, args, { stdio, detached, env: { ...process.env, ...env } });
  running.add(child);
  const exited = new Promise((resolve) => {
    child.once("exit", (code, signal) => (running.delete(child), resolve(code === 0 ? ENDED_WELL : `ended with ${code ?? signal}`)));
    child.once("error", (error) => (running.delete(child), resolve(`could not be started: ${error.message}`)));
  });
  async function stop() {
    if (!running.has(child)) return;
    child.kill("SIGTERM");
    await within(exited, STOP_DEADLINE_MS, `${command} to end`).catch(() => child.kill("SIGKILL"));
    await exited;
  }
  /** At once, with nothing said: what `kill -9` does. */
  async function kill() {
    child.kill("SIGKILL");
    await exited;
  }
  return { child, exited, stop, kill };
}

/** Runs a program to its end; what it prints is the answer. */
export function runProgram(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (bytes) => (stdout += bytes));
    child.stderr.on("data", (bytes) => (stderr += bytes));
    child.once("error", reject);
    child.once("close", (code) => (running.delete(child), resolve({ code, stdout, stderr })));
  });
}

/** Rejects with what was waited for when a promise takes too long. */
export async function within(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms / 1000} s for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

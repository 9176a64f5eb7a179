// Child processes and temporary folders that never outlive this one, however it ends.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;
const KEPT_LOG_LINES = 40;

const running = new Set();
const folders = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));
process.on("SIGHUP", () => process.exit(129));

export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `liaison-${name}-`));
  folders.add(folder);
  return folder;
}

/** A program of this workspace, as cargo left it. */
export const builtProgram = (name) =>
  join(process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, "../../target"), "debug", name);

/**
 * Starts a program and waits for the one JSON line with which it says where it listens.
 *
 * @returns {Promise<{ ready: any, stop: () => Promise<void>, log: () => string }>}
 */
export async function startProgram(command, args) {
  const { child, exited, stop } = start(command, args);
  const log = [];
  const keep = (line) => void (log.push(line), log.length > KEPT_LOG_LINES && log.shift());
  createInterface({ input: child.stderr }).on("line", keep);
  const output = createInterface({ input: child.stdout });
  const tail = () => log.join("\n");

  const firstLine = new Promise((resolve) => output.once("line", resolve));
  const early = exited.then((how) => Promise.reject(new Error(`${command} ${how} before it was ready\n${tail()}`)));
  const line = await within(Promise.race([firstLine, early]), START_DEADLINE_MS, `${command} to be ready`);
  early.catch(() => {}); // from here on an end is no failed start
  output.on("line", keep);
  return { ready: JSON.parse(line), stop, log: tail };
}

/** Starts a program that has nothing to say. */
export function startQuietProgram(command, args) {
  const { child, stop } = start(command, args);
  child.stdout.resume();
  child.stderr.resume();
  return { stop };
}

function start(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const exited = new Promise((resolve) => {
    child.once("exit", (code, signal) => (running.delete(child), resolve(`ended with ${code ?? signal}`)));
    child.once("error", (error) => (running.delete(child), resolve(`could not be started: ${error.message}`)));
  });
  async function stop() {
    if (!running.has(child)) return;
    child.kill("SIGTERM");
    await within(exited, STOP_DEADLINE_MS, `${command} to end`).catch(() => child.kill("SIGKILL"));
    await exited;
  }
  return { child, exited, stop };
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

/**
 * Holds the one running instance of the agent core and brings it back when it traps. A trap (a panic, memory run out, a
 * stack too deep) poisons a WebAssembly instance for good; the agent's state is in storage, so a new instance that loads
 * the journal goes on where the old one ended. Restarts are limited, or a core that traps at every start would spin.
 */

/** @typedef {import("./browser.js").Host} Host */
/** @typedef {import("./browser.js").WakeReason} WakeReason */
/** @typedef {import("./messages.js").Command} Command */
/** @typedef {import("./messages.js").Answer} Answer */

/**
 * The generated package: `wasm-bindgen --target web --experimental-reset-state-function`.
 *
 * @typedef {object} WasmPackage
 * @property {(options: { module_or_path: string }) => Promise<unknown>} default
 * @property {() => void} __wbg_reset_state puts a fresh instance of the same module in the place of the present one
 * @property {(host: Host) => Promise<void>} boot
 * @property {(reason: WakeReason) => void} wake
 * @property {(command: Command) => Promise<Answer>} command
 * @property {() => Promise<void>} drain
 */

/** Three starts a minute outlast a one-off, and keep a core that always traps near the pace of the watchdog. */
export const FAILURE_LIMIT = 3;
export const FAILURE_WINDOW_MS = 60_000;

/** Thrown instead of starting the core once more; the watchdog tries again when the window has passed. */
export class CoreDown extends Error {
  name = "CoreDown";
}

/**
 * @param {object} parts
 * @param {WasmPackage} parts.wasm
 * @param {string} parts.wasmUrl
 * @param {() => Host} parts.newHost one for each start, made while the core is on its way: what it begins then costs no time
 * @param {(error: unknown) => void} parts.onFailure told of every trap and failed start
 * @param {() => void} parts.onDown told when there is no running core and none is being started
 * @param {() => number} [parts.now] a clock that never goes backwards
 */
export function createCore({ wasm, wasmUrl, newHost, onFailure, onDown, now = () => performance.now() }) {
  /** @type {Promise<void> | null} the ready gate: settled once the present instance has loaded its state */
  let gate = null;
  let loaded = false;
  /** @type {number[]} */
  let failures = [];
  let loss = newLoss();

  async function load() {
    const ready = loaded ? wasm.__wbg_reset_state() : wasm.default({ module_or_path: wasmUrl });
    const host = newHost();
    await ready;
    loaded = true;
    await wasm.boot(host);
  }

  /** @returns {Promise<void>} */
  function start() {
    if (gate) return gate;
    failures = failures.filter((at) => now() - at < FAILURE_WINDOW_MS);
    if (failures.length >= FAILURE_LIMIT) return giveUp();
    const attempt = Promise.race([load(), loss.promise]);
    gate = attempt;
    attempt.catch((error) => {
      if (gate !== attempt) return; // a trap seen by the error events has been dealt with already
      fail(error);
      onDown();
    });
    return attempt;
  }

  /** @returns {Promise<never>} */
  function giveUp() {
    onDown();
    return Promise.reject(new CoreDown());
  }

  /** @param {unknown} error */
  function fail(error) {
    failures.push(now());
    gate = null;
    loss.reject(error);
    loss = newLoss();
    onFailure(error);
  }

  /**
   * A trap inside a spawned future reaches nobody's promise, only the worker's error events: callers that wait on the
   * dead instance are released by `loss`.
   *
   * @template T
   * @param {() => T | Promise<T>} use
   * @returns {Promise<T>}
   */
  async function call(use) {
    await start();
    const mine = loss.promise;
    try {
      return await Promise.race([use(), mine]);
    } catch (error) {
      if (loss.promise === mine) noticeTrap(error);
      throw error;
    }
  }

  /**
   * Call with whatever the worker's error events carry; anything that is no trap is left alone.
   *
   * @param {unknown} error
   */
  function noticeTrap(error) {
    if (!isTrap(error)) return;
    fail(error);
    start().catch(() => {}); // reported through onFailure and onDown
  }

  return {
    start,
    noticeTrap,
    /** @param {WakeReason} reason */
    wake: (reason) => call(() => wasm.wake(reason)),
    /** @param {Command} command */
    command: (command) => call(() => wasm.command(command)),
    drain: () => call(() => wasm.drain()),
  };
}

/**
 * A stack that grows too deep inside WebAssembly is a RangeError in V8; every other trap is a RuntimeError.
 *
 * @param {unknown} error
 */
const isTrap = (error) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

/** @returns {{ promise: Promise<never>, reject: (error: unknown) => void }} */
function newLoss() {
  /** @type {(error: unknown) => void} */
  let reject = () => {};
  /** @type {Promise<never>} */
  const promise = new Promise((_, no) => (reject = no));
  promise.catch(() => {}); // nobody need be waiting when the instance is lost
  return { promise, reject };
}

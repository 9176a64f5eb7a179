import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { CoreDown, FAILURE_LIMIT, FAILURE_WINDOW_MS, createCore } from "../../../extension/lib/core.js";
import { settle } from "./support/settle.js";

const trap = () => new WebAssembly.RuntimeError("unreachable");

let hosts, log, wasm, clock, failures, downs, core;

beforeEach(() => {
  [hosts, log, failures, downs, clock] = [0, [], [], 0, 0];
  wasm = {
    default: async () => void log.push("init"),
    __wbg_reset_state: () => void log.push("reset"),
    boot: async () => void log.push("boot"),
    wake: (reason) => void log.push(`wake ${reason}`),
    command: async ({ kind }) => (log.push(`command ${kind}`), { ok: true }),
    drain: async () => void log.push("drain"),
  };
  const onFailure = (error) => failures.push(error);
  core = createCore({ wasm, wasmUrl: "x.wasm", newHost: () => `host ${(hosts += 1)}`, onFailure, onDown: () => (downs += 1), now: () => clock });
});

test("the core is loaded and booted once, however many ask at the same time", async () => {
  await Promise.all([core.start(), core.wake("alarm"), core.command({ kind: "status" }), core.drain()]);
  assert.deepEqual(log, ["init", "boot", "wake alarm", "command status", "drain"]);
});

test("nothing is asked of the core before its state is loaded", async () => {
  let loaded;
  wasm.boot = () => new Promise((resolve) => (loaded = resolve));
  const woken = core.wake("startup");
  await settle();
  assert.deepEqual(log, ["init"]);
  loaded();
  await woken;
  assert.deepEqual(log, ["init", "wake startup"]);
});

test("every start has a host of its own, which begins its work while the core is on its way", async () => {
  let compiled;
  wasm.default = () => new Promise((resolve) => (compiled = resolve));
  wasm.boot = async (host) => void log.push(host);
  const started = core.start();
  assert.equal(hosts, 1);
  compiled();
  await started;
  core.noticeTrap(trap());
  await core.start();
  assert.deepEqual(log, ["host 1", "reset", "host 2"]);
});

test("a trap in a call fails that call and starts a fresh instance at once", async () => {
  wasm.wake = () => {
    throw trap();
  };
  await assert.rejects(core.wake("alarm"), WebAssembly.RuntimeError);
  assert.deepEqual(await core.command({ kind: "status" }), { ok: true });
  assert.deepEqual(log, ["init", "boot", "reset", "boot", "command status"]);
  assert.deepEqual([failures.length, downs], [1, 0]);
});

test("a trap that only the error events see releases who waits on the dead instance", async () => {
  wasm.command = () => new Promise(() => {});
  const waiting = core.command({ kind: "test_connection" });
  await settle();
  core.noticeTrap(trap());
  await assert.rejects(waiting, WebAssembly.RuntimeError);
  await core.start();
  assert.deepEqual(log, ["init", "boot", "reset", "boot"]);
  assert.equal(failures.length, 1, "the trap is counted once, though the event and the caller both saw it");
});

test("a trap while the state is being loaded starts over", async () => {
  wasm.boot = () => new Promise(() => {});
  const first = core.start();
  await settle();
  wasm.boot = async () => void log.push("boot");
  core.noticeTrap(trap());
  await assert.rejects(first, WebAssembly.RuntimeError);
  await core.start();
  assert.deepEqual(log, ["init", "reset", "boot"]);
  assert.deepEqual([failures.length, downs], [1, 0]);
});

test("a stack that ran too deep counts as a trap; an ordinary error does not", async () => {
  await core.start();
  core.noticeTrap(new Error("cannot invoke closure from previous instance"));
  core.noticeTrap(undefined);
  wasm.command = async () => Promise.reject(new Error("refused"));
  await assert.rejects(core.command({ kind: "status" }), /refused/);
  assert.deepEqual([log, failures.length], [["init", "boot"], 0]);
  core.noticeTrap(new RangeError("Maximum call stack size exceeded"));
  await core.start();
  assert.deepEqual(log, ["init", "boot", "reset", "boot"]);
});

test("a start that fails is tried again by the next event", async () => {
  wasm.boot = async () => Promise.reject(new Error("storage"));
  await assert.rejects(core.wake("startup"), /storage/);
  assert.equal(downs, 1);
  wasm.boot = async () => void log.push("boot");
  await core.wake("watchdog");
  assert.deepEqual(log, ["init", "reset", "boot", "wake watchdog"]);
});

test("a package that does not load is fetched again, not reset", async () => {
  const init = wasm.default;
  wasm.default = async () => Promise.reject(new Error("fetch"));
  await assert.rejects(core.start(), /fetch/);
  wasm.default = init;
  await core.start();
  assert.deepEqual(log, ["init", "boot"]);
});

test("a core that always traps is left alone after a few starts, until the window has passed", async () => {
  wasm.boot = async () => {
    log.push("boot");
    throw trap();
  };
  for (let n = 0; n < FAILURE_LIMIT; n += 1) await assert.rejects(core.wake("alarm"), WebAssembly.RuntimeError);
  await assert.rejects(core.wake("alarm"), CoreDown);
  await assert.rejects(core.command({ kind: "status" }), CoreDown);
  const boots = () => log.filter((entry) => entry === "boot").length;
  assert.equal(boots(), FAILURE_LIMIT);
  assert.ok(downs > FAILURE_LIMIT);
  clock += FAILURE_WINDOW_MS;
  await assert.rejects(core.wake("watchdog"), WebAssembly.RuntimeError);
  assert.equal(boots(), FAILURE_LIMIT + 1);
});

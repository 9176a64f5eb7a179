// @ts-check
// A Chromium that can be killed. It runs the package that ships, is driven over its debugging pipe, and is the head of its
// own process group, so that SIGKILL takes all of it. Each worker's clock can be put ahead before its first line runs.

import { spawn } from "node:child_process";
import { EXECUTABLE, QUIET_PAGE, extensionId, flags } from "../../scripts/world/browser.mjs";
import { protocolOver } from "../../scripts/world/pipe.mjs";
import { endsBy, within } from "../../scripts/world/process.mjs";
import { askingIn, when } from "./asking.mjs";
import { evaluateIn, openPage, switchOnAgain } from "./pages.mjs";

const LINKEDIN = "https://www.linkedin.com";
const SEEN_WITHIN_MS = 10_000;
/** For two pages that are waited for in vain, and the time between. */
const UP_WITHIN_MS = 60_000;

/**
 * @typedef {object} Watch what the browser tells while it runs
 * @property {() => number} aheadMs how far ahead of the machine's the worker's clock is
 * @property {() => void} onWorker a worker is about to run its first line
 * @property {(request: { method: string, url: string, body: string }) => void} onFetch the worker called `fetch`
 * @property {(text: string) => void} onConsole the worker wrote a line
 * @property {(text: string) => void} onException something was thrown in the worker, and nobody caught it
 * @property {() => void} onAnswer the worker has answered
 * @property {(sinceMs: number) => void} onUnheard no worker has heard a message that was asked since then, and Chrome had one
 * @property {() => void} onRestart Chrome has no worker: the extension is restarted from its popup
 * @property {(error: string) => void} onRestartFailed
 * @property {() => void} onSwitchedOn the extension was off, since Chrome had not written down that its reload was over
 * @property {() => number} now
 */

/** @typedef {Awaited<ReturnType<typeof startChromium>>} Chromium */

/**
 * @param {{ port: string, spki: string }} simulator
 * @param {string} profile
 * @param {Watch} watch
 */
export async function startChromium(simulator, profile, watch) {
  const origin = `chrome-extension://${extensionId()}`;
  const args = ["--headless", `--user-data-dir=${profile}`, "--remote-debugging-pipe", ...flags(simulator), "about:blank"];
  const child = spawn(EXECUTABLE, args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], detached: true });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const [to, from] = /** @type {[import("node:stream").Writable, import("node:stream").Readable]} */ (child.stdio.slice(3));
  const driver = protocolOver(to, from);
  /** @typedef {{ target: string, session: string, gone: Promise<unknown>, left: () => void }} Worker */
  let worker = /** @type {Worker | null} */ (null);

  /** A worker was started and waits to be let go. @param {string} target @param {string} session */
  function started(target, session) {
    let left = () => {};
    const gone = new Promise((resolve) => (left = () => resolve(undefined)));
    worker = { target, session, gone, left };
    driver.tell("Network.enable", {}, session);
    driver.tell("Runtime.enable", {}, session);
    driver.tell("Runtime.evaluate", { expression: clockAhead(watch.aheadMs()) }, session);
    watch.onWorker();
    driver.tell("Runtime.runIfWaitingForDebugger", {}, session);
  }

  /** @param {string | undefined} session */
  function ended(session) {
    if (worker?.session !== session) return;
    worker?.left();
    worker = null;
  }

  /** @type {Map<string, string>} targets of the workers by their sessions */
  const targets = new Map();
  driver.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    const isOurs = targetInfo.type === "service_worker" && targetInfo.url.startsWith(origin);
    if (!isOurs) return driver.tell("Runtime.runIfWaitingForDebugger", {}, sessionId);
    targets.set(sessionId, targetInfo.targetId);
    started(targetInfo.targetId, sessionId);
  });
  // A worker that is stopped and started again keeps its target, and its session.
  driver.on("Inspector.targetCrashed", (_, session) => ended(session));
  driver.on("Inspector.targetReloadedAfterCrash", (_, session = "") => {
    const target = targets.get(session);
    if (target) started(target, session);
  });
  /** Who waits for a page to go, by its session. @type {Map<string, (gone: unknown) => void>} */
  const leaving = new Map();
  driver.on("Target.detachedFromTarget", ({ sessionId }) => {
    ended(sessionId);
    leaving.get(sessionId)?.(undefined);
  });
  driver.on("Network.requestWillBeSent", ({ request }, session) => {
    if (session && targets.has(session)) watch.onFetch({ method: request.method, url: request.url, body: bodyOf(request) });
  });
  driver.on("Runtime.consoleAPICalled", ({ args: said }) => watch.onConsole(said.map(shown).join(" ")));
  driver.on("Runtime.exceptionThrown", ({ exceptionDetails }) => watch.onException(JSON.stringify(exceptionDetails)));

  const kill = endsBy(async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
    await exited;
  });

  let page = "";
  async function settle() {
    page = await openPage(driver, `${origin}/${QUIET_PAGE}`);
    await driver.ask("ServiceWorker.enable", {}, page);
  }
  async function open() {
    await driver.ask("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
    await settle().catch(async (error) => {
      if (!(await switchOnAgain(driver))) throw error;
      watch.onSwitchedOn();
      await settle();
    });
  }
  // Nobody else knows of it yet, and Chrome may owe an answer for ever.
  await within(open(), UP_WITHIN_MS, "the browser to come up").catch((error) => kill().then(() => Promise.reject(error)));

  /** @param {string} expression @param {string} session */
  const evaluate = (expression, session = page) => evaluateIn(driver, expression, session);

  const asking = askingIn(
    origin,
    {
      evaluate,
      settle,
      open: (url) => openPage(driver, url),
      shut: (session) => driver.tell("Page.close", {}, session),
      left: (session) => Promise.race([exited, new Promise((resolve) => leaving.set(session, resolve))]),
    },
    watch,
  );

  /**
   * Comes back when everything is told that the worker did before this was called: what it does and what it answers come
   * by the same way, one after the other.
   */
  async function seen() {
    if (!worker) return;
    const { session, gone } = worker;
    const answered = driver.ask("Runtime.evaluate", { expression: "0" }, session).catch(() => {});
    await within(Promise.race([answered, gone, exited]), SEEN_WITHIN_MS, "what the worker did");
  }

  /**
   * As Chrome ends it, at once; or its target closed under it. Whether there was one.
   *
   * @param {"stop" | "close"} how
   */
  async function endWorker(how) {
    if (!worker) return false;
    const { target, gone } = worker;
    if (how === "close") await driver.ask("Target.closeTarget", { targetId: target });
    else await driver.ask("ServiceWorker.stopAllWorkers", {}, page);
    await Promise.race([gone, exited]);
    return true;
  }

  return {
    ...asking,
    seen,
    endWorker,
    /** Every process of it, with nothing saved. */
    kill,
    /** As a person closes it. */
    async close() {
      driver.tell("Browser.close", {});
      await exited;
      await kill();
    },
    /** Everything the extension has stored. @returns {Promise<{ local: Record<string, string>, session: Record<string, string> }>} */
    async storage() {
      await asking.quiet();
      const read = (/** @type {string} */ area) => within(evaluate(`chrome.storage.${area}.get(null)`), SEEN_WITHIN_MS, `the ${area} storage`);
      return { local: await read("local"), session: await read("session") };
    },
    /** What a person reads in one of the extension's pages. @param {string} path @param {string} ready truthy when it is drawn */
    async read(path, ready) {
      const session = await openPage(driver, `${origin}/${path}`);
      await evaluate(when(ready), session);
      return evaluate("document.body.innerText", session);
    },
    /** Moves the clock of the worker that runs now; later ones begin with it. */
    async moveClock() {
      if (worker) await Promise.race([evaluate(clockAhead(watch.aheadMs()), worker.session), worker.gone, exited]);
    },
    /** @param {{ li_at: string, csrf_token: string }} session */
    signIn: (session) => driver.ask("Storage.setCookies", { cookies: cookiesOf(session) }),
    exited,
  };
}

/** @param {number} ms */
const clockAhead = (ms) => `globalThis.trueNow ??= Date.now; Date.now = () => trueNow() + ${ms}`;

/** @param {{ value?: unknown, description?: string }} argument */
const shown = ({ value, description }) => (value === undefined ? (description ?? "") : String(value));

/** @param {{ postDataEntries?: { bytes?: string }[] }} request */
const bodyOf = ({ postDataEntries = [] }) =>
  postDataEntries.map(({ bytes = "" }) => Buffer.from(bytes, "base64").toString()).join("");

/** @param {{ li_at: string, csrf_token: string }} session what LinkedIn's form sets, and with it the session's token */
function cookiesOf(session) {
  const common = { url: LINKEDIN, path: "/", secure: true, sameSite: "None", expires: Date.now() / 1000 + 86_400 * 90 };
  return [
    { ...common, name: "JSESSIONID", value: `"${session.csrf_token}"` },
    { ...common, name: "liap", value: "true" },
    { ...common, name: "li_at", value: session.li_at, httpOnly: true },
  ];
}

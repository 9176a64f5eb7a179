// A real Chromium with a fresh profile and the very package that ships. www.linkedin.com is the simulator by a
// resolver rule and a pinned key, both of this profile alone, so the extension is the same byte for byte.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { endsBy, startQuietProgram, temporaryFolder } from "./process.mjs";

const ROOT = join(import.meta.dirname, "../..");
export const EXTENSION = join(ROOT, "dist/extension");
export const EXECUTABLE = process.env.CHROME ?? "/usr/bin/chromium";
const PAGE_DEADLINE_MS = 60_000;
// A page of the extension that has no script of ours: opening it wakes no worker.
export const QUIET_PAGE = "manifest.json";

/** Without these a browser that can reach no network spends its time on trying to. */
export const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium refuses its own sandbox when it runs as root, and only then. */
export const SANDBOX = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** Chrome derives it from the manifest's key: the first half of its SHA-256, in the letters a to p. */
export function extensionId() {
  const { key } = JSON.parse(readFileSync(join(EXTENSION, "manifest.json"), "utf8"));
  const digest = createHash("sha256").update(Buffer.from(key, "base64")).digest("hex");
  return [...digest.slice(0, 32)].map((digit) => "abcdefghijklmnop"[Number.parseInt(digit, 16)]).join("");
}

/** What makes Chromium quiet, this extension's home and the simulator's www.linkedin.com. */
export function flags(simulator, extension = EXTENSION) {
  return [
    ...QUIET,
    ...SANDBOX,
    `--disable-extensions-except=${extension}`,
    `--load-extension=${extension}`,
    ...simulated(simulator),
  ];
}

/** What makes www.linkedin.com the simulator. */
export const simulated = ({ port, spki }) => [
  `--host-resolver-rules=MAP www.linkedin.com:443 127.0.0.1:${port}`,
  `--ignore-certificate-errors-spki-list=${spki}`,
];

/** The browser with no debugger at all: one that is attached keeps every worker alive for ever. */
export const startPlainBrowser = (simulator, profile) =>
  startQuietProgram(EXECUTABLE, ["--headless", `--user-data-dir=${profile}`, ...flags(simulator), "about:blank"]);

export async function startBrowser(simulator, { profile = temporaryFolder("profile"), extension = EXTENSION, scale = 1 } = {}) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    deviceScaleFactor: scale,
    // process.mjs ends the browser at these signals, and then removes its profile.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ignoreDefaultArgs: ["--disable-extensions"],
    args: flags(simulator, extension),
  });
  context.setDefaultTimeout(PAGE_DEADLINE_MS);
  const origin = `chrome-extension://${extensionId()}`;

  async function open(path) {
    const page = await context.newPage();
    await page.goto(`${origin}/${path}`);
    return page;
  }

  /** Ends the extension's worker as Chrome does it: at once, with nothing saved. */
  async function stopWorker() {
    const page = await open(QUIET_PAGE);
    const session = await context.newCDPSession(page);
    const stopped = new Promise((resolve) => {
      session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
        if (versions.some(({ runningStatus }) => runningStatus === "stopped")) resolve(undefined);
      });
    });
    await session.send("ServiceWorker.enable");
    await session.send("ServiceWorker.stopAllWorkers");
    await stopped;
    await page.close();
  }

  /** Signs in through LinkedIn's own form, as a person does. */
  async function signIn() {
    const page = await context.newPage();
    await page.goto("https://www.linkedin.com/login");
    await page.locator("form [type=submit]").click();
    await page.waitForURL((url) => !url.pathname.startsWith("/login"));
    await page.close();
  }

  const signOut = () => context.clearCookies({ domain: /linkedin\.com$/ });
  const stop = endsBy(() => context.close());
  return { context, profile, origin, quietPage: QUIET_PAGE, open, stopWorker, signIn, signOut, stop };
}

/** Pairs through the options page. Without a token it is a one-time code that is typed in. */
export async function pair(browser, { url, code = "", token = "", name = "This browser" }) {
  const page = await browser.open("options/options.html");
  await fillPairing(page, { url, code, token, name });
  await page.locator("#pair").click();
  return page;
}

export async function fillPairing(page, { url, code, token, name }) {
  const fields = { "#server": url, "#code": code, "#token": token, "#name": name };
  for (const [field, value] of Object.entries(fields)) {
    if (value) await page.locator(field).fill(value);
  }
}

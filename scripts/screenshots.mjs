// screenshots.mjs [word…]: pictures of every page of the extension and of the dashboard, in every state and look that the tests of
// these pages know, or of those whose name has one of the words in it. To look at, in target/screenshots/index.html; the ones that the
// documents show go to docs/screenshots.
//
// All people are invented and the clock stands still, so a picture is the same tomorrow where the fonts are.

process.env.TZ = "UTC";

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ADMIN_KEY, TEAM, startFakeServer } from "../tests/dashboard/fake-server.mjs";
import { NOW, STATES, openState, titleOf } from "../tests/extension/e2e/states.mjs";
import { PAGES, VIEWS } from "./screenshots/day.mjs";
import { EXECUTABLE, QUIET, SANDBOX, endEverything, endsBy, isEnding, startBrowser } from "./world.mjs";

const ROOT = join(import.meta.dirname, "..");
const SEEN = join(ROOT, "target/screenshots");
const SHOWN = join(ROOT, "docs/screenshots");
const WIDE = 960;
const NARROW = 340;
/** As Chrome shows it: at most so high. */
const POPUP = 360;
const HEIGHT = 600;
const LOWEST = 120;
/** @type {Record<string, { scheme?: "dark", language?: "de", narrow?: boolean }>} */
const LOOKS = { light: {}, dark: { scheme: "dark" }, narrow: { narrow: true }, german: { language: "de" } };
/** Sharp on most screens, in a document; one dot for one is enough to see what is wrong. */
const SHARP = 1.5;
/** Of a long page a document shows the beginning. */
const HIGHEST = 800;

const { SCENES, busyState } = await then(() => import("../tests/dashboard/scenes.mjs"));
const words = process.argv.slice(2);
const fileName = (name) => name.replaceAll(" ", "-");
const isWanted = (name) => words.length === 0 || words.some((word) => fileName(name).includes(fileName(word)));

/** @param {{ path: string }} state @param {{ narrow?: boolean }} look */
const widthOf = ({ path }, { narrow }) => (narrow ? NARROW : path.startsWith("popup/") ? POPUP : WIDE);

/** The whole page, in a window that is as high as it: what clings to a window's edge stands in the middle of the page otherwise. */
async function takeWhole(page, width, file, highest = Infinity) {
  await page.setViewportSize({ width, height: LOWEST });
  const height = await page.evaluate(() => Math.max(document.body.scrollHeight, document.documentElement.scrollHeight));
  await page.setViewportSize({ width, height: Math.min(height, highest) });
  await page.screenshot({ path: file, animations: "disabled" });
}

async function takePage(browser, state, look, file, highest) {
  const page = await openState(browser, state, { ...look, reduced: true });
  await takeWhole(page, widthOf(state, look), file, highest);
  await page.close();
}

/** @param {import("playwright-core").Browser} browser */
async function takeView(browser, scene, look, file, scale, highest) {
  const server = await startFakeServer(await then(scene.state));
  const context = await browser.newContext({
    locale: look.language === "de" ? "de-DE" : "en-GB",
    timezoneId: "UTC",
    colorScheme: look.scheme ?? "light",
    reducedMotion: "reduce",
    deviceScaleFactor: scale,
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  await page.goto(`${server.url}#/${TEAM}/${scene.view}`);
  await page.locator("#admin-key").waitFor();
  if (scene.ready) {
    await page.locator("#admin-key").fill(ADMIN_KEY);
    await page.locator("#admin-key").press("Enter");
    await page.locator(scene.ready).first().waitFor();
    // What is below it may come with another answer.
    await page.waitForLoadState("networkidle");
  }
  await takeWhole(page, look.narrow ? NARROW : WIDE, file, highest);
  await context.close();
  await server.stop();
}

/** What is made at the time at which the pages' clocks stand. */
async function then(make) {
  const real = Date.now;
  Date.now = () => NOW;
  try {
    return await make();
  } finally {
    Date.now = real;
  }
}

async function startPlain() {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false, args: [...QUIET, ...SANDBOX] });
  return { browser, stop: endsBy(() => browser.close()) };
}

/** No LinkedIn and no server: what the real worker asks for meanwhile goes nowhere. */
const startPages = (scale) => startBrowser({ port: "9", spki: "" }, { scale });

/** Every state in every look; what was taken. */
async function takeAll() {
  if (words.length === 0) rmSync(SEEN, { recursive: true, force: true });
  mkdirSync(SEEN, { recursive: true });
  const taken = new Map();
  const take = async (name, how) => {
    if (!isWanted(name)) return;
    for (const [look, as] of Object.entries(LOOKS)) {
      const file = `${fileName(name)}-${look}.png`;
      await how(as, join(SEEN, file));
      taken.set(name, [...(taken.get(name) ?? []), file]);
    }
  };
  const pages = await startPages(1);
  for (const state of STATES) await take(titleOf(state), (look, file) => takePage(pages, state, look, file));
  await pages.stop();
  const plain = await startPlain();
  const signIn = { name: "sign-in", view: "tasks", state: busyState };
  for (const scene of [signIn, ...SCENES]) await take(`dashboard ${scene.name}`, (look, file) => takeView(plain.browser, scene, look, file, 1));
  await plain.stop();
  return taken;
}

async function takeForDocuments() {
  mkdirSync(SHOWN, { recursive: true });
  const file = (name) => join(SHOWN, `${name}.png`);
  const pages = await startPages(SHARP);
  for (const [name, state] of Object.entries(PAGES)) if (isWanted(name)) await takePage(pages, state, LOOKS.light, file(name), name.startsWith("popup") ? HEIGHT : HIGHEST);
  await pages.stop();
  const plain = await startPlain();
  for (const [name, scene] of Object.entries(VIEWS)) if (isWanted(name)) await takeView(plain.browser, scene, LOOKS.light, file(name), SHARP, HIGHEST);
  await plain.stop();
}

/** One row for each state, with its looks side by side. */
function indexOf(taken) {
  const rows = [...taken].map(([name, files]) => `<h2>${name}</h2><div>${files.map((file) => `<img src="${file}" alt="">`).join("")}</div>`);
  return `<!doctype html><meta charset="utf-8"><title>Pictures</title><style>body{background:#888;font:14px sans-serif}div{display:flex;gap:8px;align-items:start}</style>${rows.join("\n")}`;
}

try {
  const taken = await takeAll();
  writeFileSync(join(SEEN, "index.html"), indexOf(taken));
  await takeForDocuments();
  console.log(`${[...taken.values()].flat().length} pictures of ${taken.size} states: target/screenshots/index.html`);
} catch (error) {
  if (!isEnding()) console.error(`screenshots: ${error.stack}`);
  process.exitCode = 1;
}
await endEverything();
process.exit();

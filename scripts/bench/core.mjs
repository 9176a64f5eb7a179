// How fast the core is, beside the same job in plain JavaScript in the same Chromium, and how a long walk grows.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { request } from "node:https";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { endsBy, startSimulator } from "../world.mjs";
import { at, loadNow, median, sorted } from "./figures.mjs";

const ROOT = join(import.meta.dirname, "../..");
const FILES = { "plain.js": "tests/bench/plain.js", "measure.js": "tests/bench/measure.js" };
const PACKAGE = join(ROOT, "target/bench/pkg");
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };
const ACCEPT = "application/vnd.linkedin.normalized+json+2.1";
const LIST = "/voyager/api/relationships/dash/connections";
const DECORATION = "com.linkedin.voyager.dash.deco.web.mynetwork.ConnectionListWithProfile-16";

// A walk asks for each further page one row early (docs/VOYAGER.md, "The list"); plain code has no such care.
const TASK_PAGES = [[0, 100], [99, 100], [198, 100], [297, 100], [396, 100], [495, 5]];
const PLAIN_PAGES = [[0, 100], [100, 100], [200, 100], [300, 100], [400, 100]];
const JOBS = [
  { name: "page of 40", rows: 40, core: [[0, 40]], plain: [[0, 40]], warmUp: 200, rounds: 600 },
  { name: "page of 100", rows: 100, core: [[0, 100]], plain: [[0, 100]], warmUp: 150, rounds: 600 },
  { name: "task of 500", rows: 500, core: TASK_PAGES, plain: PLAIN_PAGES, warmUp: 40, rounds: 200 },
];

/** The pages as the simulator sends them, by "start-count". */
async function renderPages(simulator) {
  const session = await fetch(`${simulator.control}/__sim/session`, { method: "POST", body: '{"n":1}' });
  const { cookie, csrf_token: csrf } = await session.json();
  const pages = new Map();
  for (const [start, count] of JOBS.flatMap(({ core, plain }) => [...core, ...plain])) {
    const query = `decorationId=${DECORATION}&count=${count}&q=search&sortType=RECENTLY_ADDED&start=${start}`;
    const headers = { host: "www.linkedin.com", accept: ACCEPT, cookie, "csrf-token": csrf };
    pages.set(`${start}-${count}`, await get(`${simulator.https}${LIST}?${query}`, headers));
  }
  return pages;
}

function get(url, headers) {
  return new Promise((resolve, reject) => {
    // The simulator's certificate is its own; it listens on this machine alone.
    const asked = request(url, { headers, rejectUnauthorized: false }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part)).on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(Buffer.concat(parts));
        else reject(new Error(`the simulator answered ${answer.statusCode}: ${Buffer.concat(parts)}`));
      });
    });
    asked.on("error", reject).end();
  });
}

/** Isolated from other origins, since only then is the page's clock finer than a tenth of a millisecond. */
async function serve(pages) {
  const server = createServer((asked, answer) => {
    const path = asked.url.slice(1);
    const page = path.startsWith("pages/") && pages.get(path.slice("pages/".length));
    const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
    try {
      const body = page || (path === "" ? "<!doctype html>" : readFileSync(fileOf(path)));
      answer.writeHead(200, { ...headers, "content-type": TYPES[extname(path) || ".html"] ?? ACCEPT }).end(body);
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = endsBy(async () => void server.close());
  return { url: `http://127.0.0.1:${server.address().port}/`, stop };
}

const fileOf = (path) => (FILES[path] ? join(ROOT, FILES[path]) : join(PACKAGE, path.replace(/^pkg\//, "")));

async function inBrowser(url) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROME ?? "/usr/bin/chromium",
    headless: true,
    args: ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  const stop = endsBy(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  await page.goto(url);
  const named = ([start, count]) => `${start}-${count}`;
  const jobs = JOBS.map((job) => ({ ...job, core: job.core.map(named), plain: job.plain.map(named) }));
  const times = await page.evaluate(async (jobs) => (await import("./measure.js")).measure(jobs), jobs);
  await page.reload();
  const walk = await page.evaluate(async () => (await import("./measure.js")).walkFar());
  const version = browser.version();
  await stop();
  return { times, walk, version };
}

function walkHere() {
  const program = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "release/liaison-bench");
  const { status, stdout, stderr } = spawnSync(program, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

// ---- printing ---------------------------------------------------------------------------------------------

const ms = (value) => value.toFixed(3).padStart(8);

function printTimes(times) {
  console.log("\nFrom a Response to the answer's text, in ms       p10   median      p90      p99");
  for (const { name, bytes, posted, core, plain } of times) {
    for (const [who, values] of [["wasm", core], ["javascript", plain]]) {
      const parts = [0.1, 0.5, 0.9, 0.99].map((part) => ms(at(sorted(values), part)));
      console.log(`${name.padEnd(12)} ${who.padEnd(11)} ${String(values.length).padStart(4)} times   ${parts.join(" ")}`);
    }
    const pairs = core.map((took, round) => plain[round] / took);
    const ratio = (median(plain) / median(core)).toFixed(2);
    const [low, middle, high] = [0.1, 0.5, 0.9].map((part) => at(sorted(pairs), part).toFixed(2));
    console.log(
      `${name.padEnd(12)} ratio ${ratio} of the medians; of pairs p10 ${low}, median ${middle}, p90 ${high}` +
        ` (${(bytes / 1000).toFixed(0)} kB in, ${(posted / 1000).toFixed(0)} kB out)`,
    );
  }
}

function printWalk(where, samples) {
  console.log(`\nA walk for a name that nobody has, ${where}`);
  console.log("    rows   ms per 1,000 rows   requests per 1,000   bytes grown per row");
  let last = samples[0];
  for (const sample of samples.slice(1)) {
    const rows = sample.rows - last.rows;
    const each = ((sample.ms - last.ms) / rows) * 1000;
    const requests = (sample.requests / sample.rows) * 1000;
    const grown = (sample.bytes - last.bytes) / rows;
    console.log(
      `${String(sample.rows).padStart(8)} ${each.toFixed(2).padStart(19)} ${requests.toFixed(2).padStart(20)} ${grown.toFixed(2).padStart(21)}`,
    );
    last = sample;
  }
}

/** Measures and prints. */
export async function core() {
  const simulator = await startSimulator({ connections: 600, profile: "release" });
  const pages = await renderPages(simulator);
  await simulator.stop();
  const server = await serve(pages);
  const { times, walk, version } = await inBrowser(server.url);
  await server.stop();
  console.log(`\nThe core alone: Chromium ${version}, ${loadNow()}`);
  printTimes(times);
  printWalk("in the browser (bytes: the instance's memory)", walk);
  printWalk("on this machine (bytes: the heap)", walkHere());
}

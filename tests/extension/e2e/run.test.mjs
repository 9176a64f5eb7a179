// `./build.sh run`: a person's own browser and server, opened together and kept.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { findBrowser } from "../../../scripts/run/find.mjs";
import { isHeard, ownAgent } from "../../../scripts/run/kept.mjs";
import { letRestart, makeReady, switchOnAgain } from "../../../scripts/run/make-ready.mjs";
import {
  EXECUTABLE,
  EXTENSION,
  QUIET_PAGE,
  builtProgram,
  endsBy,
  extensionId,
  flags,
  runProgram,
  said,
  serve,
  startProgram,
  startServer,
  startSimulator,
  temporaryFolder,
  within,
} from "../../../scripts/world.mjs";
import { LEFT_OFF, SWITCHED_ON } from "../../../scripts/world/extensions-page.mjs";
import { startPipedBrowser } from "../../../scripts/world/piped-browser.mjs";

const ROOT = join(import.meta.dirname, "../../..");
const DEADLINE_MS = 120_000;
const LOOK_MS = 100;
const WORKS = /^paired: .*$[^]*^first task: done, 5 connections/m;

/** A display that nobody sees, gone with its test. */
async function displayFor(t) {
  const xvfb = await startProgram("Xvfb", ["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"]);
  t.after(() => xvfb.stop());
  return `:${xvfb.ready}`;
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(String(port)));
    });
  });

/** One run of the program: what it says, and its end by Ctrl-C. */
function start(t, environment, more = []) {
  const child = spawn(process.execPath, [join(ROOT, "scripts/run.mjs"), ...more], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  let hear = () => {};
  const take = (piece) => ((text += piece), hear());
  child.stdout.setEncoding("utf8").on("data", take);
  child.stderr.setEncoding("utf8").on("data", take);
  const ended = new Promise((resolve) => child.on("close", (code) => (hear(), resolve(code))));
  const stop = endsBy(async () => (child.kill("SIGINT"), ended));
  t.after(stop);

  async function says(wanted) {
    const heard = new Promise((resolve, reject) => {
      hear = () => {
        if (wanted.test(text)) resolve(text);
        else if (child.exitCode !== null) reject(new Error(`it ended and said\n${text}`));
      };
      hear();
    });
    return within(heard, DEADLINE_MS, `${wanted} in\n${text}`).catch((error) => {
      throw new Error(`${error.message}\n${text}`);
    });
  }
  return { says, stop };
}

test("without a display it ends with a sentence that helps, before it builds anything", async () => {
  const script = `cd "${ROOT}" && exec env -u DISPLAY -u WAYLAND_DISPLAY ./build.sh run`;
  const { code, stdout, stderr } = await runProgram("bash", ["-c", script]);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /There is no display here/);
  assert.match(stderr, /\.\/build\.sh demo/);
});

test("with --simulator it is paired and does a first task, and is paired still when it is started again", async (t) => {
  const environment = { DISPLAY: await displayFor(t), XDG_DATA_HOME: temporaryFolder("data") };
  const more = ["--simulator", "--port", await freePort()];
  const first = start(t, environment, more);
  await first.says(WORKS);
  await first.stop();

  const database = join(environment.XDG_DATA_HOME, "liaison/simulator/liaison.db");
  const agents = async () => JSON.parse(await said("agent list --json", database));
  const [paired, ...others] = await agents();
  assert.deepEqual(others, []);
  const again = start(t, environment, more);
  const text = await again.says(/^From another terminal/m);
  assert.match(text, WORKS);
  await again.stop();
  const [known, ...strangers] = await agents();
  assert.deepEqual([known.id, strangers], [paired.id, []], "it was not paired anew");
  // Told from the second poll on: the first one's answer says that the server asks for it.
  assert.equal(known.usage.day.limit, 10, "nobody has chosen limits yet, so the careful ones hold");

  const ready = JSON.parse(readFileSync(join(environment.XDG_DATA_HOME, "liaison/simulator/ready.json"), "utf8"));
  assert.equal(ready.agent, paired.id, "as whom the server knows it");

  const key = text.match(/\$\(cat '(.+?)'\)/)[1];
  assert.equal(statSync(key).mode & 0o077, 0, "nobody else reads the key");
  assert.doesNotMatch(text, /lsk_/, "the key itself stands nowhere on the screen");
});

test("a browser that another one took the place of is not said to be paired, though that one works", async (t) => {
  const environment = { DISPLAY: await displayFor(t), XDG_DATA_HOME: temporaryFolder("data") };
  const port = await freePort();
  const more = ["--simulator", "--port", port];
  const first = start(t, environment, more);
  await first.says(WORKS);
  await first.stop();

  const database = join(environment.XDG_DATA_HOME, "liaison/simulator/liaison.db");
  const url = `http://127.0.0.1:${port}`;
  const call = async (path, body, headers = {}) => (await fetch(`${url}/agent/v1/${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) })).json();
  const server = await serve(database, new URL(url).host);
  const { token } = await call("pair", { code: await said("pair", database), name: "another" });
  await server.stop();

  const again = start(t, environment, more);
  await again.says(/^Liaison is running/m);
  const poll = { instance: "i-1", version: "0.1.0", account: "acc-1", wait_ms: 25_000, state: "ready", accepts: [], waiting: [], held: [] };
  const parked = call("poll", poll, { authorization: `Bearer ${token}` }).catch(() => null); // ends with the server
  const text = await again.says(/^(paired:|The server goes on running here)/m);
  assert.doesNotMatch(text, /^paired:/m);
  assert.match(text, /another was paired in its place/);
  await again.stop();
  await parked;
});

test("heard of is the browser of this profile, and beside others only what the server has noted since", () => {
  const at = (id, seconds, online = true) => ({ id, online, last_seen_at: new Date(seconds * 1_000).toISOString() });
  assert.equal(isHeard([at("own", 5)], "own", 9_000), true, "alone, it is enough to have been heard lately");
  assert.equal(isHeard([at("own", 5, false)], "own", 9_000), false);
  assert.equal(isHeard([at("own", 5), at("other", 20)], "own", 9_000), false);
  assert.equal(isHeard([at("own", 10), at("other", 20)], "own", 9_000), true);
  assert.equal(isHeard([at("own", 5), at("other", 1, false)], "own", 9_000), true);
  assert.equal(isHeard([at("other", 20)], "own", 9_000), false);
  assert.equal(isHeard([at("other", 20)], "", 9_000), false);

  const ids = (...all) => all.map((id) => ({ id }));
  assert.equal(ownAgent(ids("a"), ids("a", "b"), "x"), "b", "paired just now");
  assert.equal(ownAgent(ids("a", "b"), ids("a", "b"), "b"), "b");
  assert.equal(ownAgent(ids("a"), ids("a"), ""), "a", "the only one there is");
  assert.equal(ownAgent(ids("a", "b"), ids("a", "b"), ""), "");
});

test("a browser that takes no extension by a switch gets it over the pipe", async (t) => {
  const folder = temporaryFolder("chrome");
  const chrome = join(folder, "google-chrome");
  writeFileSync(chrome, `#!/bin/sh\n[ "$1" != --version ] || { echo "Google Chrome 140.0.7339.80"; exit; }\nexec '${EXECUTABLE}' "$@"\n`);
  chmodSync(chrome, 0o755);
  assert.equal((await findBrowser(chrome)).takesSwitch, false);
  const environment = { DISPLAY: await displayFor(t), XDG_DATA_HOME: temporaryFolder("data"), CHROME: chrome };
  const run = start(t, environment, ["--simulator", "--port", await freePort()]);
  assert.match(await run.says(/navigator\.webdriver/), WORKS);
  await run.stop();
});

test("a package that has changed is the one that works, under the same version too", async (t) => {
  const [simulator, server] = await Promise.all([startSimulator(), startServer()]);
  t.after(() => Promise.all([simulator.stop(), server.stop()]));
  const { extension, become } = packageOfEditions();
  const how = { profile: temporaryFolder("profile"), url: server.url, simulator, newCode: server.newPairingCode, extension };
  for (const edition of ["first", "second"]) {
    become(edition);
    await makeReady(EXECUTABLE, how);
    assert.equal(await editionOf(how), edition);
  }
});

test("where the developer mode can't be had its person is told, and the rest goes on", async () => {
  const visit = async () => {};
  const told = [];
  for (const evaluate of [async () => true, async () => false, () => Promise.reject(new Error("no such call"))]) {
    await letRestart({ visit, evaluate }, (line) => told.push(line));
  }
  await letRestart({ visit: () => Promise.reject(new Error("no such page")), evaluate: async () => true }, (line) => told.push(line));
  assert.equal(told.length, 3);
  assert.match(told[0], /^Switch on "Developer mode" in chrome:\/\/extensions\//);
});

test("where it was left off and can't be switched on its person is told", async () => {
  const visit = async () => {};
  const told = [];
  const say = (line) => told.push(line);
  for (const answer of [null, LEFT_OFF, SWITCHED_ON]) await switchOnAgain({ visit, evaluate: async () => answer }, say);
  await switchOnAgain({ visit, evaluate: () => Promise.reject(new Error("no such call")) }, say);
  assert.equal(told.length, 2);
  assert.match(told[0], /^Switch Liaison on in chrome:\/\/extensions\//);
});

test("a browser that died in a restart of Liaison has it on at the next start, or at the one after", async (t) => {
  const folder = temporaryFolder("real");
  const [CHROME, calls, fails] = ["chromium", "calls", "fails"].map((name) => join(folder, name));
  // The real LinkedIn is out of reach, and the fast build is the one that is there.
  writeFileSync(CHROME, `#!/bin/sh
echo "$*" >>"${calls}"
case "$*" in *--headless=new*) test ! -e "${fails}" || exit 1 ;; esac
exec "${EXECUTABLE}" "$@" "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
`, { mode: 0o755 });
  symlinkSync(dirname(builtProgram("liaison-server")), join(folder, "release"));
  const environment = { DISPLAY: await displayFor(t), XDG_DATA_HOME: folder, CARGO_TARGET_DIR: folder, CHROME };
  const more = ["--port", await freePort()];
  const profile = join(folder, "liaison/browser");
  const isMarked = () => existsSync(join(folder, "liaison/window-open"));
  const end = async (run, signal) => {
    await runProgram("pkill", [`-${signal}`, "-o", "-f", `user-data-dir=${profile}`]);
    await run.says(/^The browser was closed/m);
    await run.stop();
  };
  const first = start(t, environment, more);
  await first.says(/^paired:/m);
  await end(first, "KILL");
  assert.equal(isMarked(), true, "it did not end in order");
  leaveOff(profile);
  const left = inodeOf(preferencesOf(profile));

  writeFileSync(fails, "");
  const second = start(t, environment, more);
  await second.says(/^The browser could not be looked at/m);
  await second.says(/^Liaison is running/m);
  await writtenAnew(preferencesOf(profile), left);
  await end(second, "TERM");
  assert.equal(isMarked(), true, "nobody has looked");
  rmSync(fails);

  const third = start(t, environment, more);
  await third.says(/^Liaison is switched on again/m);
  await third.says(/^paired:/m);
  await end(third, "TERM");
  assert.equal(isMarked(), false);

  writeFileSync(calls, "");
  const fourth = start(t, environment, more);
  await fourth.says(/^paired:/m);
  assert.doesNotMatch(readFileSync(calls, "utf8"), /--headless=new/);
  await fourth.stop();
});

const preferencesOf = (profile) => join(profile, "Default", "Preferences");

const inodeOf = (file) => statSync(file, { throwIfNoEntry: false })?.ino;

/** Comes back when the browser has put another file in the place of this one, and so is all there. */
async function writtenAnew(file, inode) {
  for (const end = Date.now() + DEADLINE_MS; [inode, undefined].includes(inodeOf(file)); ) {
    assert.ok(Date.now() < end, "the browser has not written its preferences down");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** As Chrome writes it down of an extension that came by the switch: "reloading". */
function leaveOff(profile) {
  const file = preferencesOf(profile);
  const preferences = JSON.parse(readFileSync(file, "utf8"));
  Object.assign(preferences.extensions.settings[extensionId()], { location: 8, creation_flags: 38, disable_reasons: [4] });
  writeFileSync(file, JSON.stringify(preferences));
}

test("what Chrome has left off, since it died in a restart, is on again, and the package that is there now", async (t) => {
  const [simulator, server] = await Promise.all([startSimulator(), startServer()]);
  t.after(() => Promise.all([simulator.stop(), server.stop()]));
  const { extension, become } = packageOfEditions();
  const told = [];
  const say = (line) => told.push(line);
  const how = { profile: temporaryFolder("profile"), url: server.url, simulator, newCode: server.newPairingCode, extension, say };
  become("first");
  await makeReady(EXECUTABLE, how);
  assert.equal(await editionOf(how), "first");
  leaveOff(how.profile);
  become("second");
  assert.equal(await makeReady(EXECUTABLE, how), false, "it was paired, and is");
  assert.equal(told.length, 1);
  assert.match(told[0], /^Liaison is switched on again/);
  assert.equal(await editionOf(how), "second");
});

test("in a browser that was made ready Liaison can be restarted from its popup", async (t) => {
  const [simulator, server] = await Promise.all([startSimulator(), startServer()]);
  t.after(() => Promise.all([simulator.stop(), server.stop()]));
  const profile = temporaryFolder("profile");
  await makeReady(EXECUTABLE, { profile, url: server.url, simulator, newCode: server.newPairingCode });
  const browser = startPipedBrowser(EXECUTABLE, ["--headless=new", `--user-data-dir=${profile}`, ...flags(simulator)]);
  t.after(() => browser.stop());
  const popup = await browser.openPage();
  await popup.visit(`chrome-extension://${extensionId()}/popup/popup.html`);
  const closed = new Promise((resolve) => browser.on("Target.detachedFromTarget", resolve));
  popup.evaluate(`document.getElementById("restart").click()`).catch(() => {});
  await within(closed, DEADLINE_MS, "the popup to go");
  const back = await browser.openPage();
  const answer = async () => {
    for (;;) {
      // While the extension is being restarted there is no such page, and then no worker yet.
      await back.visit(`chrome-extension://${extensionId()}/${QUIET_PAGE}`);
      const said = await back.evaluate('chrome.runtime.sendMessage({ kind: "status" })').catch(() => null);
      if (said) return said;
    }
  };
  const { ok, status } = await within(answer(), DEADLINE_MS, "the worker to be back");
  assert.deepEqual([ok, status.server.url], [true, server.url]);
});

/** A copy of the package whose worker can be made to tell which edition it is of. */
function packageOfEditions() {
  const extension = join(temporaryFolder("package"), "extension");
  cpSync(EXTENSION, extension, { recursive: true });
  const worker = join(extension, "service-worker.js");
  const shipped = readFileSync(worker, "utf8");
  const become = (edition) => writeFileSync(worker, `${shipped}\nglobalThis.edition = "${edition}";\n`);
  return { extension, become };
}

/** What the worker of a browser that was made ready says of itself. */
async function editionOf({ profile, extension, simulator }) {
  const browser = startPipedBrowser(EXECUTABLE, ["--headless=new", `--user-data-dir=${profile}`, ...flags(simulator, extension)]);
  try {
    const page = await browser.openPage();
    await page.visit(`chrome-extension://${extensionId()}/${QUIET_PAGE}`);
    await within(page.evaluate('chrome.runtime.sendMessage({ kind: "status" })'), DEADLINE_MS, "the worker to answer");
    const { targetInfos } = await browser.call("Target.getTargets");
    const { targetId } = targetInfos.find(({ type }) => type === "service_worker");
    const { sessionId } = await browser.call("Target.attachToTarget", { targetId, flatten: true });
    const { result } = await browser.call("Runtime.evaluate", { expression: "edition" }, sessionId);
    return result.value;
  } finally {
    await browser.stop();
  }
}

test("where no browser can be opened it says how to load the extension by hand, and goes on serving", async (t) => {
  const port = await freePort();
  const run = start(t, { DISPLAY: await displayFor(t), XDG_DATA_HOME: temporaryFolder("data"), CHROME: "/bin/false" }, ["--simulator", "--port", port]);
  const text = await run.says(/goes on running/);
  const [, folder] = text.match(/choose the folder (.+)$/m);
  assert.ok(existsSync(join(folder, "manifest.json")), folder);
  assert.match(text, /code {4}[0-9A-Z-]{6,} /);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text(), "ok");
  await run.stop();
});

test("Chrome for Testing and Chromium take it by a switch, Chrome and Edge do not", async () => {
  const folder = temporaryFolder("browsers");
  const named = async (name, said) => {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${said}"\n`, { mode: 0o755 });
    return (await findBrowser(join(folder, name)))?.takesSwitch;
  };
  assert.equal(await named("a", "Chromium 140.0.1"), true);
  assert.equal(await named("b", "Google Chrome for Testing 140.0.1"), true);
  assert.equal(await named("c", "Brave Browser 140.1.2"), true);
  assert.equal(await named("d", "Google Chrome 140.0.1"), false);
  assert.equal(await named("e", "Microsoft Edge 140.0.1"), false);
});

// @ts-check
// What stays between two runs, all of it in one folder that is readable for its owner alone: the server's database, the browser's
// profile, an API key, with what the profile was last made ready and as whom the server knows it, and whether its window is open.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { EXTENSION } from "../world.mjs";

/** Where the server keeps its data when nobody says where: what is made here, its other commands find. */
const dataFolder = () =>
  join(process.env.XDG_DATA_HOME || process.env.LOCALAPPDATA || join(homedir(), ".local/share"), "liaison");

const WINDOW = "window-open";

/** @param {boolean} simulated apart from what is real */
export function keptIn(simulated) {
  const folder = simulated ? join(dataFolder(), "simulator") : dataFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (name) => join(folder, name);
  const read = (name) => (existsSync(file(name)) ? readFileSync(file(name), "utf8").trim() : "");
  const write = (name, text) => writeFileSync(file(name), `${text}\n`, { mode: 0o600 });
  const ready = () => readyOf(read("ready.json"));
  return {
    folder,
    database: file("liaison.db"),
    profile: file("browser"),
    keyFile: file("api-key"),
    apiKey: () => read("api-key"),
    keepApiKey: (key) => write("api-key", key),
    isReadyFor: (state) => JSON.stringify(ready().state) === JSON.stringify(state),
    /** The server's id for the browser of this profile; none is known before it was paired here. */
    agent: () => ready().agent,
    keepReady: (state, agent) => write("ready.json", JSON.stringify({ ...state, agent })),
    /** Its window has not ended in order, or is open still, or a look that was due has failed. The browser may have left the extension off. */
    wasLeftOpen: () => existsSync(file(WINDOW)),
    windowOpens: () => write(WINDOW, ""),
    windowEnded: () => rmSync(file(WINDOW), { force: true }),
  };
}

/** @param {string} text */
function readyOf(text) {
  try {
    const { agent = "", ...state } = JSON.parse(text);
    return { agent, state };
  } catch {
    return { agent: "", state: null };
  }
}

/**
 * Which of the server's browsers is the one that was made ready just now: the one that was not there before, or the one that it was.
 *
 * @param {{ id: string }[]} before
 * @param {{ id: string }[]} now
 * @param {string} kept
 */
export function ownAgent(before, now, kept) {
  const came = now.find(({ id }) => !before.some((known) => known.id === id));
  return came?.id ?? (kept || (now.length === 1 ? now[0].id : ""));
}

/**
 * Whether a poll that waits at the server may be this browser's. The server notes once a minute that it hears of one, so where no
 * other is about, it is enough that it did so lately.
 *
 * @param {{ id: string, online: boolean, last_seen_at: string }[]} agents of the server, without those that others took the place of
 * @param {string} own
 * @param {number} openedAt
 */
export function isHeard(agents, own, openedAt) {
  const mine = agents.find(({ id }) => id === own);
  const isAlone = !agents.some(({ id, online }) => id !== own && online);
  return mine !== undefined && mine.online && (isAlone || Date.parse(mine.last_seen_at) >= openedAt);
}

/** The package as it is now: a browser keeps the worker of an older one until it is told. */
export function packageDigest() {
  const digest = createHash("sha256");
  const names = readdirSync(EXTENSION, { recursive: true }).map(String).sort();
  for (const name of names.filter((one) => statSync(join(EXTENSION, one)).isFile())) {
    digest.update(`${name}\0`).update(readFileSync(join(EXTENSION, name)));
  }
  return digest.digest("hex");
}

// @ts-check
// What stays between two runs, all of it in one folder that is readable for its owner alone: the server's database, the browser's
// profile, an API key, and with what the profile was last made ready.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { EXTENSION } from "../world.mjs";

/** Where the server keeps its data when nobody says where: what is made here, its other commands find. */
const dataFolder = () =>
  join(process.env.XDG_DATA_HOME || process.env.LOCALAPPDATA || join(homedir(), ".local/share"), "liaison");

/** @param {boolean} simulated apart from what is real */
export function keptIn(simulated) {
  const folder = simulated ? join(dataFolder(), "simulator") : dataFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (name) => join(folder, name);
  const read = (name) => (existsSync(file(name)) ? readFileSync(file(name), "utf8").trim() : "");
  const write = (name, text) => writeFileSync(file(name), `${text}\n`, { mode: 0o600 });
  return {
    folder,
    database: file("liaison.db"),
    profile: file("browser"),
    keyFile: file("api-key"),
    apiKey: () => read("api-key"),
    keepApiKey: (key) => write("api-key", key),
    isReadyFor: (state) => read("ready.json") === JSON.stringify(state),
    keepReady: (state) => write("ready.json", JSON.stringify(state)),
  };
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

// @ts-check
// Which browser of this machine can be opened with the extension in it, and how it takes one.

import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { runProgram } from "../world/process.mjs";

/**
 * Those first that take an extension by a switch, since nothing can look into them then. Names are looked for in PATH.
 */
const PLACES = [
  ...["chromium", "chromium-browser", "brave-browser", "brave", "google-chrome", "google-chrome-stable", "chrome"],
  ...["microsoft-edge", "microsoft-edge-stable"],
  ...["Chromium", "Brave Browser", "Google Chrome", "Microsoft Edge"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
];
/** They have dropped `--load-extension`: Chrome with 137, and Edge after it. The build of Chrome that is for tests has it still. */
const WITHOUT_SWITCH = /^(Google Chrome(?! for Testing)|Microsoft Edge)\b/;

/** @typedef {{ executable: string, name: string, takesSwitch: boolean }} Found */

/**
 * @param {string | undefined} named what a person has said
 * @param {string[]} [places]
 * @returns {Promise<Found | null>} none when no browser is there, or when what was named is none
 */
export async function findBrowser(named, places = PLACES) {
  for (const place of named ? [named] : places) {
    const executable = located(place);
    const name = executable && (await versionOf(executable));
    if (executable && name) return { executable, name, takesSwitch: !WITHOUT_SWITCH.test(name) };
  }
  return null;
}

/** @param {string} place */
function located(place) {
  const folders = isAbsolute(place) ? [""] : (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, place)).find(isProgram);
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} executable */
async function versionOf(executable) {
  const { code, stdout } = await runProgram(executable, ["--version"]).catch(() => ({ code: 1, stdout: "" }));
  return code === 0 ? stdout.trim() : "";
}

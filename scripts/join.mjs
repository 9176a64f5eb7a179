// What a person waits for is one file each in the package: Chrome takes its time for every module that it loads
// (docs/decisions/0009-joined-modules.md). The sources stay plain modules, and load as they are as well.

import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { build } from "esbuild";

const JOINED = ["popup/popup.css", "popup/popup.js", "service-worker.js"];

/** Nothing is minified: whoever looks into the package can read it. */
const AS_WRITTEN = { bundle: true, format: "esm", charset: "utf8", legalComments: "none", logLevel: "warning" };

/**
 * Writes the joined files to the package.
 *
 * @param {string} source the folder of the extension
 * @param {string} to the folder of the package
 * @param {string} chrome the oldest version that has to understand it
 */
export async function writeJoined(source, to, chrome) {
  const where = { absWorkingDir: source, entryPoints: JOINED, outbase: source, outdir: to, allowOverwrite: true };
  await build({ ...AS_WRITTEN, ...where, target: `chrome${chrome}` });
}

/**
 * Which of the extension's files have to ship: all but the modules that nothing but joined files import.
 *
 * @param {string} source
 * @param {string[]} files paths from the folder of the extension, with slashes
 * @returns {Promise<string[]>}
 */
export async function needed(source, files) {
  const entryPoints = files
    .filter((file) => file.endsWith(".html"))
    .flatMap((page) => scriptsOf(source, page))
    .filter((script) => !JOINED.includes(script));
  const { metafile } = await build({ ...AS_WRITTEN, absWorkingDir: source, entryPoints, outdir: source, write: false, metafile: true });
  const loaded = new Set([...JOINED, ...Object.keys(metafile.inputs)]);
  return files.filter((file) => !file.endsWith(".js") || loaded.has(file));
}

function scriptsOf(source, page) {
  const named = [...readFileSync(posix.join(source, page), "utf8").matchAll(/<script[^>]*\ssrc="([^"]+)"/g)];
  if (named.length === 0) throw new Error(`${page} names no script`);
  return named.map(([, script]) => posix.join(posix.dirname(page), script));
}

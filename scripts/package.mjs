// From extension/ to what ships: dist/extension, to load unpacked as it is, and dist/liaison-<version>.zip.
// The zip is the same, byte for byte, for the same files: names in order, one fixed date, no attributes.

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { needed, writeJoined } from "./join.mjs";

// fflate writes the date in local time, as zip files have it.
process.env.TZ = "UTC";
const ZIP_DATE = new Date("1980-01-01T00:00:00Z");

// What a developer needs and Chrome does not: types and type-checker settings.
const LEFT_OUT = [/\.d\.ts$/, /(^|\/)tsconfig.*\.json$/, /(^|\/)\./, /\.md$/, /(^|\/)package(-lock)?\.json$/];
const EVALUATED = /\beval\s*\(|\bnew\s+Function\b/;

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "extension");
const dist = join(root, "dist");
const unpacked = join(dist, "extension");

/** Every file below a folder, as paths with slashes, in a fixed order. */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => String(name).replaceAll("\\", "/"))
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

function fail(message) {
  console.error(`package: ${message}`);
  process.exit(1);
}

if (!existsSync(join(source, "pkg/liaison_bg.wasm"))) fail("pkg/liaison_bg.wasm is missing: build the core first");

const manifest = JSON.parse(readFileSync(join(source, "manifest.json"), "utf8"));
const shipped = await needed(
  source,
  filesBelow(source).filter((name) => !LEFT_OUT.some((pattern) => pattern.test(name))),
);

rmSync(unpacked, { recursive: true, force: true });
mkdirSync(unpacked, { recursive: true });
for (const name of shipped) cpSync(join(source, name), join(unpacked, name));
await writeJoined(source, unpacked, manifest.minimum_chrome_version);

for (const name of shipped.filter((file) => /\.(js|mjs|html)$/.test(file))) {
  if (EVALUATED.test(readFileSync(join(unpacked, name), "utf8"))) fail(`${name} evaluates text as code`);
}

const entries = Object.fromEntries(
  shipped.map((name) => [name, [readFileSync(join(unpacked, name)), { level: 9, mtime: ZIP_DATE }]]),
);
for (const old of readdirSync(dist)) if (/^liaison-.*\.zip$/.test(old)) rmSync(join(dist, old));
const zipPath = join(dist, `liaison-${manifest.version}.zip`);
const zip = zipSync(entries);
writeFileSync(zipPath, zip);

const wasm = readFileSync(join(unpacked, "pkg/liaison_bg.wasm"));
const glue = readFileSync(join(source, "pkg/liaison.js"));
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const sizes = [
  `wasm ${kilobytes(wasm.length)} (${kilobytes(gzipSync(wasm, { level: 9 }).length)} gzipped)`,
  `glue ${kilobytes(glue.length)}`,
  `package ${kilobytes(zip.length)} in ${shipped.length} files: ${relative(root, zipPath)}`,
].join("\n");
mkdirSync(join(root, "target"), { recursive: true });
writeFileSync(join(root, "target/sizes.txt"), `${sizes}\n`);
console.log(sizes);

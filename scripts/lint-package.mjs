// dist/extension through the linter that knows what a manifest may say: unknown keys and permissions, icons that are not what
// they are said to be, code that is not allowed. It is Firefox's, so a copy is linted that has what only Firefox wants.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "liaison-lint-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
cpSync(join(root, "dist/extension"), folder, { recursive: true });

const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
const gecko = { id: "liaison@example.com", data_collection_permissions: { required: ["none"] } };
writeFileSync(join(folder, "manifest.json"), JSON.stringify({ ...manifest, browser_specific_settings: { gecko } }));

// As self-hosted, since it is no listing of Mozilla's; with warnings counted, of which there are none either.
const args = ["--self-hosted", "--enable-background-service-worker", "--warnings-as-errors", "--boring", "--output", "json", folder];
const { stdout, stderr, error } = spawnSync(join(root, "node_modules/.bin/addons-linter"), args, { encoding: "utf8" });
if (error || !stdout.trim()) fail(`addons-linter said nothing: ${error?.message ?? stderr}`);

const { errors, warnings } = JSON.parse(stdout);
for (const { code, message, description, file, line } of [...errors, ...warnings]) {
  console.error(`${code} ${[file, line].filter(Boolean).join(":")}: ${message} ${description}`);
}
if (errors.length + warnings.length > 0) fail(`${errors.length} errors, ${warnings.length} warnings`);
console.log("manifest and package: no error and no warning");

function fail(message) {
  console.error(`lint-package: ${message}`);
  process.exit(1);
}

/** What the package's joined files are made of, and which modules it then does without. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { needed, writeJoined } from "../../../scripts/join.mjs";

const folder = mkdtempSync(join(tmpdir(), "liaison-join-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const FILES = {
  "lib/all.css": "p { color: red }",
  "lib/both.js": "export const both = (said) => globalThis.heard.push(said);",
  "lib/popup-alone.js": 'import { both } from "./both.js"; export const greet = () => both("\\u2068greeted\\u2069");',
  "options/options.html": '<script type="module" src="options.js"></script>',
  "options/options.js": 'import { both } from "../lib/both.js"; both("options");',
  "pkg/core.js": 'export const core = "core";',
  "pkg/core.wasm": "no script",
  "popup/popup.css": '@import url("../lib/all.css"); em { color: blue }',
  "popup/popup.html": '<link rel="stylesheet" href="popup.css"><script type="module" src="popup.js"></script>',
  "popup/popup.js": 'import { greet } from "../lib/popup-alone.js"; greet();',
  "service-worker.js": 'import { core } from "./pkg/core.js"; import { both } from "./lib/both.js"; both(core);',
};
const source = join(folder, "source");
for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(source, path)), { recursive: true });
  writeFileSync(join(source, path), text);
}

test("a module ships if a page that is not joined loads it, and whatever is no module", async () => {
  const left = Object.keys(FILES).filter((path) => !["lib/popup-alone.js", "pkg/core.js"].includes(path));
  assert.deepEqual(await needed(source, Object.keys(FILES)), left);
});

test("a page whose script can't be found is no page without one", async () => {
  writeFileSync(join(source, "odd.html"), "<script type=module src=odd.js></script>");
  await assert.rejects(needed(source, ["odd.html"]), /odd\.html names no script/);
});

test("a joined file does by itself what it did with its imports", async () => {
  const to = join(folder, "package");
  await writeJoined(source, to, "120");
  const heard = (globalThis.heard = []);
  for (const script of ["popup/popup.js", "service-worker.js"]) {
    assert.doesNotMatch(readFileSync(join(to, script), "utf8"), /^\s*import\b/m, script);
    await import(pathToFileURL(join(to, script)).href);
  }
  assert.deepEqual(heard, ["\u2068greeted\u2069", "core"]);
  const style = readFileSync(join(to, "popup/popup.css"), "utf8");
  assert.ok(style.indexOf("red") < style.indexOf("blue") && !style.includes("@import"), style);
});

// The package that the other tests load is the one that ships.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { unzipSync } from "fflate";

const DIST = join(import.meta.dirname, "../../../dist");
const UNPACKED = join(DIST, "extension");
const manifest = JSON.parse(readFileSync(join(UNPACKED, "manifest.json"), "utf8"));

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile());

test("the zip holds the unpacked extension, byte for byte", () => {
  const zipped = unzipSync(readFileSync(join(DIST, `liaison-${manifest.version}.zip`)));
  assert.deepEqual(Object.keys(zipped).sort(), filesBelow(UNPACKED).sort());
  for (const [name, bytes] of Object.entries(zipped)) {
    assert.ok(Buffer.from(bytes).equals(readFileSync(join(UNPACKED, name))), name);
  }
});

test("nothing but what Chrome needs is in it", () => {
  const known = /\.(js|json|html|css|png|svg|wasm)$/;
  assert.deepEqual(filesBelow(UNPACKED).filter((name) => !known.test(name)), []);
  assert.deepEqual(filesBelow(UNPACKED).filter((name) => /tsconfig|\.d\.ts$/.test(name)), []);
});

test("it asks for no more than it needs", () => {
  assert.deepEqual([...manifest.permissions].sort(), ["alarms", "cookies", "storage"]);
  assert.equal(manifest.content_scripts, undefined);
  assert.equal(manifest.web_accessible_resources, undefined);
  assert.equal(manifest.externally_connectable, undefined);
  const policy = manifest.content_security_policy.extension_pages.replace("'wasm-unsafe-eval'", "");
  assert.doesNotMatch(policy, /unsafe-/);
});

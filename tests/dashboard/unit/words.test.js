import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { GERMAN } from "../../../crates/server/dashboard/words-de.js";
import { ENGLISH } from "../../../crates/server/dashboard/words-en.js";
import { choose, isSaid, speak, t } from "../../../crates/server/dashboard/words.js";

const FOLDER = new URL("../../../crates/server/dashboard/", import.meta.url);
const modules = readdirSync(FOLDER).filter((name) => name.endsWith(".js") && !name.startsWith("words"));
const sources = modules.map((name) => readFileSync(new URL(name, FOLDER), "utf8")).join("\n");
const page = readFileSync(new URL("index.html", FOLDER), "utf8");
const protocol = readFileSync(new URL("../../../crates/protocol/src/code.rs", import.meta.url), "utf8");
const wireNames = (name) => [...protocol.match(new RegExp(`\\b${name} \\{([^}]*)\\}`))[1].matchAll(/= "(\w+)"/g)].map(([, code]) => code);
const events = readFileSync(new URL("../../../crates/server/src/store/event.rs", import.meta.url), "utf8");

const holes = (words) => [...words.matchAll(/\$\d/g)].map(([hole]) => hole).sort();

test("both languages have the same keys in the same order, and the same holes to be filled", () => {
  assert.deepEqual(Object.keys(GERMAN), Object.keys(ENGLISH));
  for (const [key, words] of Object.entries(ENGLISH)) assert.deepEqual(holes(GERMAN[key]), holes(words), key);
});

test("no two things are called the same by mistake, and nothing is left in the other language", () => {
  const same = Object.keys(ENGLISH).filter((key) => ENGLISH[key] === GERMAN[key]);
  assert.deepEqual(same.sort(), ["column_name", "duration_hours", "duration_minutes", "duration_seconds", "page_title", "pairing_option", "team"]);
});

/** Keys that are put together from a code: what the code may be is known elsewhere. */
const BUILT = /^(kind|waiting|failed|refused|event|browser|finding|sort|status|column|view|pairing_role)_/;

test("every key is used, and every key that is used is there", () => {
  const quoted = new Set([...sources.matchAll(/"([a-z][A-Za-z0-9_]*)"/g), ...page.matchAll(/data-i18n(?:-label)?="(\w+)"/g)].map(([, key]) => key));
  const unused = Object.keys(ENGLISH).filter((key) => !quoted.has(key) && !BUILT.test(key));
  assert.deepEqual(unused, []);
  const named = [...page.matchAll(/data-i18n(?:-label)?="(\w+)"/g)].map(([, key]) => key);
  assert.deepEqual(named.filter((key) => !isSaid(key)), []);
});

test("every code, reason and event of the server has its words, and a reason also what to do", () => {
  const failures = wireNames("ErrorCode");
  const reasons = wireNames("WaitReason");
  const happened = ["created", "completed", "failed", ...[...events.matchAll(/Self::\w+ => "(\w+)"/g)].map(([, name]) => name)];
  assert.ok(failures.length > 20 && reasons.length > 15 && happened.length > 10, "the codes could not be read");
  const wanted = [...failures.flatMap((code) => [`failed_${code}`, `failed_${code}_remedy`]), ...reasons.flatMap((reason) => [`waiting_${reason}`, `waiting_${reason}_remedy`]), ...happened.map((name) => `event_${name}`)];
  assert.deepEqual(wanted.filter((key) => !isSaid(key)), []);
});

test("the first language that is spoken is taken, with its region", () => {
  assert.equal(choose(["fr-FR", "de-CH", "en"]), "de-CH");
  assert.equal(choose(["EN-us"]), "EN-us");
  assert.equal(choose(["fr", "constructor"]), "en");
  assert.equal(choose([]), "en");
});

test("holes are filled with what is given, even when that looks like a hole", () => {
  speak("en");
  assert.equal(t("progress_of", "$2", 5), "$2 of 5");
  assert.equal(t("key_made", "$&"), "The key “$&” is made");
  speak("de-AT");
  assert.equal(t("progress_of", 4, 5), "4 von 5");
  speak("en");
});

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
const ready = readFileSync(new URL("../../../crates/protocol/src/poll.rs", import.meta.url), "utf8");
const errors = readFileSync(new URL("../../../crates/server/src/error.rs", import.meta.url), "utf8");
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

/** Codes of errors that this page is never told, or tells in other words than theirs: why. */
const NOT_SAID = {
  unauthorised: "one is asked to sign in",
  invalid_input: "the server's own sentence names the member",
  ...Object.fromEntries(["read_only_key", "missing_scope", "too_often"].map((code) => [code, "of API keys"])),
  ...Object.fromEntries(["too_many_guesses", "superseded", "invalid_message", "lease_lost", "result_conflict", "task_closed"].map((code) => [code, "of browsers"])),
  ...Object.fromEntries(["metrics_closed", "webhook_limit", "method_not_allowed"].map((code) => [code, "of calls that this page does not make"])),
};
const failures = wireNames("ErrorCode");
const reasons = wireNames("WaitReason");
const happened = ["created", "completed", "failed", ...[...events.matchAll(/Self::\w+ => "(\w+)"/g)].map(([, name]) => name)];
const states = [...ready.match(/pub enum ReadyState \{([^}]*)\}/)[1].matchAll(/^ {4}(\w+),$/gm)].map(([, name]) => name.replace(/(?<=.)[A-Z]/g, "_$&").toLowerCase());
const codes = [...new Set([...errors.match(/fn status_and_code[\s\S]*?\n {4}\}\n/)[0].matchAll(/"([a-z_]+)"\)/g)].map(([, code]) => code))];
const refusals = [...codes.filter((code) => !(code in NOT_SAID)), "invitation_limit", "note_limit"];

const withRemedies = (prefix, names) => names.flatMap((name) => [`${prefix}_${name}`, `${prefix}_${name}_remedy`]);

/** Whatever can be put together from a code that somebody else has: the rest is quoted somewhere, or its end is. */
const FROM_CODES = new Set([...withRemedies("failed", failures), ...withRemedies("waiting", reasons), ...withRemedies("refused", refusals), ...happened.map((name) => `event_${name}`), ...states.map((name) => `browser_${name}`)]);

test("every key is used, and every key that is used is there", () => {
  const quoted = new Set([...sources.matchAll(/"([A-Za-z]\w*)"/g), ...page.matchAll(/data-i18n(?:-label)?="(\w+)"/g)].map(([, key]) => key));
  const beginnings = [...new Set([...sources.matchAll(/`([a-z_]+_)\$\{/g)].map(([, beginning]) => beginning))].filter((beginning) => !/^(failed|waiting|refused|event|browser)_$/.test(beginning));
  const built = (key) => beginnings.some((beginning) => key.startsWith(beginning) && quoted.has(key.slice(beginning.length)));
  const unused = Object.keys(ENGLISH).filter((key) => !quoted.has(key) && !built(key) && !FROM_CODES.has(key));
  assert.deepEqual(unused, []);
  const named = [...page.matchAll(/data-i18n(?:-label)?="(\w+)"/g)].map(([, key]) => key);
  assert.deepEqual(named.filter((key) => !isSaid(key)), []);
});

test("every code, reason, state, refusal and event of the server has its words, and a failure and a reason also what to do", () => {
  assert.ok(failures.length > 20 && reasons.length > 15 && happened.length > 10 && states.length > 3 && codes.length > 30, "the codes could not be read");
  const wanted = [...withRemedies("failed", failures), ...withRemedies("waiting", reasons), ...refusals.map((code) => `refused_${code}`), ...happened.map((name) => `event_${name}`), ...states.map((name) => `browser_${name}`)];
  assert.deepEqual(wanted.filter((key) => !isSaid(key)), []);
  assert.deepEqual(Object.keys(NOT_SAID).filter((code) => !codes.includes(code) && code !== "invalid_input"), [], "codes that there are no more");
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

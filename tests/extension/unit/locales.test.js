/** Every language says all that English says: the same keys in the same order, with the same places for values. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { EXTENSION, readJson } from "./support/chrome.js";

const languages = readdirSync(new URL("_locales/", EXTENSION));
const others = languages.filter((language) => language !== "en");
const wordsOf = (language) => readJson(`_locales/${language}/messages.json`);
const english = wordsOf("en");
const places = ({ message }) => (message.match(/\$(?:\d|\w+\$)/g) ?? []).sort();

/** What is the same word in both, or no word at all. */
const SAME_IN_GERMAN =
  /^(extension_name|direction|(pause|server|linkedin)_label|waiting_kinds|duration_\w+|version)$/;

test("English and German are there, and each language knows its own name", () => {
  assert.deepEqual(languages.sort(), ["de", "en"]);
  for (const language of languages) assert.equal(wordsOf(language).locale.message, language);
});

for (const language of others) {
  const words = wordsOf(language);

  test(`${language} has the keys of English, in the same order`, () => {
    assert.deepEqual(Object.keys(words), Object.keys(english));
  });

  test(`${language} puts the same values into each sentence`, () => {
    for (const [key, said] of Object.entries(english)) assert.deepEqual(places(words[key]), places(said), key);
  });

  test(`${language} leaves no sentence empty, and ends it where English does`, () => {
    for (const [key, { message }] of Object.entries(words)) {
      assert.equal(message, message.trim(), key);
      assert.ok(message, key);
      assert.equal(/[.?:]$/.exec(message)?.[0], /[.?:]$/.exec(english[key].message)?.[0], key);
    }
  });
}

test("nothing of the German is left in English, and nobody is called du", () => {
  const german = wordsOf("de");
  const same = Object.keys(german).filter((key) => german[key].message === english[key].message && !SAME_IN_GERMAN.test(key));
  assert.deepEqual(same, []);
  for (const [key, { message }] of Object.entries(german)) assert.doesNotMatch(message, /\b(du|dich|dir|deine?[mnrs]?)\b/i, key);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { installChrome } from "./support/chrome.js";

installChrome();
const limits = await import("../../../extension/lib/limits.js");
const { DEFAULTS, FIRST_HOURS, readFigure, readHours, refusedField } = limits;

const ceilings = { invites_per_day: 100, invites_per_week: 200, read_gap_ms: 1_000, invite_gap_ms: 5_000 };
const refusal = (name, typed) => readFigure(name, typed, ceilings).text;

test("a figure within its range is taken, in the unit of the settings", () => {
  const taken = [
    ["invites_per_day", "0", 0],
    ["invites_per_day", " 100 ", 100],
    ["invites_per_week", "200", 200],
    ["read_gap_ms", "1", 1_000],
    ["read_gap_ms", "1.5", 1_500],
    ["read_gap_ms", "600", 600_000],
    ["invite_gap_ms", "5", 5_000],
    ["invite_gap_ms", "8.125", 8_125],
    ["invite_gap_ms", "3600", 3_600_000],
  ];
  for (const [name, typed, value] of taken) assert.deepEqual(readFigure(name, typed, ceilings), { ok: true, value }, `${name} ${typed}`);
});

test("one beyond the ceiling is refused in words that name the range in the unit of the field", () => {
  assert.equal(refusal("invites_per_day", "101"), "Enter a whole number from 0 to 100.");
  assert.equal(refusal("invites_per_week", "201"), "Enter a whole number from 0 to 200.");
  assert.equal(refusal("read_gap_ms", "0.9"), "Enter a number of seconds from 1 to 600.");
  assert.equal(refusal("invite_gap_ms", "4"), "Enter a number of seconds from 5 to 3600.");
  assert.equal(refusal("invite_gap_ms", "3601"), "Enter a number of seconds from 5 to 3600.");
});

test("what is no figure is refused", () => {
  for (const typed of ["", "  ", "many", "-1", "1.5", "1e3", "Infinity", "NaN"]) assert.ok(refusal("invites_per_day", typed), typed);
  for (const typed of ["", "soon", "-5"]) assert.ok(refusal("read_gap_ms", typed), typed);
});

test("the range that is shown is the one in force, not one of the page's own", () => {
  assert.equal(limits.figureHint("invites_per_day", ceilings), "From 0 to 100. With 0 none goes out.");
  assert.equal(limits.figureHint("invites_per_day", { ...ceilings, invites_per_day: 50 }), "From 0 to 50. With 0 none goes out.");
  assert.deepEqual(limits.figureBounds("invite_gap_ms", ceilings), { min: "5", max: "3600" });
  assert.equal(readFigure("invites_per_day", "51", { ...ceilings, invites_per_day: 50 }).ok, false);
});

test("the defaults are within the ceilings, and a field shows each of them as it reads it", () => {
  for (const name of limits.FIGURE_NAMES) {
    const shown = limits.shownFigure(name, DEFAULTS[name]);
    assert.deepEqual(readFigure(name, shown, ceilings), { ok: true, value: DEFAULTS[name] });
  }
  assert.equal("paused" in DEFAULTS, false, "restoring limits does not let a paused agent go");
});

test("hours need a day, two times, and a time between them", () => {
  assert.deepEqual(readHours(FIRST_HOURS), { ok: true, hours: FIRST_HOURS });
  const night = { days: [6, 7], from: "22:00", to: "06:00" };
  assert.deepEqual(readHours(night), { ok: true, hours: night });
  const refused = [{ days: [] }, { from: "" }, { to: "" }, { from: "18:00" }].map((part) => readHours({ ...FIRST_HOURS, ...part }));
  for (const { ok, text } of refused) assert.ok(!ok && text);
  assert.equal(new Set(refused.map(({ text }) => text)).size, 3);
});

test("hours over midnight say so", () => {
  const night = limits.overnightLine({ ...FIRST_HOURS, from: "22:00", to: "06:00" });
  assert.match(night, /^Goes on until 0?6:00(\sAM)? on the following day\.$/);
  assert.equal(limits.overnightLine(FIRST_HOURS), "");
  assert.equal(limits.overnightLine({ ...FIRST_HOURS, to: "" }), "");
});

test("hours in force are said by the person's clock, and so is their absence", () => {
  assert.match(limits.hoursLine(FIRST_HOURS), /^0?9:00(\sAM)? to (18:00|6:00\sPM)$/);
  assert.equal(limits.hoursLine(null), "no working hours");
});

test("the week begins on Monday", () => {
  assert.deepEqual(limits.DAYS.map((day) => limits.dayName(day, "short")), ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
  assert.equal(limits.dayName(7, "long"), "Sunday");
});

test("a refusal stands beside the field that it names, or else beside the one that was changed", () => {
  const said = (...values) => refusedField({ code: "invalid_settings", said: "invalid_settings", values, message: "", remedy: "" }, "hours");
  assert.equal(said("invites_per_day"), "invites_per_day");
  assert.equal(said("invite_gap_ms"), "invite_gap_ms");
  for (const odd of ["a setting of later", "toString", "paused"]) assert.equal(said(odd), "hours", odd);
  assert.equal(refusedField({ code: "storage", message: "invites_per_day", remedy: "" }, "hours"), "hours");
});

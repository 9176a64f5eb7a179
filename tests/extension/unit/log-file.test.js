import assert from "node:assert/strict";
import { test } from "node:test";
import { installChrome } from "./support/chrome.js";

installChrome();
const { logFile, logTable } = await import("../../../extension/lib/log-file.js");

const entry = {
  at_ms: Date.UTC(2026, 10, 27, 13, 5),
  task: "6a1f",
  task_type: "agent_send_connection_request",
  target: "urn:li:fsd_profile:ACoAABCDEF123",
  outcome: "completed",
  code: null,
  server: "https://api.example.com",
};

test("the file is named by the day, and says when it was made and what was done", () => {
  const now = new Date(2026, 0, 5, 9, 30);
  const { name, text } = logFile([entry], "0.1.0", now);
  assert.equal(name, "liaison-log-2026-01-05.json");
  const { at_ms, ...rest } = entry;
  assert.deepEqual(JSON.parse(text), {
    program: "Liaison",
    version: "0.1.0",
    exported_at: now.toISOString(),
    log: [{ at: "2026-11-27T13:05:00.000Z", ...rest }],
  });
});

test("nothing but what is meant to be in it is in it", () => {
  const { text } = logFile([{ ...entry, note: "SECRET", name: "Ada Sim", keyword: "ada" }], "0.1.0", new Date(0));
  assert.doesNotMatch(text, /SECRET|Ada|ada/);
});

test("a time that no date can have is written as the number that it is", () => {
  const line = { at_ms: 9e15, task: "t", task_type: "k", target: null, outcome: "completed", code: null, server: "s" };
  const { text } = logFile([line], "1", new Date(0));
  assert.equal(JSON.parse(text).log[0].at, 9e15);
});

test("the table has the same lines, for a spreadsheet", () => {
  const { name, type, text } = logTable([entry, { ...entry, target: null, outcome: "failed", code: "drift" }], new Date(2026, 0, 5));
  assert.deepEqual([name, type], ["liaison-log-2026-01-05.csv", "text/csv"]);
  assert.deepEqual(text.split("\r\n"), [
    "at,task,task_type,target,outcome,code,server",
    "2026-11-27T13:05:00.000Z,6a1f,agent_send_connection_request,urn:li:fsd_profile:ACoAABCDEF123,completed,,https://api.example.com",
    "2026-11-27T13:05:00.000Z,6a1f,agent_send_connection_request,,failed,drift,https://api.example.com",
    "",
  ]);
});

test("a cell of a table is text, whatever a server calls its tasks", () => {
  const cellOf = (task) => logTable([{ ...entry, task }], new Date(0)).text.split("Z,")[1].split(",agent_")[0];
  const cases = [["=1+1", "'=1+1"], ["+1", "'+1"], ["-1", "'-1"], ["@x", "'@x"], ["\tx", "'\tx"], ["a,b", '"a,b"'], ['a"b', '"a""b"'], ["a\nb", '"a\nb"']];
  for (const [task, cell] of cases) assert.equal(cellOf(task), cell, task);
});

// The command that the form shows, read by a real shell: whatever stands in the fields stays within its argument.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { callOf, curlOf } from "../../../crates/server/dashboard/curl.js";
import { INVITE } from "../../../crates/server/dashboard/describe.js";

test("a shell reads the arguments that are meant", () => {
  const note = `it's "$HOME" \`id\` $(id) \\ ! ; & | \n * ~ 'quoted' 🙂`;
  const call = callOf({ kind: INVITE, keyword: "", sort_type: "", start: "", count: "", fields: "", profile_urn: "ACoAA", note });
  const command = curlOf("http://127.0.0.1:8787/", call, "IHR_API_SCHLUESSEL").replace(/^curl /, "printf '%s\\0' ");
  const read = execFileSync("/bin/sh", ["-c", command]).toString().split("\0").slice(0, -1);
  assert.deepEqual(read.slice(0, -1), ["-H", "x-api-key: IHR_API_SCHLUESSEL", "http://127.0.0.1:8787/linkedin-agent/send-connection-request", "-d"]);
  assert.deepEqual(JSON.parse(read.at(-1)), { profile_urn: "ACoAA", note });
});

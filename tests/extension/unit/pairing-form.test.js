import assert from "node:assert/strict";
import { test } from "node:test";
import { installChrome } from "./support/chrome.js";

installChrome();
const { readAddress } = await import("../../../extension/lib/server-address.js");
const { readForm } = await import("../../../extension/lib/pairing.js");

const ACCEPTED = [
  ["https://api.example.com", "https://api.example.com", "https://api.example.com/*", false],
  [" https://API.example.com:8443/team/a/ ", "https://api.example.com:8443/team/a", "https://api.example.com/*", false],
  ["http://127.0.0.1:8787/", "http://127.0.0.1:8787", "http://127.0.0.1/*", true],
  ["http://localhost:8787/x//", "http://localhost:8787/x", "http://localhost/*", true],
  ["https://localhost:8787", "https://localhost:8787", "https://localhost/*", false],
];
const REFUSED = [
  ["", "address_empty"],
  ["api.example.com", "address_malformed"],
  ["127.0.0.1:8787", "address_malformed"],
  ["ftp://example.com", "address_malformed"],
  ["javascript:alert(1)", "address_malformed"],
  ["http://api.example.com", "address_insecure"],
  ["http://localhost.example.com", "address_insecure"],
  ["http://127.0.0.1.example.com", "address_insecure"],
  ["http://192.168.1.5", "address_insecure"],
  ["http://[::1]:8787", "address_ipv6_loopback"],
  ["https://user:pass@example.com", "address_credentials"],
  ["https://example.com/?key=1", "address_query"],
  ["https://example.com/#x", "address_query"],
];

for (const [typed, url, origin, builtIn] of ACCEPTED) {
  test(`"${typed}" is an address`, () => assert.deepEqual(readAddress(typed), { ok: true, url, origin, builtIn }));
}
for (const [typed, reason] of REFUSED) {
  test(`"${typed}" is refused as ${reason}`, () => assert.deepEqual(readAddress(typed), { ok: false, reason }));
}

const full = { server: "https://api.example.com/p/", code: " 1234 ", token: "", name: " desk " };

test("a complete form is a pairing command", () => {
  assert.deepEqual(readForm(full).command, { kind: "pair", server: "https://api.example.com/p", name: "desk", code: "1234" });
  const byToken = readForm({ ...full, code: "", token: "t" });
  assert.deepEqual(byToken.command, { kind: "pair", server: "https://api.example.com/p", name: "desk", token: "t" });
});

test("an incomplete form names the field", () => {
  const cases = [
    [{ ...full, server: "http://example.com" }, "address_insecure", "server"],
    [{ ...full, code: " " }, "proof_missing", "code"],
    [{ ...full, token: "t" }, "proof_twice", "code"],
    [{ ...full, name: " " }, "name_missing", "name"],
  ];
  for (const [form, reason, field] of cases) assert.deepEqual(readForm(form), { ok: false, reason, field });
});

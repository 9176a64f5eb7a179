import assert from "node:assert/strict";
import { test } from "node:test";
import { query, startApi } from "../../../crates/server/dashboard/api.js";

const BASE = "https://api.example.com/liaison/?x#/t/tasks";

/** An API over answers that are given in turn, and what was asked for. */
function over(...answers) {
  const asked = [];
  let signedOut = 0;
  const send = async (url, request) => {
    asked.push({ url: String(url), method: request.method, token: request.headers["X-CSRF-Token"], key: request.headers["Idempotency-Key"], body: request.body });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("no network");
    return answer instanceof Response ? answer : Response.json(answer.body, { status: answer.status ?? 200, headers: answer.headers });
  };
  return { api: startApi({ base: BASE, onSignedOut: () => signedOut++, send }), asked, signedOut: () => signedOut };
}
const session = (csrf) => ({ body: { success: true, data: { name: "n", expires_at: "", csrf } } });
const refused = (status, code, headers) => ({ status, headers, body: { success: false, error: "text", remedy: "advice", code } });

test("calls go where the page came from, and carry the token unless they only look", async () => {
  const { api, asked } = over(session("c1"), { body: { success: true, data: [], next_cursor: "n" } }, { body: { success: true } });
  await api.resume();
  const { at, ...good } = await api.get("admin/v1/teams");
  assert.deepEqual(good, { ok: true, data: [], next: "n", body: { success: true, data: [], next_cursor: "n" } });
  assert.ok(at > 0);
  await api.call("POST", "admin/v1/x", { a: 1 }, { "Idempotency-Key": "k" });
  assert.deepEqual(asked.map(({ url, token }) => [url, token]), [
    ["https://api.example.com/liaison/dashboard/session", undefined],
    ["https://api.example.com/liaison/admin/v1/teams", undefined],
    ["https://api.example.com/liaison/admin/v1/x", "c1"],
  ]);
  assert.deepEqual([asked[2].key, asked[2].body], ["k", '{"a":1}']);
});

test("no answer, and an answer that is not this server's, are one thing", async () => {
  for (const answer of [undefined, new Response("<html>502</html>", { status: 502 }), new Response("[]"), { body: { ok: true } }]) {
    const { api } = over(...(answer === undefined ? [] : [answer]));
    assert.equal((await api.get("x")).kind, "silent");
  }
});

test("a session that is over is told once, wherever it is noticed, but not to who only looks for one", async () => {
  const { api, signedOut } = over(refused(401, "unauthorised"), refused(401, "unauthorised"), refused(401, "unauthorised"));
  assert.equal((await api.resume()).kind, "session");
  assert.equal((await api.signIn("k")).kind, "session");
  assert.equal(signedOut(), 0);
  await api.get("x");
  assert.equal(signedOut(), 1);
});

test("a token that has changed is fetched, and the call made once more and no oftener", async () => {
  const { api, asked } = over(refused(403, "csrf_token"), session("c2"), { body: { success: true } });
  assert.equal((await api.call("POST", "x")).ok, true);
  assert.deepEqual(asked.map(({ method, token }) => [method, token]), [["POST", ""], ["GET", undefined], ["POST", "c2"]]);
  const again = over(refused(403, "csrf_token"), session("c2"), refused(403, "csrf_token"));
  assert.equal((await again.api.call("POST", "x")).code, "csrf_token");
  assert.equal(again.asked.length, 3);
});

test("signing out is said once more as well, and is no end that has to be told", async () => {
  const { api, asked, signedOut } = over(refused(403, "csrf_token"), session("c2"), { body: { success: true } }, refused(401, "unauthorised"));
  assert.equal((await api.signOut()).ok, true);
  assert.deepEqual(asked.map(({ method, token }) => [method, token]), [["DELETE", ""], ["GET", undefined], ["DELETE", "c2"]]);
  assert.equal((await api.signOut()).kind, "session");
  assert.equal(signedOut(), 0);
});

test("every answer that comes is heard of, and none that does not", async () => {
  const said = [{ body: { success: true, data: [], next_cursor: null } }, refused(401, "unauthorised"), refused(503, "x"), session("c"), session("c"), refused(404, "not_found"), new Response("a,b")];
  let heard = 0;
  const api = startApi({ base: BASE, onSignedOut() {}, onHeard: () => heard++, send: async () => {
    const answer = said.shift();
    return answer instanceof Response ? answer : answer ? Response.json(answer.body, { status: answer.status ?? 200 }) : Promise.reject(new TypeError("no network"));
  } });
  const calls = [() => api.all("x"), () => api.get("x"), () => api.call("POST", "x"), api.resume, () => api.signIn("k"), () => api.text("x"), () => api.text("x")];
  for (const [at, call] of calls.entries()) {
    await call();
    assert.equal(heard, at + 1);
  }
  await api.get("x");
  await api.text("x");
  assert.equal(heard, calls.length);
});

test("a file whose connection ends half way is no answer", async () => {
  const broken = new ReadableStream({ start: (stream) => stream.error(new TypeError("ended")) });
  const { api } = over(new Response(broken));
  assert.equal((await api.text("x")).kind, "silent");
});

test("what the server's clock says comes with the answer", async () => {
  const { api } = over({ headers: { Date: "Fri, 27 Nov 2026 08:00:00 GMT" }, body: { success: true } });
  assert.equal((await api.get("x")).at, Date.UTC(2026, 10, 27, 8));
});

test("a refusal says its code, its text, and when to come again", async () => {
  const { api } = over(refused(429, "queue_full", { "Retry-After": "90" }));
  assert.deepEqual(await api.get("x"), { ok: false, kind: "refused", code: "queue_full", message: "text", remedy: "advice", retryAfter: 90 });
});

test("a list is read to its end, and not at all when a part is missing", async () => {
  const part = (data, next_cursor) => ({ body: { success: true, data, next_cursor } });
  const { api, asked } = over(part([1], "c&1"), part([2], null));
  assert.deepEqual((await api.all("x")).data, [1, 2]);
  assert.ok(asked[1].url.endsWith("x?limit=200&cursor=c%261"));
  assert.equal((await over(part([1], "c")).api.all("x")).ok, false);
});

test("empty members are left out of a query", () => assert.equal(query({ a: "", b: "1 2" }), "b=1+2"));

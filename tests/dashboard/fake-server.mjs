// The dashboard's files over a server that says what each test wants: states that a real one reaches once in months, at once,
// and what the page then asks. Its policy, cookie and token are the real one's, of which real.test.mjs has the rest.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const OWN = join(ROOT, "crates/server/dashboard");
const SHARED = { "pages.css": "extension/lib/pages.css", "dom.js": "extension/lib/dom.js", "follow.js": "extension/lib/follow.js", "icon.svg": "extension/icons/icon.svg" };
const TYPES = { html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml" };
/** As the real server says it. */
const POLICY = readFileSync(join(ROOT, "crates/server/src/routes/dashboard.rs"), "utf8").match(/const POLICY: &str = "([^"]*)"/)[1].replace(/\\\n\s*/g, "");

export const ADMIN_KEY = "lak_of-a-test";
export const TEAM = "t1";

/** What there is unless a test says otherwise: one team, one member with a browser, a key, no task. */
export function plainState(changes = {}) {
  return {
    teams: [{ id: TEAM, name: "Sales", created_at: "2026-11-20T08:00:00.000Z" }],
    members: [{ id: "m1", name: "Ada Sim", role: "admin", joined_at: "2026-11-20T08:00:00.000Z", acts: true }],
    agents: [agent()],
    keys: [{ id: "k1", name: "nightly", access: "write", scopes: ["r_1st_connections"], created_at: "2026-11-20T08:00:00.000Z", last_used_at: null }],
    tasks: [],
    ...changes,
  };
}

export const agent = (changes = {}) => ({
  ...{ id: "a1", name: "Chrome on Linux", member_id: "m1", paired_at: "2026-11-20T08:00:00.000Z", last_seen_at: "2026-11-27T08:00:00.000Z" },
  ...{ last_seen_s: 4, online: true, state: "ready" },
  usage: { day: { used: 4, limit: 20 }, week: { used: 31, limit: 100 }, at: "2026-11-27T08:00:00.000Z" },
  ...changes,
});

/** A task as the server tells of it. */
export const task = (id, changes = {}, input = {}) => ({
  ...{ id, status: "pending", created_at: "2026-11-27T08:00:00.000Z", ended_at: null, task_output: null, events: [{ at: changes.created_at ?? "2026-11-27T08:00:00.000Z", event: "created" }] },
  task_type: "agent_fetch_connections",
  task_input: { task_type: "agent_fetch_connections", keyword: null, sort_type: null, start: 0, count: 40, ...input },
  ...changes,
});

export const invitation = (id, changes = {}, input = {}) =>
  task(id, { task_type: "agent_send_connection_request", ...changes, task_input: { task_type: "agent_send_connection_request", profile_urn: "urn:li:fsd_profile:ACoAASIM4290000001", note: null, ...input } });

export const row = (changes = {}) => ({
  ...{ name: "Ada Sim", first_name: "Ada", last_name: "Sim", headline: "At work", entity_urn: "urn:li:fsd_profile:ACoAASIM4290000001" },
  ...{ public_identifier: "ada-sim", profile_image_url: null, ...changes },
});

export const finished = (id, rows, changes = {}, input = {}) =>
  task(id, { status: "completed", ended_at: "2026-11-27T08:02:00.000Z", task_output: { total: rows.length, connections: rows }, ...changes }, { count: 500, ...input });

/**
 * @param {object} [state] a test changes its members to let things happen
 * @returns `asked` has every call but GETs; `answers` by "METHOD path" replace what is answered; with `silent` connections are cut
 */
export async function startFakeServer(state = plainState()) {
  const asked = [];
  const fake = { state, asked, answers: {}, silent: false, sessions: new Map(), made: 0, keyName: "laptop" };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://fake");
    if (fake.silent) return request.socket.destroy();
    let text = "";
    for await (const part of request) text += part;
    const say = (status, body, headers = {}) => response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
    const refuse = (status, code, error = code) => say(status, { success: false, error, code });
    if (request.method === "GET" && (url.pathname === "/" || /^\/dashboard\/[a-z-]+\.[a-z]+$/.test(url.pathname))) return serveFile(url.pathname, response);
    const call = { method: request.method, path: url.pathname, query: url.searchParams, body: text === "" ? undefined : JSON.parse(text), headers: request.headers, say, refuse };
    if (call.method !== "GET") asked.push({ method: call.method, path: call.path, body: call.body, key: request.headers["idempotency-key"] });
    const answer = fake.answers[`${call.method} ${call.path}`];
    return answer ? answer(call) : answerTo(fake, call);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const stop = () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve)));
  return Object.assign(fake, { url, stop });
}

function serveFile(path, response) {
  const name = path === "/" ? "index.html" : path.slice("/dashboard/".length);
  const type = TYPES[name.split(".").at(-1)];
  try {
    const content = readFileSync(SHARED[name] ? join(ROOT, SHARED[name]) : join(OWN, name));
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "no-cache", "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer" }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

function answerTo(fake, call) {
  const { state } = fake;
  const { method, path, say, refuse } = call;
  const cookie = /liaison_session=(\w+)/.exec(call.headers.cookie ?? "")?.[1];
  const csrf = fake.sessions.get(cookie);
  if (path === "/dashboard/session" && method === "POST") {
    if (call.body.admin_key !== ADMIN_KEY) return refuse(401, "unauthorised");
    const id = `s${++fake.made}`;
    fake.sessions.set(id, `csrf-${id}`);
    return say(200, sessionOf(fake, `csrf-${id}`), { "Set-Cookie": `liaison_session=${id}; HttpOnly; SameSite=Strict; Path=/` });
  }
  if (!csrf) return refuse(401, "unauthorised");
  if (method !== "GET" && call.headers["x-csrf-token"] !== csrf) return refuse(403, "csrf_token");
  if (path === "/dashboard/session") {
    if (method === "DELETE") fake.sessions.delete(cookie);
    return say(200, method === "DELETE" ? { success: true } : sessionOf(fake, csrf));
  }
  const list = (data) => say(200, { success: true, data, next_cursor: null });
  const [, , , , , kind, id, verb] = path.split("/");
  if (path === "/admin/v1/teams") return list(state.teams);
  if (kind === "tasks") return answerOfTasks(fake, call, id, verb);
  if (kind === "fetch-connections" || kind === "send-connection-request") return takeTask(fake, call, kind);
  if (verb === "pairing-codes") return say(200, { success: true, data: { code: "ABCD-EFGH-JK", expires_at: new Date(Date.now() + 600_000).toISOString() } });
  if (!["members", "agents", "keys"].includes(kind)) return refuse(404, "not_found");
  if (method === "DELETE") {
    state[kind] = state[kind].filter((one) => one.id !== id);
    return say(200, { success: true });
  }
  if (method === "GET") return list(state[kind]);
  const key = { id: `k${state.keys.length + 1}`, created_at: new Date().toISOString(), last_used_at: null, ...call.body };
  state.keys.push(key);
  return say(200, { success: true, data: { ...key, api_key: "lsk_of-a-test" } });
}

const sessionOf = ({ keyName }, csrf) => ({ success: true, data: { name: keyName, expires_at: new Date(Date.now() + 43_200_000).toISOString(), csrf } });

function answerOfTasks({ state }, { method, query, say, refuse, path }, id, verb) {
  if (!id) {
    const like = state.tasks.filter((one) => ["status", "task_type"].every((name) => !query.get(name) || one[name] === query.get(name)));
    const from = Number(query.get("cursor") ?? 0);
    const to = from + Number(query.get("limit"));
    const data = like.slice(from, to).map(({ task_output, events, ...listed }) => listed);
    return say(200, { success: true, data, next_cursor: to < like.length ? String(to) : null });
  }
  const found = state.tasks.find((one) => one.id === decodeURIComponent(id));
  if (!found) return refuse(404, "not_found");
  if (verb === "cancel") {
    const ends = found.status === "pending";
    Object.assign(found, ends ? { status: "failed", task_output: { code: "cancelled", error: "", remedy: "" } } : { cancel_requested: true });
    return say(200, { success: true, data: { id, status: found.status, cancel_requested: true } });
  }
  if (method === "DELETE") {
    state.tasks = state.tasks.filter((one) => one !== found);
    return say(200, { success: true, data: { id, deleted: true } });
  }
  if (path.endsWith(".csv")) return say(200, "name,headline");
  return say(200, { success: true, data: found });
}

function takeTask({ state }, { body, say }, kind) {
  const make = kind === "fetch-connections" ? task : invitation;
  const made = make(`made-${state.tasks.length + 1}`, {}, body);
  state.tasks.unshift(made);
  return say(200, { success: true, api_agent_task_id: made.id, message: "Created" });
}

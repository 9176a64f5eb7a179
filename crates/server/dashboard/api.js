/**
 * The server's calls, with the session of this browser. No answer is an answer too: each call comes back with what to tell a
 * person, and throws nothing.
 */

/** @typedef {{ ok: true, data: any, next: string | null, body: any, at: number }} Good `at` is the time by the server's clock, in milliseconds */
/**
 * @typedef {object} Bad
 * @property {false} ok
 * @property {"session" | "silent" | "refused"} kind nobody is signed in; no answer of this server's came; it said no
 * @property {string} code the server's own, or empty
 * @property {string} message the server's own, or empty
 * @property {string} remedy the server's own, or empty
 * @property {number | null} retryAfter seconds
 */
/** @typedef {Good | Bad} Answer */
/** @typedef {{ name: string | null, expires_at: string, csrf: string }} Session */
/** @typedef {ReturnType<typeof startApi>} Api */

const SESSION = "dashboard/session";
const WITHIN_MS = 10_000;
/** As many as one call of the server gives. */
const PART = 200;

/** @type {Bad} */
const SILENT = { ok: false, kind: "silent", code: "", message: "", remedy: "", retryAfter: null };

/**
 * @typedef {object} By
 * @property {string} base the page's own address: a proxy may have put the server under a path
 * @property {() => void} onSignedOut is told whenever the server knows no session of ours any more
 * @property {() => void} [onHeard] is told of every answer that came from the server, whatever it says and whoever asked
 * @property {typeof globalThis.fetch} [send]
 */

/** @param {By} by */
export function startApi({ base, onSignedOut, onHeard = () => {}, send = globalThis.fetch.bind(globalThis) }) {
  const ask = asker(base, send);
  let csrf = "";

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {Record<string, string>} [more] headers
   */
  const said = async (method, path, body, more) => heard(await read(await ask(method, path, csrf, body, more)));

  /** @type {typeof said} */
  async function withToken(...what) {
    const answer = await said(...what);
    if (answer.ok || answer.code !== "csrf_token") return answer;
    // Somebody signed in anew in another tab of this browser. Nothing was done yet, so it can be said again.
    const session = await resume();
    return session.ok ? said(...what) : session;
  }

  /** @type {typeof said} */
  const call = async (...what) => ended(await withToken(...what));
  const get = (/** @type {string} */ path) => call("GET", path);
  const resume = async () => remembered(await said("GET", SESSION));

  /** @param {Answer} answer */
  function heard(answer) {
    if (isCome(answer)) onHeard();
    return answer;
  }

  /** @param {Answer} answer */
  function ended(answer) {
    if (!answer.ok && answer.kind === "session") onSignedOut();
    return answer;
  }

  /** @param {Answer} answer */
  function remembered(answer) {
    if (answer.ok) csrf = answer.data?.csrf ?? "";
    return answer;
  }

  /** A file, whose `data` is its text. */
  const text = async (/** @type {string} */ path) => ended(heard(await readText(await ask("GET", path, csrf))));
  /** @param {string} key */
  const signIn = async (key) => remembered(await said("POST", SESSION, { admin_key: key }));
  /** Who can't reach the server stays signed in there, and has to be told. */
  const signOut = () => withToken("DELETE", SESSION);
  return { signIn, resume, signOut, get, call, text, all: (/** @type {string} */ path) => wholeList(get, path) };
}

/**
 * @param {string} base
 * @param {typeof globalThis.fetch} send
 */
function asker(base, send) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {string} csrf
   * @param {unknown} [body]
   * @param {Record<string, string>} [more] headers
   * @returns {Promise<Response | null>}
   */
  return async (method, path, csrf, body, more = {}) => {
    /** @type {Record<string, string>} */
    const headers = method === "GET" ? {} : { "X-CSRF-Token": csrf, ...more };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const signal = AbortSignal.timeout(WITHIN_MS);
    const request = { method, headers, signal, body: body === undefined ? null : JSON.stringify(body), cache: /** @type {const} */ ("no-store") };
    try {
      return await send(new URL(path, base), request);
    } catch {
      return null;
    }
  };
}

/**
 * Every part of a list of the admin API.
 *
 * @param {(path: string) => Promise<Answer>} get
 * @param {string} path
 * @returns {Promise<Answer>}
 */
async function wholeList(get, path) {
  /** @type {any[]} */
  const data = [];
  for (let cursor = ""; ; ) {
    const answer = await get(`${path}?${query({ limit: String(PART), cursor })}`);
    if (!answer.ok) return answer;
    data.push(...answer.data);
    if (!answer.next) return { ...answer, data, body: null };
    cursor = answer.next;
  }
}

/**
 * @param {Answer} answer
 * @returns {boolean} whether it is the server's
 */
export const isCome = (answer) => answer.ok || answer.kind !== "silent";

/**
 * @param {Response | null} response
 * @returns {Promise<Answer>}
 */
async function readText(response) {
  if (!response?.ok) return read(response);
  // The connection may end before the file does.
  const text = await response.text().catch(() => null);
  return text === null ? SILENT : { ok: true, data: text, next: null, body: null, at: clockOf(response) };
}

/**
 * @param {Response | null} response
 * @returns {Promise<Answer>}
 */
async function read(response) {
  if (!response) return SILENT;
  const body = await response.json().catch(() => null);
  // Something stands between us and the server, or in its place.
  if (typeof body?.success !== "boolean") return SILENT;
  if (response.ok && body.success) return { ok: true, data: body.data, next: body.next_cursor ?? null, body, at: clockOf(response) };
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return {
    ok: false,
    kind: response.status === 401 ? "session" : "refused",
    code: String(body.code ?? ""),
    message: String(body.error ?? ""),
    remedy: String(body.remedy ?? ""),
    retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
  };
}

/** @param {Response} response */
const clockOf = ({ headers }) => Date.parse(headers.get("Date") ?? "") || Date.now();

/**
 * @param {Record<string, string>} members empty ones are left out
 * @returns {string}
 */
export const query = (members) => new URLSearchParams(Object.entries(members).filter(([, value]) => value !== "")).toString();

/**
 * The server's calls, with the session of this browser. No answer is an answer too: each call comes back with what to tell a
 * person, and throws nothing.
 */

/** @typedef {{ ok: true, data: any, next: string | null, body: any }} Good */
/**
 * @typedef {object} Bad
 * @property {false} ok
 * @property {"session" | "silent" | "refused"} kind nobody is signed in; no answer of this server's came; it said no
 * @property {string} code the server's own, or empty
 * @property {string} message the server's own, or empty
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
const SILENT = { ok: false, kind: "silent", code: "", message: "", retryAfter: null };

/**
 * @param {object} by
 * @param {string} by.base the page's own address: a proxy may have put the server under a path
 * @param {() => void} by.onSignedOut is told whenever the server knows no session of ours any more
 * @param {typeof globalThis.fetch} [by.send]
 */
export function startApi({ base, onSignedOut, send = globalThis.fetch.bind(globalThis) }) {
  let csrf = "";

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {Record<string, string>} [more] headers
   * @returns {Promise<Response | null>}
   */
  async function ask(method, path, body, more = {}) {
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
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {Record<string, string>} [more] headers
   * @returns {Promise<Answer>}
   */
  async function call(method, path, body, more) {
    const answer = await read(await ask(method, path, body, more));
    if (answer.ok || answer.code !== "csrf_token") return ended(answer);
    // Somebody signed in anew in another tab of this browser. Nothing was done yet, so it can be said again.
    const session = await resume();
    return session.ok ? ended(await read(await ask(method, path, body, more))) : ended(session);
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

  const resume = async () => remembered(await read(await ask("GET", SESSION)));

  /**
   * Every part of a list of the admin API.
   *
   * @param {string} path
   * @returns {Promise<Answer>}
   */
  async function all(path) {
    /** @type {any[]} */
    const data = [];
    for (let cursor = "", more = true; more; ) {
      const answer = await call("GET", `${path}?${query({ limit: String(PART), cursor })}`);
      if (!answer.ok) return answer;
      data.push(...answer.data);
      cursor = answer.next ?? "";
      more = cursor !== "";
    }
    return { ok: true, data, next: null, body: null };
  }

  return {
    /** @param {string} key */
    signIn: async (key) => remembered(await read(await ask("POST", SESSION, { admin_key: key }))),
    resume,
    /** Who can't reach the server stays signed in there, and has to be told. */
    signOut: async () => read(await ask("DELETE", SESSION)),
    /** @param {string} path */
    get: (path) => call("GET", path),
    call,
    all,
    /**
     * @param {string} path
     * @returns {Promise<Bad | { ok: true, text: string }>}
     */
    async text(path) {
      const response = await ask("GET", path);
      if (response?.ok) return { ok: true, text: await response.text() };
      const answer = ended(await read(response));
      return answer.ok ? SILENT : answer;
    },
  };
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
  if (response.ok && body.success) return { ok: true, data: body.data, next: body.next_cursor ?? null, body };
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return {
    ok: false,
    kind: response.status === 401 ? "session" : "refused",
    code: String(body.code ?? ""),
    message: String(body.error ?? ""),
    retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
  };
}

/**
 * @param {Record<string, string>} members empty ones are left out
 * @returns {string}
 */
export const query = (members) => new URLSearchParams(Object.entries(members).filter(([, value]) => value !== "")).toString();

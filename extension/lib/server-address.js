/**
 * Reads the server address that a person types. The manifest opens plain http to loopback alone, and a token must not
 * travel in the clear, so everything else has to be https. The reason for a refusal is a message key.
 */

/**
 * @typedef {object} GoodAddress
 * @property {true} ok
 * @property {string} url keeps the path prefix and has no slash at its end
 * @property {string} origin a match pattern
 * @property {boolean} builtIn the manifest grants it, so Chrome need not ask and cannot take it back
 */
/** @typedef {GoodAddress | { ok: false, reason: string }} Address */

const LOOPBACK = new Set(["localhost", "127.0.0.1"]);
/** A content security policy has no way to name this host; `localhost` reaches a server that listens there. */
const LOOPBACK_WITHOUT_POLICY = "[::1]";

/**
 * @param {string} typed
 * @returns {Address}
 */
export function readAddress(typed) {
  const text = typed.trim();
  if (text === "") return refused("address_empty");
  const url = parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol)) return refused("address_malformed");
  if (url.username || url.password) return refused("address_credentials");
  if (url.search || url.hash) return refused("address_query");
  const builtIn = url.protocol === "http:";
  if (builtIn && url.hostname === LOOPBACK_WITHOUT_POLICY) return refused("address_ipv6_loopback");
  if (builtIn && !LOOPBACK.has(url.hostname)) return refused("address_insecure");
  // A match pattern without a port covers every port of the host.
  const origin = `${url.protocol}//${url.hostname}/*`;
  return { ok: true, url: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, origin, builtIn };
}

/** @param {string} text */
function parse(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/**
 * @param {string} reason
 * @returns {Address}
 */
const refused = (reason) => ({ ok: false, reason });

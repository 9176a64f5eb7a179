/**
 * Reads the server address that a person types. Chrome gives us plain http on loopback alone, and a token must not
 * travel in the clear, so everything else has to be https; the reason for a refusal is a message key.
 */

/** @typedef {{ ok: true, url: string, origin: string, loopback: boolean } | { ok: false, reason: string }} Address */

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * @param {string} typed
 * @returns {Address} `url` keeps the path prefix and has no slash at its end; `origin` is a match pattern
 */
export function readAddress(typed) {
  const text = typed.trim();
  if (text === "") return refused("address_empty");
  const url = parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol)) return refused("address_malformed");
  if (url.username || url.password) return refused("address_credentials");
  if (url.search || url.hash) return refused("address_query");
  const loopback = LOOPBACK.has(url.hostname);
  if (url.protocol === "http:" && !loopback) return refused("address_insecure");
  // A match pattern without a port covers every port of the host.
  const origin = `${url.protocol}//${url.hostname}/*`;
  return { ok: true, url: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, origin, loopback };
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

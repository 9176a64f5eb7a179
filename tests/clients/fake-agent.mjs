// An agent of a few lines with a network of its own: what a server's callers can be tried with where no browser is.

const WAIT_MS = 20_000;

/** @typedef {{ url: string, pairingCode: string }} Server */

/**
 * Pairs with a server and carries out whatever reads it offers, until it is stopped.
 *
 * @param {Server} server
 * @param {object[]} network its connections, as the documented call shows them
 * @param {object} [more] what else its polls say
 */
export async function startFakeAgent({ url, pairingCode }, network, more = {}) {
  const stopped = new AbortController();
  async function call(path, body, headers = {}) {
    const response = await fetch(`${url}/agent/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: stopped.signal,
    });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  const { token } = await call("pair", { code: pairingCode, name: "fake" });
  const asAgent = { authorization: `Bearer ${token}` };
  const poll = {
    ...{ instance: "i-1", version: "0.1.0", account: "acc-1", wait_ms: WAIT_MS, state: "ready", waiting: [], held: [] },
    accepts: ["agent_fetch_connections"],
    ...more,
  };
  // So that it was seen before anybody asks for anything.
  await call("poll", { ...poll, wait_ms: 0 }, asAgent);
  const working = (async () => {
    for (;;) {
      const { task: offer } = await call("poll", poll, asAgent);
      if (!offer) continue;
      const result = { token: offer.token, status: "completed", effect: "none", task_output: read(network, offer.task_input) };
      await call(`tasks/${offer.task}/complete`, result, asAgent);
    }
  })();
  const ended = working.catch((error) => {
    if (!stopped.signal.aborted) throw error;
  });
  const stop = () => (stopped.abort(), ended);
  return { stop };
}

function read(network, { start, count, fields }) {
  const total = fields ? { network_total: network.length } : {};
  if (fields === "total") return { total: 0, ...total, connections: [] };
  const rows = network.slice(start, start + count);
  const more = fields ? { connected_at: null, connection_urn: null } : {};
  return { total: rows.length, ...total, connections: rows.map((row) => ({ ...row, ...more })) };
}

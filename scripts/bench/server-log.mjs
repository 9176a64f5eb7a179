// @ts-check
// The real server's own times: asked for every line it writes one when a request's head has come and one when its answer's head is
// ready, to the microsecond.

import { within } from "../world.mjs";

const DEADLINE_MS = 60_000;
const LINE = /^(\S+?)\.(\d{6})Z .*request\{.* route="(\S+?)".*\}: liaison_server::watch: (came|answered)/;

/** What to start a server with, and what it said since. */
export function serverLog() {
  /** @type {{ atMs: number, path: string, what: "came" | "answered" }[]} */
  const seen = [];
  const hearers = new Set();

  function onLog(line) {
    const [, second, fraction, path, what] = line.match(LINE) ?? [];
    if (!path || (what !== "came" && what !== "answered")) return;
    seen.push({ atMs: Date.parse(`${second}Z`) + Number(fraction) / 1000, path, what });
    for (const hear of hearers) hear();
  }

  /**
   * Comes back with the first one at or after a time.
   *
   * @param {"came" | "answered"} what
   * @param {string} path
   * @param {number} sinceMs
   */
  const first = (what, path, sinceMs) => within(find(what, path, sinceMs), DEADLINE_MS, `the server: ${path} ${what}`);

  async function find(what, path, sinceMs) {
    for (;;) {
      const found = seen.find((one) => one.what === what && one.path === path && one.atMs >= sinceMs);
      if (found) return found.atMs;
      await new Promise((resolve) => {
        const hear = () => (hearers.delete(hear), resolve(undefined));
        hearers.add(hear);
      });
    }
  }
  return { options: { env: { RUST_LOG: "info,liaison_server::watch=trace", NO_COLOR: "1" }, onLog }, seen, first };
}

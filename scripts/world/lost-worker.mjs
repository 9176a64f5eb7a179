// Chrome keeps what a worker runs in the profile. When it can't read it any more it forgets the worker, and has none until the
// extension is reloaded or the browser is started again (docs/decisions/0010-lost-worker.md).

import { existsSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

const SCRIPTS = "Default/Service Worker/ScriptCache";

/**
 * Leaves half of every worker's script, as a crash can.
 *
 * @param {string} profile of a browser that has ended
 * @returns {boolean} whether there was one
 */
export function tearWorkerScripts(profile) {
  const folder = join(profile, SCRIPTS);
  const entries = existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]{16}_0$/.test(name)) : [];
  for (const name of entries) truncateSync(join(folder, name), Math.floor(statSync(join(folder, name)).size / 2));
  return entries.length > 0;
}

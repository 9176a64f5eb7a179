// LinkedIn's own client libraries as they are installed for the tests, each with the calls that are tried.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const INSTALLED = join(import.meta.dirname, "../../target/clients");
const here = (file) => join(import.meta.dirname, file);

/** Runs a program to its end; the last line it prints is what it got. */
async function run(command, args, env) {
  const { stdout } = await promisify(execFile)(command, args, { env: { ...process.env, ...env }, maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/**
 * By the name of their language: what each makes of a server, found by these variables and shown this key.
 *
 * @type {Record<string, (env: Record<string, string>, key: string) => Promise<any>>}
 */
export const officialClients = {
  JavaScript: (env, key) => run(process.execPath, [here("official_client.cjs"), join(INSTALLED, "node"), key], env),
  Python: (env, key) => run(join(INSTALLED, "official/bin/python"), [here("official_client.py"), key], env),
};

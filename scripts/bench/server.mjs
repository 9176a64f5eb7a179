// @ts-check
// The server as it ships under load, on SQLite and on PostgreSQL (crates/server/benches/load).

import { spawn } from "node:child_process";
import { once } from "node:events";

export async function server() {
  console.log("\nThe server under load, with its load on the same machine");
  const bench = spawn("cargo", ["bench", "--quiet", "--package", "liaison-server", "--bench", "load"], { stdio: "inherit" });
  const [status] = await once(bench, "exit");
  if (status !== 0) throw new Error("the server's bench ended badly");
}

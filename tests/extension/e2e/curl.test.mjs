// The documented status and text of every refusal, as curl sees them, in each state that a server can be in.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pairedWith, runProgram } from "../../../scripts/world.mjs";
import { worldFor } from "./support.mjs";

const SCRIPT = join(import.meta.dirname, "../../curl.sh");

test("every row of the error table, before and after a browser comes and a limit is met", async (t) => {
  const { server, simulator, browser } = await worldFor(t, { paired: false });

  async function checkPhase(phase) {
    const { code, stdout, stderr } = await runProgram("bash", [SCRIPT, server.url, server.apiKey, phase]);
    t.diagnostic(stdout.trim().split("\n").at(-1));
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    return stdout;
  }
  await checkPhase("no-agent");
  await pairedWith(browser, { url: server.url, code: server.pairingCode });
  await simulator.inviteFault({ kind: "code", status: 429, code: "FUSE_LIMIT_EXCEEDED" });
  const [, id] = (await checkPhase("ready")).match(/^invitation task: (.+)$/m);
  const refused = await server.finished(id);
  assert.equal(refused.task_output.code, "invitation_limit", JSON.stringify(refused));
  await checkPhase("limited");
});

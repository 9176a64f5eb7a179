// The simulated LinkedIn and its control endpoint: what it saw, and what it is to do wrong next.

import { builtProgram, startProgram } from "./process.mjs";

const LIST_PATH = "/voyager/api/relationships/dash/connections";
const INVITE_PATH = "/voyager/api/voyagerRelationshipsDashMemberRelationships";
const HELD_WITHIN_MS = 30_000;

export async function startSimulator({ seed = 1, connections = 250, profile = "debug" } = {}) {
  const program = await startProgram(builtProgram("liaison-simulator", profile), [
    ...["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"],
    ...["--seed", String(seed), "--connections", String(connections)],
  ]);
  const { https, control, spki } = program.ready;

  async function ask(method, path, body) {
    const response = await fetch(`${control}/__sim/${path}`, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the simulator answered ${response.status} to ${method} ${path}: ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  const journal = () => ask("GET", "journal");
  const fault = (match, fault, { nth = 1, times = 1 } = {}) => ask("POST", "fault", { match, nth, times, fault });

  return {
    https,
    control,
    spki,
    port: new URL(https).port,
    stop: program.stop,
    log: program.log,
    /** Any call of the control endpoint. */
    ask,
    journal,
    reset: (settings = {}) => ask("POST", "reset", { seed, connections, ...settings }),
    member: (id, state) => ask("POST", "member", { id, state }),
    /** Whom the next sign-in gets. */
    account: (n) => ask("POST", "account", { n }),
    release: (id) => ask("POST", "release", { id }),
    /** Arms a fault for the nth page of the list from now on. */
    listFault: (what, options) => fault({ method: "GET", path: LIST_PATH }, what, options),
    inviteFault: (what, options) => fault({ method: "POST", path: INVITE_PATH }, what, options),
    fault,
    clearFaults: () => ask("DELETE", "fault"),
    /** The network as it really is, newest first: what an answer is to be compared with. */
    people: async (count) => (await ask("GET", `network?start=0&count=${count}`)).people,
    /** Comes back when a request waits at the hold with this id. */
    async whenHeld(id) {
      const { timed_out: late } = await ask("GET", `held?id=${encodeURIComponent(id)}&wait_ms=${HELD_WITHIN_MS}`);
      if (late) throw new Error(`no request came to the hold ${id}`);
    },
    async pages() {
      const { requests } = await journal();
      return requests.filter((request) => request.path.startsWith(LIST_PATH)).map(pageOf);
    },
  };
}

/** The part of a list that one request asked for. */
function pageOf({ query, status, seq }) {
  const parameters = new URLSearchParams(query);
  return { seq, status, start: Number(parameters.get("start") ?? 0), count: Number(parameters.get("count") ?? 10) };
}

// The simulated LinkedIn and its control endpoint: what it saw, and what it is to do wrong next.

import { builtProgram, startProgram, until } from "./process.mjs";

const LIST_PATH = "/voyager/api/relationships/dash/connections";
const INVITE_PATH = "/voyager/api/voyagerRelationshipsDashMemberRelationships";

export async function startSimulator({ seed = 1, connections = 250 } = {}) {
  const program = await startProgram(builtProgram("liaison-simulator"), [
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
  const held = () => ask("GET", "held");
  const fault = (match, fault, { nth = 1, times = 1 } = {}) => ask("POST", "fault", { match, nth, times, fault });

  return {
    https,
    control,
    spki,
    port: new URL(https).port,
    stop: program.stop,
    log: program.log,
    journal,
    held,
    reset: (settings = {}) => ask("POST", "reset", { seed, connections, ...settings }),
    member: (id, state) => ask("POST", "member", { id, state }),
    release: (id) => ask("POST", "release", { id }),
    /** Arms a fault for the nth page of the list from now on. */
    listFault: (what, options) => fault({ method: "GET", path: LIST_PATH }, what, options),
    inviteFault: (what, options) => fault({ method: "POST", path: INVITE_PATH }, what, options),
    fault,
    /** Comes back when a request waits at the hold with this id. */
    whenHeld: (id) => until(`a request held as ${id}`, async () => (await holdIds(held)).includes(id)),
    async pages() {
      const { requests } = await journal();
      return requests.filter((request) => request.path.startsWith(LIST_PATH)).map(pageOf);
    },
  };
}

async function holdIds(held) {
  const answer = await held();
  return (Array.isArray(answer) ? answer : answer.held).map((entry) => entry.id ?? entry);
}

/** The part of a list that one request asked for. */
function pageOf({ query, status, seq }) {
  const parameters = typeof query === "string" ? new URLSearchParams(query) : new URLSearchParams(Object.entries(query));
  return { seq, status, start: Number(parameters.get("start") ?? 0), count: Number(parameters.get("count") ?? 10) };
}

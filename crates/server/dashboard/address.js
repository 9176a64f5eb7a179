/** Where one is on the dashboard, as the part of the address behind `#`: it can be kept, sent, and gone back to. */

/** @typedef {"tasks" | "task" | "connections" | "browsers" | "keys" | "try"} View */
/** @typedef {{ team: string, view: View, task: string, filters: Record<string, string> }} Place */

/** @type {readonly View[]} */
export const VIEWS = ["tasks", "browsers", "keys", "try"];
/** What of an address is a filter; anything else in one is nobody's. */
const FILTERS = ["status", "task_type"];

/**
 * @param {string} hash
 * @returns {Place} the list of tasks where an address says nothing that is known
 */
export function readPlace(hash) {
  const [path = "", search = ""] = hash.replace(/^#?\/?/, "").split("?");
  const [team = "", view = "", task = "", part = ""] = path.split("/").map(decoded);
  const members = new URLSearchParams(search);
  const filters = Object.fromEntries(FILTERS.map((name) => [name, members.get(name) ?? ""]));
  const known = VIEWS.find((name) => name === view) ?? "tasks";
  if (known !== "tasks" || task === "") return { team, view: known, task: "", filters };
  return { team, view: part === "connections" ? "connections" : "task", task, filters };
}

/**
 * @param {string} team
 * @param {View} view
 * @param {{ task?: string, filters?: Record<string, string> }} [more]
 */
export function writePlace(team, view, { task = "", filters = {} } = {}) {
  const parts = { task: ["tasks", task], connections: ["tasks", task, "connections"], tasks: ["tasks"], browsers: ["browsers"], keys: ["keys"], try: ["try"] };
  const search = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== "")).toString();
  return `#/${[team, ...parts[view]].map(encodeURIComponent).join("/")}${search && `?${search}`}`;
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

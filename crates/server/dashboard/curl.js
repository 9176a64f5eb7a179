/** What the form asks for, as the body of its call and as the command that says the same. Pure. */
import { INVITE } from "./describe.js";

/** @typedef {{ kind: string, keyword: string, sort_type: string, start: string, count: string, fields: string, profile_urn: string, note: string }} Asked */
/** @typedef {{ path: "fetch-connections" | "send-connection-request", body: Record<string, string | number> }} Call */

/**
 * @param {Asked} asked what stands in the fields
 * @returns {Call} without what is left to its default
 */
export function callOf(asked) {
  if (asked.kind === INVITE) return { path: "send-connection-request", body: { profile_urn: asked.profile_urn.trim(), ...(asked.note.trim() && { note: asked.note }) } };
  const { keyword, sort_type, fields } = asked;
  const start = Number(asked.start || 0);
  const many = Number(asked.count || 40);
  return { path: "fetch-connections", body: { ...(keyword.trim() && { keyword }), ...(sort_type && { sort_type }), start, count: many, ...(fields && { fields }) } };
}

/**
 * @param {string} server the page's own address
 * @param {Call} call
 * @param {string} key stands where the program's own belongs
 */
export function curlOf(server, { path, body }, key) {
  const address = new URL(`linkedin-agent/${path}`, server).href;
  return [`curl -H ${quoted(`x-api-key: ${key}`)} \\`, `  ${quoted(address)} \\`, `  -d ${quoted(JSON.stringify(body))}`].join("\n");
}

/**
 * Within single quotes a shell reads nothing but their end.
 *
 * @param {string} text
 */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * @param {Asked} asked
 * @returns {{ field: "start" | "count" | "profile_urn", least: number, most: number } | null} what would be refused anyway
 */
export function fault(asked) {
  if (asked.kind === INVITE) return asked.profile_urn.trim() ? null : { field: "profile_urn", least: 0, most: 0 };
  const within = (/** @type {string} */ text, /** @type {number} */ least, /** @type {number} */ most) => /^\d*$/.test(text.trim()) && (text.trim() === "" || (Number(text) >= least && Number(text) <= most));
  if (!within(asked.start, 0, 1_000_000)) return { field: "start", least: 0, most: 1_000_000 };
  return within(asked.count, 1, 500) ? null : { field: "count", least: 1, most: 500 };
}

/** A finished list as the table has it: which rows, in which order, and which addresses of theirs may be used. Pure. */
import { spoken } from "./words.js";

/**
 * @typedef {object} Row
 * @property {string | null} name
 * @property {string | null} headline
 * @property {string} entity_urn
 * @property {string | null} public_identifier
 * @property {string | null} profile_image_url
 * @property {string | null} [connected_at]
 */
/** @typedef {"name" | "headline" | "connected_at"} Column */
/** @typedef {{ column: Column, descending: boolean } | null} Order null: as the task has them */

/** LinkedIn's picture server; the page's policy lets no other be asked. */
const PICTURES = "media.licdn.com";

/**
 * @param {Row[]} rows
 * @param {string} text looked for in name and headline, whatever the case
 * @param {Order} order
 * @returns {Row[]} rows that lack what is sorted by are last either way
 */
export function arranged(rows, text, order) {
  const wanted = folded(text.trim());
  const found = wanted === "" ? [...rows] : rows.filter(({ name, headline }) => folded(`${name ?? ""}\n${headline ?? ""}`).includes(wanted));
  if (!order) return found;
  const { compare } = new Intl.Collator(spoken(), { sensitivity: "base", numeric: true });
  return found.sort((a, b) => {
    const [left, right] = [a[order.column] ?? "", b[order.column] ?? ""];
    if (left === "" || right === "") return Number(left === "") - Number(right === "");
    return order.descending ? compare(right, left) : compare(left, right);
  });
}

/** @param {string} text */
const folded = (text) => text.normalize("NFC").toLocaleLowerCase(spoken());

/**
 * @param {Order} order
 * @param {Column} column whose head was pressed
 * @returns {Order} up, down, and as it was
 */
export function nextOrder(order, column) {
  if (order?.column !== column) return { column, descending: false };
  return order.descending ? null : { column, descending: true };
}

/**
 * @param {Row} row
 * @returns {string | null} the profile's address, from its identifier alone
 */
export const profileAddress = ({ public_identifier: id }) => (id ? `https://www.linkedin.com/in/${encodeURIComponent(id)}/` : null);

/**
 * @param {Row} row
 * @returns {string | null} the picture's address, if it is LinkedIn's
 */
export function pictureAddress({ profile_image_url: address }) {
  try {
    const url = new URL(address ?? "");
    return url.protocol === "https:" && url.host === PICTURES ? url.href : null;
  } catch {
    return null;
  }
}

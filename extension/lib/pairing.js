/** What settings and onboarding decide about a pairing without touching the page: is the form complete, and how is the pairing put into words. */
import { isolate, t } from "./i18n.js";
import { readAddress } from "./server-address.js";

/** @typedef {import("./messages.js").Command} Command */
/** @typedef {import("./messages.js").Status} Status */
/** @typedef {import("./server-address.js").GoodAddress} GoodAddress */

/**
 * @typedef {{ ok: true, command: Command, address: GoodAddress } | { ok: false, reason: string, field: string }} Form
 * `reason` is a message key, `field` the input that it is about
 */

/**
 * States in which a pairing exists and yet does not work, each with its own sentence.
 *
 * @type {Partial<Record<Status["state"], string>>}
 */
const BROKEN = {
  superseded: "pairing_superseded",
  unauthorised: "pairing_unauthorised",
  no_permission: "pairing_no_permission",
};

/**
 * @param {Record<string, string>} typed
 * @returns {Form}
 */
export function readForm({ server = "", code = "", token = "", name = "" }) {
  const address = readAddress(server);
  if (!address.ok) return { ok: false, reason: address.reason, field: "server" };
  const proof = { code: code.trim(), token: token.trim() };
  if (!proof.code && !proof.token) return { ok: false, reason: "proof_missing", field: "code" };
  if (proof.code && proof.token) return { ok: false, reason: "proof_twice", field: "code" };
  if (name.trim() === "") return { ok: false, reason: "name_missing", field: "name" };
  const given = proof.code ? { code: proof.code } : { token: proof.token };
  return { ok: true, address, command: { kind: "pair", server: address.url, name: name.trim(), ...given } };
}

/** @param {Status} status */
export function pairingLine({ server, state }) {
  if (!server) return { tone: "quiet", text: t("pairing_none") };
  const broken = BROKEN[state];
  if (broken) return { tone: "bad", text: t(broken, server.url) };
  return { tone: "good", text: t("pairing_with", server.url, isolate(server.name)) };
}

/**
 * What the toolbar and the notifications say, in the person's language: the core decides what is shown and names the sentence.
 */
import { t } from "./i18n.js";
import { own } from "./own.js";
import { problemWords } from "./problems.js";

/** @typedef {import("./browser.js").Host} Host */
/** @typedef {import("./browser.js").Browser} Browser */

/** @type {Record<string, string>} */
const STATES = { paused: "badge_paused", working: "badge_working" };

/** @type {Record<string, { title: string, message: string }>} */
const NOTICES = {
  signed_out: { title: "notice_signed_out", message: "notice_signed_out_message" },
  challenge: { title: "notice_challenge", message: "notice_challenge_message" },
  blocked: { title: "notice_blocked", message: "notice_blocked_message" },
  server_gone: { title: "notice_server_gone", message: "notice_server_gone_message" },
  approval: { title: "notice_approval", message: "notice_approval_message" },
};

/**
 * @param {Browser} shell
 * @returns {Host} with words for what the core names
 */
export const inLanguage = (shell) => ({
  ...shell,
  showBadge: (badge, said, title) => shell.showBadge(badge, badgeTitle(said, title)),
  notify: (id, kind) => shell.notify(id, noticeWords(kind)),
});

/**
 * @param {string} said
 * @param {string} title the core's own
 */
function badgeTitle(said, title) {
  const key = own(STATES, said);
  return key ? t(key) : (problemWords({ said })?.message ?? title);
}

/** @param {string} kind */
function noticeWords(kind) {
  const keys = own(NOTICES, kind);
  return keys ? { title: t(keys.title), message: t(keys.message) } : { title: t("notice_other"), message: t("notice_other_message") };
}

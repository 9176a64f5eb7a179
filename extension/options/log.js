/** The options page's card of the log: what was done in the person's name, to keep as a file or to erase. */
import { byId, setText } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { saveLog } from "../lib/log-file.js";
import { send } from "../lib/messages.js";

/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */
/** @typedef {import("../lib/messages.js").Done} Done */

const dialog = /** @type {HTMLDialogElement} */ (byId("erase-dialog"));

/** @param {() => string} version of the extension, for the file */
export function offerLog(version) {
  byId("export-log").addEventListener("click", async () => {
    say(await send({ kind: "export_log" }), ({ log = [] }) => saveLog(log, version()));
  });
  byId("erase-log").addEventListener("click", () => dialog.showModal());
  byId("erase-cancel").addEventListener("click", () => dialog.close());
  byId("erase-confirm").addEventListener("click", async () => {
    dialog.close();
    say(await send({ kind: "erase_log" }), () => t("erased"));
  });
}

/**
 * @param {Answer | NoAnswer} answer
 * @param {(answer: Done) => string} done
 */
function say(answer, done) {
  byId("log-said").dataset.tone = answer.ok ? "good" : "bad";
  setText(byId("log-said"), answer.ok ? done(answer) : `${answer.error.message} ${answer.error.remedy}`.trim());
}

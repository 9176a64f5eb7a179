/** The settings' card of what is kept: the log as a file, or erased, or all of it erased. */
import { byId, setText } from "../lib/dom.js";
import { sentences, t } from "../lib/i18n.js";
import { saveLog } from "../lib/log-file.js";
import { send } from "../lib/messages.js";
import { release } from "../lib/pairing-form.js";
import { forget } from "../lib/place.js";

/** @typedef {import("../lib/messages.js").Answer} Answer */
/** @typedef {import("../lib/messages.js").NoAnswer} NoAnswer */
/** @typedef {import("../lib/messages.js").Done} Done */

/**
 * @param {object} page
 * @param {(busy: boolean) => void} page.setBusy one command at a time: what pairs after everything was erased would undo it
 * @param {() => string} page.version of the extension, for the file
 * @param {() => string | undefined} page.server that this browser is paired with
 * @param {() => Promise<void>} page.refresh
 */
export function offerData({ setBusy, version, server, refresh }) {
  byId("export-log").addEventListener("click", async () => {
    say(await send({ kind: "export_log" }), ({ log = [] }) => saveLog(log, version()));
  });
  confirmed("erase-log", "erase", async () => say(await send({ kind: "erase_log" }), () => t("erased")));
  confirmed("erase-everything", "everything", async () => {
    const before = server();
    setBusy(true);
    const answer = await send({ kind: "erase_everything" });
    if (answer.ok) {
      forget();
      await release(before);
    }
    setBusy(false);
    say(answer, () => t("everything_erased"));
    await refresh();
  });
}

/**
 * A second press, in a dialog that says what it does.
 *
 * @param {string} id of the button that asks
 * @param {string} dialogName how the ids of the dialog and its buttons begin
 * @param {() => void} erase
 */
function confirmed(id, dialogName, erase) {
  const dialog = /** @type {HTMLDialogElement} */ (byId(`${dialogName}-dialog`));
  byId(id).addEventListener("click", () => dialog.showModal());
  byId(`${dialogName}-cancel`).addEventListener("click", () => dialog.close());
  byId(`${dialogName}-confirm`).addEventListener("click", () => {
    dialog.close();
    erase();
  });
}

/**
 * @param {Answer | NoAnswer} answer
 * @param {(answer: Done) => string} done
 */
function say(answer, done) {
  byId("data-said").dataset.tone = answer.ok ? "good" : "bad";
  setText(byId("data-said"), answer.ok ? done(answer) : sentences(answer.error));
}

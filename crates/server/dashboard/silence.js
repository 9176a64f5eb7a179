/** Says at the top of the page that the server does not answer, since when, and that what stands below is from then. */
import { isCome } from "./api.js";
import { setText, showProblem } from "./dom.js";
import { clockTime } from "./time.js";
import { t } from "./words.js";

/**
 * @param {HTMLElement} box
 * @param {HTMLElement} body is marked while nothing on it can be known to be so
 */
export function watchSilence(box, body) {
  /** @type {number | null} */
  let heardAt = null;

  function show(/** @type {{ message: string, remedy: string } | null} */ problem) {
    body.toggleAttribute("data-silent", problem !== null);
    // An alert that is written anew is read out anew.
    if (problem && !box.hidden && box.querySelector(".problem-message")?.textContent === problem.message) return;
    showProblem(box, problem);
  }

  /** There was an answer, or nothing asks that could hear of one. */
  const over = () => show(null);

  return {
    over,
    /** An answer came, to whatever was asked. */
    heard() {
      heardAt = Date.now();
      over();
    },
    /**
     * Of what is asked for again and again, since that is what it says.
     *
     * @param {import("./api.js").Answer} answer
     * @returns {boolean} whether one came
     */
    hear(answer) {
      const came = isCome(answer);
      if (came) over();
      else if (heardAt === null) show({ message: t("silent"), remedy: t("silent_remedy") });
      else show({ message: t("silent_since", clockTime(heardAt, Date.now(), { seconds: true })), remedy: `${t("silent_stale")} ${t("silent_remedy")}` });
      return came;
    },
    /** As of when a view that has just been brought up to date is so. */
    stamp: (/** @type {HTMLElement} */ line) => setText(line, t("live", clockTime(Date.now(), Date.now(), { seconds: true }))),
  };
}

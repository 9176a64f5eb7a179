/**
 * What a press does at the server, and what is said when it came to nothing. That stands until the next press: it has a box of
 * its own, since what is wrong with keeping a view up to date is over as soon as the server answers again.
 */
import { problemBox } from "./pieces.js";

/** @param {{ tell: (text: string) => void }} page */
export function presses({ tell }) {
  const problem = problemBox();
  return {
    box: problem.box,
    /**
     * @param {() => Promise<boolean>} sure asks before
     * @param {() => Promise<import("./api.js").Answer>} act
     * @param {string} [done] is told when it is
     * @returns {Promise<boolean>} whether it is done
     */
    async press(sure, act, done = "") {
      problem.show(null);
      if (!(await sure())) return false;
      const answer = await act();
      if (!answer.ok) problem.refuse(answer);
      else if (done) tell(done);
      return answer.ok;
    },
  };
}

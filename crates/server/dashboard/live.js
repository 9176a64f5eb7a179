/**
 * Keeps what is seen true: asks again every two seconds for as long as somebody looks. What came without an answer is handed on
 * as well, so that nothing old is left standing as if it were so now.
 */

const EVERY_MS = 2_000;

let resting = false;

/**
 * While nobody is signed in, what was followed may stand aside, and would be asked for in vain.
 *
 * @param {boolean} yes
 */
export function rest(yes) {
  resting = yes;
}

/**
 * @template Answer
 * @param {() => Promise<Answer>} ask
 * @param {(answer: Answer) => void} show
 * @param {object} [by]
 * @param {(run: () => void, ms: number) => () => void} [by.every] begins, and gives what ends it
 */
export function follow(ask, show, { every = whileSeen } = {}) {
  let stopped = false;
  let asking = false;
  let again = false;

  /** Asks now, and once more where an answer under way may be older than what has just been done. */
  async function now() {
    again = asking;
    if (asking || stopped) return;
    asking = true;
    try {
      const answer = await ask();
      if (!stopped && !resting) show(answer);
    } finally {
      asking = false;
    }
    if (again) await now();
  }

  const end = every(() => void (asking || now()), EVERY_MS);
  void now();
  return {
    now,
    stop() {
      stopped = true;
      end();
    },
  };
}

/**
 * A tab in the background would keep the server busy for nobody.
 *
 * @param {() => void} run
 * @param {number} ms
 */
function whileSeen(run, ms) {
  const ifSeen = () => document.hidden || resting || run();
  const timer = setInterval(ifSeen, ms);
  document.addEventListener("visibilitychange", ifSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", ifSeen);
  };
}

/**
 * Keeps what is seen true: asks again and again for as long as somebody looks. What came without an answer is handed on as well,
 * so that nothing old is left standing as if it were so now. Knows nothing of who is asked: the server's dashboard has it too.
 */

/**
 * @template Answer
 * @param {() => Promise<Answer>} ask
 * @param {(answer: Answer) => void} show
 * @param {number} everyMs
 * @param {object} [by]
 * @param {(run: () => void, ms: number) => () => void} [by.every] begins, and gives what ends it
 */
export function follow(ask, show, everyMs, { every = whileSeen } = {}) {
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
      if (!stopped) show(answer);
    } finally {
      // Whatever goes wrong once, the page must not stay on old facts.
      asking = false;
    }
    if (again) await now();
  }

  const end = every(() => void (asking || now()), everyMs);
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
 * A tab in the background would keep whoever is asked busy for nobody.
 *
 * @param {() => void} run
 * @param {number} ms
 */
export function whileSeen(run, ms) {
  const ifSeen = () => document.hidden || run();
  const timer = setInterval(ifSeen, ms);
  document.addEventListener("visibilitychange", ifSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", ifSeen);
  };
}

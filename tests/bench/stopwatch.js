// Put in front of the extension's worker by scripts/bench: notes when it makes and gets back the calls whose times the bench
// prints, and hands them to a page that asks on a channel of its own, which Chrome counts as no event.
{
  const marks = [];
  const mark = (what, at = performance.timeOrigin + performance.now()) => void marks.push([what, at]);
  const channel = new BroadcastChannel("stopwatch");
  channel.onmessage = ({ data }) => data === "tell" && channel.postMessage(marks.splice(0));

  mark("worker", performance.timeOrigin);
  mark("script");

  /** Puts a note before a function and one after the promise that it gives. */
  const time = (holder, name, whatOf) => {
    const real = holder[name];
    holder[name] = function timed(...args) {
      const what = whatOf(...args);
      mark(`${what}>`);
      const answer = real.apply(this, args);
      // Heard in the same turn as by whoever waits for the answer, before them.
      answer.then(() => mark(`${what}<`), () => mark(`${what}!`));
      return answer;
    };
  };
  const urlOf = (input) => String(input.url ?? input);
  time(globalThis, "fetch", (input) => {
    const { hostname, pathname } = new URL(urlOf(input));
    return hostname === "www.linkedin.com" ? "site" : pathname.split("/").at(-1);
  });
  time(Response.prototype, "text", () => "text");
  time(WebAssembly, "instantiateStreaming", () => "wasm");
  time(WebAssembly, "instantiate", () => "wasm");
  for (const area of ["local", "session"]) {
    for (const call of ["get", "set", "remove"]) time(chrome.storage[area], call, () => `${area}.${call}`);
  }
  time(chrome.cookies, "get", () => "cookie");
}

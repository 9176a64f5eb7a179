// Put in front of the popup's script by `./build.sh bench popup`: says when its first line stood there and when it was painted.
{
  const channel = new BroadcastChannel("popup-stopwatch");
  const line = document.getElementById("headline");
  const now = () => performance.timeOrigin + performance.now();
  // What stands there until the worker has answered is no answer.
  const asking = chrome.i18n.getMessage("headline_asking");
  const watch = new MutationObserver(() => {
    if (["", asking].includes(line.textContent)) return;
    watch.disconnect();
    const mark = { began: performance.timeOrigin, said: now(), line: line.textContent };
    // What is asked for before a frame is done before it; a task of its own comes after it.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => channel.postMessage({ ...mark, painted: now() });
      port2.postMessage(null);
    });
  });
  watch.observe(line, { childList: true, characterData: true, subtree: true });
  channel.onmessage = ({ data }) => data === "close" && window.close();
}

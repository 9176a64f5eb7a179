// What is done in chrome://extensions, as its person would. A relative of Chrome's may have no such calls.

export const EXTENSIONS_PAGE = "chrome://extensions/";
/**
 * Chrome switches an unpacked extension off that restarts itself without the developer mode. Who loads one by hand has switched it on.
 * Says whether it is on then.
 */
export const DEVELOPER_MODE = `new Promise((done) => {
  const calls = globalThis.chrome?.developerPrivate;
  if (!calls) return done(false);
  calls.updateProfileConfiguration({ inDeveloperMode: true }, () => calls.getProfileConfiguration((now) => done(now.inDeveloperMode)));
})`;
/**
 * Chrome switches an extension off while it reloads it, and writes down some seconds late that this is over: a browser that is killed meanwhile
 * comes back with the extension off, and leaves it off. Says whether that was so, and it was switched on.
 *
 * @param {string} id the extension's
 */
export const switchOn = (id) => `new Promise((done) => {
  const calls = globalThis.chrome?.developerPrivate;
  if (!calls) return done(false);
  calls.getExtensionInfo("${id}", (info) => {
    if (info?.state !== "DISABLED" || !info.disableReasons.reloading) return done(false);
    chrome.management.setEnabled("${id}", true, () => done(true));
  });
})`;

// What is done in chrome://extensions, as its person would. A relative of Chrome's may have no such calls.

export const EXTENSIONS_PAGE = "chrome://extensions/";
export const SWITCHED_ON = "switched on";
export const LEFT_OFF = "left off";
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
 * comes back with the extension off, and leaves it off.
 *
 * @param {string} id the extension's
 * @returns {string} what answers `SWITCHED_ON` where that was so and is not any more, `LEFT_OFF` where it is, and else null
 */
export const switchOn = (id) => `new Promise((done) => {
  const calls = globalThis.chrome?.developerPrivate;
  if (!calls) return done(null);
  const ask = (then) => calls.getExtensionInfo("${id}", (info) => then(info?.state === "DISABLED" && info.disableReasons.reloading));
  ask((wasOff) => {
    if (!wasOff) return done(null);
    chrome.management.setEnabled("${id}", true, () => ask((isOff) => done(isOff ? "${LEFT_OFF}" : "${SWITCHED_ON}")));
  });
})`;

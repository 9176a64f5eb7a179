// Chrome switches an unpacked extension off that restarts itself without the developer mode. Who loads one by hand has switched it on.

export const EXTENSIONS_PAGE = "chrome://extensions/";
/** In that page: whether it is on then. A relative of Chrome's may have no such call. */
export const DEVELOPER_MODE = `new Promise((done) => {
  const calls = globalThis.chrome?.developerPrivate;
  if (!calls) return done(false);
  calls.updateProfileConfiguration({ inDeveloperMode: true }, () => calls.getProfileConfiguration((now) => done(now.inDeveloperMode)));
})`;

// Chrome switches an unpacked extension off that restarts itself without the developer mode. Who loads one by hand has switched it on.

export const EXTENSIONS_PAGE = "chrome://extensions/";
/** In that page. A relative of Chrome's that has no such call leaves the switch to its person. */
export const DEVELOPER_MODE = `chrome.developerPrivate &&
  new Promise((done) => chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true }, done))`;

/**
 * The only file that names Chrome's extension API. It implements the `Host` that the agent core is handed, registers the
 * worker's listeners, and offers the pages the few calls they need. Nothing here decides anything: decisions are the core's.
 */

/** @typedef {"idle" | "working" | "paused" | "attention"} Badge */
/** @typedef {"alarm" | "watchdog" | "startup" | "installed" | "permissions" | "session" | "message"} WakeReason */

/**
 * What the core may ask of the browser. Stored values are strings, so that no structured-clone surprise comes between a
 * journal entry and the bytes that were written.
 *
 * @typedef {object} Host
 * @property {(area: "local" | "session", keys: string[] | null) => Promise<Record<string, string>>} storageGet
 * @property {(area: "local" | "session", items: Record<string, string>) => Promise<void>} storageSet one atomic write
 * @property {(area: "local" | "session", keys: string[]) => Promise<void>} storageRemove
 * @property {(atMs: number) => Promise<void>} setAlarm the core's one far wake-up
 * @property {() => Promise<void>} clearAlarm
 * @property {(name: string) => Promise<string | null>} cookie
 * @property {(origin: string) => Promise<boolean>} hasPermission
 * @property {(badge: Badge, said: string, title: string) => Promise<void>} showBadge `said` names the sentence, `title` is the
 *   core's own
 * @property {(id: string, kind: string) => Promise<void>} notify
 * @property {(id: string) => Promise<void>} withdraw
 * @property {() => Promise<void>} keepAlive
 * @property {() => void} statusChanged
 * @property {() => string} version
 */

/**
 * The same before it has words for what the core names.
 *
 * @typedef {Omit<Host, "showBadge" | "notify"> & {
 *   showBadge: (badge: Badge, title: string) => Promise<void>,
 *   notify: (id: string, words: { title: string, message: string }) => Promise<void>,
 * }} Browser
 */

/**
 * @typedef {object} Handlers
 * @property {(reason: WakeReason) => void} wake
 * @property {(message: unknown, fromOwnPage: boolean) => Promise<unknown>} message never rejects
 * @property {() => void} updateAvailable
 * @property {() => void} firstRun the extension is new in this browser
 */

export const LINKEDIN_ORIGIN = "https://www.linkedin.com/*";

const LINKEDIN_URL = "https://www.linkedin.com/";
const SESSION_COOKIE = "li_at";
const CORE_ALARM = "core";
const WATCHDOG_ALARM = "watchdog";
/** 30 s is Chrome's floor for alarms in an installed extension. */
const WATCHDOG_MINUTES = 0.5;
const STATUS_CHANGED = "status_changed";

/** Each state has its own text, and standing still an icon that is hollow, so that none of them is told by colour alone. */
export const BADGES = Object.freeze({
  idle: { text: "", background: "#5f6b7a", ink: "#ffffff", icon: "icon" },
  working: { text: "…", background: "#0b6e66", ink: "#ffffff", icon: "icon" },
  paused: { text: "II", background: "#5f6b7a", ink: "#ffffff", icon: "still" },
  attention: { text: "!", background: "#b3261e", ink: "#ffffff", icon: "icon" },
});

/** @type {Browser} */
export const host = {
  storageGet: async (area, keys) => /** @type {Record<string, string>} */ (await chrome.storage[area].get(keys)),
  storageSet: (area, items) => chrome.storage[area].set(items),
  storageRemove: (area, keys) => chrome.storage[area].remove(keys),
  setAlarm: (atMs) => chrome.alarms.create(CORE_ALARM, { when: atMs }),
  clearAlarm: async () => void (await chrome.alarms.clear(CORE_ALARM)),
  cookie: async (name) => (await chrome.cookies.get({ url: LINKEDIN_URL, name }))?.value ?? null,
  hasPermission: (origin) => chrome.permissions.contains({ origins: [origin] }),
  showBadge,
  // Without the permission there is no such API, and nobody to be told.
  notify: async (id, words) =>
    void (await chrome.notifications?.create(id, { type: "basic", iconUrl: packageUrl("icons/icon-128.png"), ...words })),
  withdraw: async (id) => void (await chrome.notifications?.clear(id)),
  // Chrome ends a worker after 30 s without an event or an extension call, whatever its fetches are doing.
  keepAlive: async () => void (await chrome.runtime.getPlatformInfo()),
  // With no page open there is no receiver, and Chrome reports that as a rejection.
  statusChanged: () => void chrome.runtime.sendMessage({ kind: STATUS_CHANGED }).catch(() => {}),
  version: () => chrome.runtime.getManifest().version,
};

/**
 * The host, with all that is stored being read already: while the core is being compiled there is nothing else to do. It is good
 * for the first look alone, before which nobody writes.
 *
 * @returns {Browser}
 */
export function hostReadingAhead() {
  const areas = /** @type {("local" | "session")[]} */ (["local", "session"]);
  const ahead = new Map(areas.map((area) => [area, host.storageGet(area, null)]));
  for (const reading of ahead.values()) reading.catch(() => {}); // who takes it hears of it
  return {
    ...host,
    storageGet(area, keys) {
      const first = keys === null ? ahead.get(area) : undefined;
      ahead.delete(area);
      return first ?? host.storageGet(area, keys);
    },
  };
}

/** @type {object | null} */
let newestBadge = null;

/**
 * @param {Badge} badge
 * @param {string} title read out by screen readers, which do not see the badge; empty when there is nothing to say
 */
async function showBadge(badge, title) {
  const mine = (newestBadge = {});
  // A popup that woke the worker gets its answer first.
  await new Promise((resolve) => setTimeout(resolve));
  // Timers do not always end in the order in which they began.
  if (newestBadge !== mine) return;
  const { text, background, ink, icon } = BADGES[badge];
  await Promise.all([
    chrome.action.setIcon({ path: { 16: `/icons/${icon}-16.png`, 32: `/icons/${icon}-32.png` } }),
    chrome.action.setBadgeText({ text }),
    chrome.action.setBadgeBackgroundColor({ color: background }),
    chrome.action.setBadgeTextColor({ color: ink }),
    chrome.action.setTitle({ title: [chrome.runtime.getManifest().name, title].filter(Boolean).join(": ") }),
  ]);
}

/**
 * Registers every listener of the worker. Must run in the worker's first turn: Chrome drops the event that woke the
 * worker when its listener appears later.
 *
 * @param {Handlers} on
 */
export function listen(on) {
  chrome.alarms.onAlarm.addListener(({ name }) => on.wake(name === WATCHDOG_ALARM ? "watchdog" : "alarm"));
  chrome.runtime.onInstalled.addListener(({ reason }) => {
    on.wake("installed");
    if (reason === "install") on.firstRun();
  });
  chrome.runtime.onStartup.addListener(() => on.wake("startup"));
  // Without this listener Chrome waits for the worker to fall idle before it updates, which this one never does.
  chrome.runtime.onUpdateAvailable.addListener(() => on.updateAvailable());
  // Which sites may be reached is the core's concern; whether notifications are shown is not.
  const reaches = (/** @type {chrome.permissions.Permissions} */ { origins }) => void (origins?.length && on.wake("permissions"));
  chrome.permissions.onAdded.addListener((added) => (hearNotifications(), reaches(added)));
  chrome.permissions.onRemoved.addListener(reaches);
  hearNotifications();
  const isNews = sessionWatch();
  chrome.cookies.onChanged.addListener((change) => void (isNews(change) && on.wake("session")));
  chrome.runtime.onMessage.addListener((message, sender, reply) => {
    on.message(message, isOwnPage(sender)).then(reply);
    return true; // the answer comes later; Chrome keeps the channel open
  });
}

/** The API appears with its permission. */
function hearNotifications() {
  chrome.notifications?.onClicked.addListener(openNotified);
}

/** @param {string} id begins with the page that helps */
function openNotified(id) {
  const [page] = id.split("/");
  void host.withdraw(id);
  if (page === "linkedin") void openTab(LINKEDIN_URL);
  else if (page === "options") void openOptions();
  else void openPopup();
}

/** Where no window can show a popup the same page does in a tab; before Chrome 127 extensions have no such call at all. */
async function openPopup() {
  try {
    await chrome.action.openPopup();
  } catch {
    await openPage("popup/popup.html");
  }
}

/**
 * LinkedIn sets its session's cookie anew now and then, with the value it had: nobody signed in or out then. A cookie that
 * is overwritten is first reported as removed.
 *
 * @returns {(change: chrome.cookies.CookieChangeInfo) => boolean}
 */
function sessionWatch() {
  /** @type {string | null} */
  let last = null;
  return ({ cookie, removed, cause }) => {
    if (!isSession(cookie) || (removed && cause === "overwrite")) return false;
    const value = removed ? "" : cookie.value;
    const isNews = value !== last;
    last = value;
    return isNews;
  };
}

/** @param {chrome.cookies.Cookie} cookie */
function isSession({ name, domain }) {
  return name === SESSION_COOKIE && /^\.?(www\.)?linkedin\.com$/.test(domain);
}

/**
 * The id alone is not enough: a content script shares it, and a page's renderer can be made to lie about what it runs.
 *
 * @param {chrome.runtime.MessageSender} sender
 */
export function isOwnPage(sender) {
  const root = chrome.runtime.getURL("");
  const ownUrl = sender.url?.startsWith(root) === true;
  return sender.id === chrome.runtime.id && ownUrl && `${sender.origin}/` === root;
}

/** What every start of the worker needs: an update clears alarms, and the access level is not remembered. */
export async function prepareWorker() {
  const accessLevel = "TRUSTED_CONTEXTS";
  await Promise.all([
    chrome.storage.local.setAccessLevel({ accessLevel }),
    chrome.storage.session.setAccessLevel({ accessLevel }),
    ensureWatchdog(),
  ]);
}

async function ensureWatchdog() {
  if (await chrome.alarms.get(WATCHDOG_ALARM)) return;
  await chrome.alarms.create(WATCHDOG_ALARM, { periodInMinutes: WATCHDOG_MINUTES });
}

/** @param {string} path inside the package */
export const packageUrl = (path) => chrome.runtime.getURL(path);

export const reloadExtension = () => chrome.runtime.reload();

/**
 * @param {unknown} message
 * @returns {Promise<unknown>} rejects when there is no worker
 */
export const sendToWorker = async (message) => chrome.runtime.sendMessage(message);

/**
 * Chrome says that no worker has got the message: it was just ending it, or has none that it could start. Its errors have nothing but
 * their text.
 *
 * @param {unknown} error of `sendToWorker`
 */
export const wasUnheard = (error) => error instanceof Error && error.message.includes("Receiving end does not exist");

/**
 * Chrome forgets a worker whose script it can't read any more; a restart of the extension or of the browser registers it again
 * (docs/decisions/0010-lost-worker.md).
 *
 * @returns {Promise<boolean>} never rejects
 */
export async function isWorkerLost() {
  try {
    return (await navigator.serviceWorker.getRegistrations()).length === 0;
  } catch {
    return false;
  }
}

/** @param {() => void} listener for pages */
export function onStatusChanged(listener) {
  chrome.runtime.onMessage.addListener((message, sender) => {
    if (sender.id === chrome.runtime.id && message?.kind === STATUS_CHANGED) listener();
  });
}

/**
 * Shows Chrome's permission prompt, so it has to be called inside a click, before anything is awaited.
 *
 * @param {string[]} origins
 * @returns {Promise<boolean>}
 */
export const requestOrigins = (origins) => chrome.permissions.request({ origins });

/** @param {string} origin */
export const releaseOrigin = (origin) => chrome.permissions.remove({ origins: [origin] });

export const openOptions = () => chrome.runtime.openOptionsPage();

/** @param {string} path of a page inside the package, to be shown in a tab of its own */
export const openPage = (path) => openTab(packageUrl(path));

/** @param {string} url */
const openTab = async (url) => void (await chrome.tabs.create({ url }));

const NOTIFICATIONS = { permissions: /** @type {"notifications"[]} */ (["notifications"]) };

/** @returns {Promise<boolean>} */
export const hasNotifications = () => chrome.permissions.contains(NOTIFICATIONS);

/**
 * Shows Chrome's prompt, so it has to be called inside a click as well.
 *
 * @returns {Promise<boolean>}
 */
export const requestNotifications = () => chrome.permissions.request(NOTIFICATIONS);

export const releaseNotifications = () => chrome.permissions.remove(NOTIFICATIONS);

/** @param {() => void} listener for pages */
export function onPermissionsChanged(listener) {
  chrome.permissions.onAdded.addListener(listener);
  chrome.permissions.onRemoved.addListener(listener);
}

/** @returns {Promise<string>} Chrome's short name of the operating system */
export const operatingSystem = async () => (await chrome.runtime.getPlatformInfo()).os;

/**
 * @param {string} key
 * @param {string[]} values
 */
export const localMessage = (key, values) => chrome.i18n.getMessage(key, values);

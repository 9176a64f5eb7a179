/** A stand-in for Chrome's extension API: remembers what was set and lets a test fire the events. */
import { readFileSync } from "node:fs";

export const EXTENSION = new URL("../../../../extension/", import.meta.url);
export const ID = "dihjbdcfolgcfljmnnamkocngkeglbic";
export const ROOT = `chrome-extension://${ID}/`;
export const ownPage = { id: ID, url: `${ROOT}popup/popup.html`, origin: `chrome-extension://${ID}` };

export const readJson = (path) => JSON.parse(readFileSync(new URL(path, EXTENSION), "utf8"));

function event() {
  const listeners = [];
  return { addListener: (listener) => listeners.push(listener), listeners, fire: (...args) => listeners.map((run) => run(...args)) };
}

function storageArea() {
  const items = new Map();
  return {
    items,
    accessLevel: null,
    async get(keys) {
      return Object.fromEntries([...items].filter(([key]) => keys === null || keys.includes(key)));
    },
    async set(added) {
      for (const [key, value] of Object.entries(added)) items.set(key, value);
    },
    async remove(keys) {
      for (const key of keys) items.delete(key);
    },
    async setAccessLevel({ accessLevel }) {
      this.accessLevel = accessLevel;
    },
  };
}

function alarms() {
  const set = new Map();
  return {
    set,
    onAlarm: event(),
    get: async (name) => set.get(name),
    create: async (name, info) => void set.set(name, info),
    clear: async (name) => set.delete(name),
  };
}

function runtime(calls) {
  return {
    id: ID,
    onMessage: event(),
    onInstalled: event(),
    onStartup: event(),
    onUpdateAvailable: event(),
    getURL: (path) => ROOT + path,
    getManifest: () => ({ ...readJson("manifest.json"), name: "Liaison" }),
    getPlatformInfo: async () => (calls.push("getPlatformInfo"), { os: "linux" }),
    sendMessage: async (message) => void calls.push(message),
    openOptionsPage: async () => void calls.push("openOptionsPage"),
    reload: () => void calls.push("reload"),
  };
}

function permissions() {
  const granted = new Set();
  const named = ({ origins = [], permissions = [] }) => [...origins, ...permissions];
  return {
    granted,
    onAdded: event(),
    onRemoved: event(),
    contains: async (asked) => named(asked).every((each) => granted.has(each)),
    request: async (asked) => (named(asked).forEach((each) => granted.add(each)), true),
    remove: async (asked) => (named(asked).forEach((each) => granted.delete(each)), true),
  };
}

function notifications() {
  const shown = new Map();
  return {
    shown,
    onClicked: event(),
    create: async (id, options) => (shown.set(id, options), id),
    clear: async (id) => shown.delete(id),
  };
}

/** Installs a fresh one as the global; `calls` lists what was asked of the runtime, `badge` what the icon shows. */
export function installChrome() {
  const calls = [];
  const badge = {};
  const messages = readJson("_locales/en/messages.json");
  const chrome = {
    calls,
    badge,
    runtime: runtime(calls),
    alarms: alarms(),
    tabs: { create: async ({ url }) => void calls.push({ opened: url }) },
    storage: { local: storageArea(), session: storageArea() },
    cookies: { jar: new Map(), onChanged: event(), get: async ({ url, name }) => chrome.cookies.jar.get(`${url} ${name}`) ?? null },
    permissions: permissions(),
    notifications: notifications(),
    action: {
      setIcon: async ({ path }) => void (badge.icon = path),
      setBadgeText: async ({ text }) => void (badge.text = text),
      setBadgeBackgroundColor: async ({ color }) => void (badge.background = color),
      setBadgeTextColor: async ({ color }) => void (badge.ink = color),
      setTitle: async ({ title }) => void (badge.title = title),
      openPopup: async () => void calls.push("openPopup"),
    },
    i18n: {
      getMessage: (key, values = []) => (messages[key]?.message ?? "").replace(/\$(\d)/g, (_, n) => values[Number(n) - 1] ?? ""),
    },
  };
  globalThis.chrome = chrome;
  return chrome;
}

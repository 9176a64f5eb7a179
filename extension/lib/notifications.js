/** Whether the person lets Liaison call them: a permission of Chrome's that is asked for by a click, and can be given back. */
import { hasNotifications, onPermissionsChanged, releaseNotifications, requestNotifications } from "./browser.js";
import { button, byId, input } from "./dom.js";

/** @param {(allowed: boolean) => void} show hears it now and whenever it changes */
function watchNotifications(show) {
  // Chrome that cannot say is taken to say no: the offer then stays where it is.
  const look = () => void hasNotifications().then(show, () => show(false));
  onPermissionsChanged(look);
  look();
  return look;
}

/**
 * The popup's offer. It is made when it is of use for the first time, which is when something waits for the person.
 *
 * @returns {(needed: boolean) => void} shows it or not
 */
export function offerNotifications() {
  let allowed = true;
  let needed = false;
  const place = () => void (byId("notify").hidden = allowed || !needed);
  const look = watchNotifications((is) => ((allowed = is), place()));
  // The prompt takes the focus, and with it the popup; what was chosen is seen when it is opened again.
  button("notify-allow").addEventListener("click", () => void requestNotifications().then(look, look));
  return (is) => ((needed = is), place());
}

/** The settings' box, which shows what is so whatever was pressed. */
export function offerNotificationsBox() {
  const box = input("notify-box");
  const look = watchNotifications((allowed) => {
    box.checked = allowed;
    box.disabled = false;
  });
  box.addEventListener("change", () => void (box.checked ? requestNotifications() : releaseNotifications()).then(look, look));
}

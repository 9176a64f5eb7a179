/** The rows of a finished list as a table: sorted by its heads, searched by a field, with pictures once they are switched on. */
import { setText } from "./dom.js";
import { h, theirs } from "./element.js";
import { arranged, nextOrder, pictureAddress, profileAddress } from "./rows.js";
import { count, day } from "./time.js";
import { t } from "./words.js";

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("./rows.js").Column} Column */

export function rowsTable() {
  /** @type {Row[]} */
  let rows = [];
  /** @type {Column[]} */
  let columns = [];
  /** @type {import("./rows.js").Order} */
  let order = null;

  const shown = h("p", { class: "soft", role: "status" });
  const filter = h("input", { id: "rows-filter", type: "search", autocomplete: "off", input: draw });
  const pictures = h("input", { id: "pictures", type: "checkbox", role: "switch", "aria-describedby": "pictures-hint", change: draw });
  // Said though a table says it by itself: in a narrow window it is laid out as none.
  const head = h("tr", { role: "row" });
  const body = h("tbody", { role: "rowgroup" });
  const table = h("div", { class: "scroll", role: "region", "aria-label": t("rows_region"), tabindex: "0" }, h("table", { class: "rows", role: "table" }, h("thead", { role: "rowgroup" }, head), body));

  function draw() {
    const found = arranged(rows, filter.value, order);
    setText(shown, rows.length === 0 ? t("rows_none") : found.length === 0 ? t("rows_none_such") : t("rows_of", count(found.length), count(rows.length)));
    table.hidden = found.length === 0;
    body.replaceChildren(...found.map((row) => h("tr", { role: "row" }, ...columns.map((column) => cell(row, column, pictures.checked)))));
    for (const [at, column] of columns.entries()) markSorted(/** @type {HTMLElement} */ (head.children[at]), order?.column === column ? order : null);
  }

  /** @param {Column} column */
  function headCell(column) {
    const sort = () => {
      order = nextOrder(order, column);
      draw();
    };
    return h("th", { scope: "col", role: "columnheader" }, h("button", { type: "button", class: "sort", click: sort }, t(`column_${column}`)));
  }

  return {
    search: h("label", { for: "rows-filter" }, h("span", {}, t("rows_filter")), filter),
    pictures: h("div", { class: "field" }, h("label", { class: "switch" }, pictures, h("span", {}, t("pictures"))), h("p", { id: "pictures-hint", class: "soft" }, t("pictures_hint"))),
    shown,
    table,
    /** @param {Row[]} found */
    show(found) {
      rows = found;
      columns = rows.some((row) => row.connected_at) ? ["name", "headline", "connected_at"] : ["name", "headline"];
      head.replaceChildren(...columns.map(headCell));
      draw();
    },
  };
}

/**
 * @param {HTMLElement} cell
 * @param {import("./rows.js").Order} order
 */
function markSorted(cell, order) {
  cell.removeAttribute("aria-sort");
  if (order) cell.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
}

/**
 * @param {Row} row
 * @param {Column} column
 * @param {boolean} withPicture
 */
function cell(row, column, withPicture) {
  if (column === "headline") return h("td", { role: "cell" }, row.headline ? theirs(row.headline) : null);
  if (column === "connected_at") return h("td", { class: "when", role: "cell", "data-heading": t("column_connected_at") }, row.connected_at ? h("time", { datetime: row.connected_at }, day(row.connected_at)) : null);
  const address = profileAddress(row);
  const name = theirs(row.name || row.entity_urn);
  const linked = address ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, name) : name;
  return h("th", { scope: "row", role: "rowheader" }, h("span", { class: "person" }, withPicture ? picture(row) : null, linked));
}

/** @param {Row} row */
function picture(row) {
  const address = pictureAddress(row);
  if (!address) return h("span", { class: "picture" });
  return h("img", { class: "picture", src: address, alt: "", width: 40, height: 40, loading: "lazy", referrerpolicy: "no-referrer" });
}

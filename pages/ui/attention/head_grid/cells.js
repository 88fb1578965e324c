// The grid of all heads: as thumbnails or as a map of one number each, sorted, filtered, walked by the arrow keys.

import { drawLight, startPainting } from "./cell_paint.js";
import { listenToCells, nextHead, sortHeads } from "./cell_walk.js";
import { label, makeCell, markPins } from "./cell_words.js";
import { make, treeOf } from "./dom.js";

/** @import { Actions, Changes, Head, Layout, Measure, Payload, Snapshot } from "./types.js" */
/** @import { Cell } from "./cell_words.js" */
/** @typedef {"payload" | "weights" | "view" | "measure" | "asked" | "lit" | "layout" | "theme"} CellsField */
/** @typedef {Pick<Snapshot, CellsField>} CellsSnapshot */
/**
 * @typedef {object} Grid
 * @property {HTMLElement} node
 * @property {HTMLElement} body  holds the rows
 * @property {HTMLCanvasElement} light
 * @property {Map<string, Cell>} cells  by "layer.head"
 * @property {Head[][]} order  rows, as shown
 * @property {Head} home  the head that Tab comes to
 * @property {() => void} stopPainting
 */

/**
 * The grid; `draw(changes, snapshot)` follows the view.
 * @param {Pick<Actions, "change" | "togglePin">} actions
 * @param {(digest: string | null) => void} onPainted  called with null when painting begins
 */
export function makeCells({ change, togglePin }, onPainted) {
  const body = make("div", { class: "cells", role: "grid", "aria-label": "All layers and heads" });
  const light = make("canvas", { class: "light", "aria-hidden": "true" });
  const node = make("div", { class: "cells-frame" }, body, light);
  /** @type {Grid} */
  const grid = { node, body, light, cells: new Map(), order: [], home: [0, 0], stopPainting: () => {} };
  listenToCells(body, {
    point: (pin) => change({ pointed: pin }),
    togglePin,
    makeHome: (pin) => makeHome(grid, pin),
    walk: (pin, key) => walk(grid, pin, key),
  });
  return {
    node,
    /** @type {(pin: Head) => HTMLCanvasElement} */
    thumbnail: (pin) => cellOf(grid, pin).canvas,
    /** @type {(changes: Changes, snapshot: CellsSnapshot) => void} */
    draw: (changes, snapshot) => drawCells(grid, changes, snapshot, onPainted),
  };
}

/**
 * @param {Grid} grid
 * @param {Changes} changes
 * @param {CellsSnapshot} snapshot
 * @param {(digest: string | null) => void} onPainted
 */
function drawCells(grid, changes, snapshot, onPainted) {
  const { body } = grid;
  const { payload, view, measure, lit, layout, theme } = snapshot;
  /** @type {(...names: Parameters<Changes["has"]>[0][]) => boolean} */
  const has = (...names) => names.some((name) => changes.has(name));
  if (has("data")) build(grid, payload.shape);
  const focused = treeOf(body).activeElement;
  if (has("data", "measure", "order")) arrange(grid, payload, view.order, measure);
  if (has("data", "scale")) {
    grid.stopPainting();
    onPainted(null);
    grid.stopPainting = startPainting([...grid.cells.values()], snapshot, () => onPainted(payload.digest));
  }
  if (has("data", "size")) measureCells(grid, layout, payload.shape);
  if (has("data", "measure", "order", "picture", "badge")) {
    body.classList.toggle("map", view.picture === "map");
    label(grid.cells.values(), snapshot);
  }
  if (has("data", "measure", "pins")) markPins(grid.cells.values(), snapshot);
  if (has("data", "lit", "size", "order", "measure", "picture", "theme"))
    drawLight(grid.light, grid.order, view.picture === "map" ? null : lit, layout, theme.primary);
  if (focused instanceof HTMLElement && body.contains(focused)) focused.focus({ preventScroll: true });
}

/**
 * One cell per head; which of its parts are shown is up to the style sheet.
 * @param {Grid} grid
 * @param {Payload["shape"]} shape
 */
function build(grid, [nLayers, nHeads]) {
  grid.cells.clear();
  if (grid.home[0] >= nLayers || grid.home[1] >= nHeads) grid.home = [0, 0];
  for (const pin of sortHeads(nLayers, nHeads, "place", null).flat()) grid.cells.set(pin.join("."), makeCell(pin));
  makeHome(grid, grid.home);
}

/**
 * @param {Grid} grid
 * @param {Head} pin
 */
function cellOf(grid, pin) {
  return /** @type {Cell} */ (grid.cells.get(pin.join("."))); // every head of the payload has one
}

/**
 * @param {Grid} grid
 * @param {Head} pin
 */
function makeHome(grid, pin) {
  grid.home = pin;
  for (const cell of grid.cells.values()) cell.node.tabIndex = cell.pin.join() === pin.join() ? 0 : -1;
}

/**
 * Moves the focus from a head to the one that a key leads to; false for other keys.
 * @param {Grid} grid
 * @param {Head} pin
 * @param {string} key
 */
function walk(grid, pin, key) {
  const next = nextHead(grid.order, pin, key);
  if (next) cellOf(grid, next).node.focus();
  return next !== null;
}

/**
 * Puts the cells in the chosen order, under the headers that still make sense in it.
 * @param {Grid} grid
 * @param {Pick<Payload, "shape" | "head_names">} payload
 * @param {Snapshot["view"]["order"]} order
 * @param {Measure | null} measure
 */
function arrange(grid, payload, order, measure) {
  const [nLayers, nHeads] = payload.shape;
  grid.order = sortHeads(nLayers, nHeads, order, measure);
  const heads = Array.from({ length: nHeads }, (_, head) => {
    const name = payload.head_names?.[head] ?? String(head + 1);
    return make("div", { class: "across", role: "columnheader" }, order === "place" ? name : "");
  });
  const rows = grid.order.map((pins, row) => {
    const name = make("div", { class: "down", role: "rowheader" }, order === "all" ? "" : String(row + 1));
    return make("div", { class: "row", role: "row" }, name, ...pins.map((pin) => cellOf(grid, pin).node));
  });
  const header = make("div", { class: "row", role: "row" }, make("div", { class: "corner" }), ...heads);
  grid.body.replaceChildren(header, ...rows);
}

/**
 * @param {Grid} grid
 * @param {Layout} layout
 * @param {Payload["shape"]} shape
 */
function measureCells({ node, body }, layout, [, nHeads, nTokens]) {
  node.style.setProperty("--cell", `${layout.cell}px`);
  node.style.setProperty("--wide", `${layout.cellWide}px`);
  node.style.setProperty("--under", `${layout.under}px`);
  node.style.setProperty("--heads", String(nHeads));
  body.classList.toggle("roomy", layout.cell >= 28 && layout.cellWide >= 31);
  body.classList.toggle("wordy", layout.cellWide >= 27 && layout.cell >= 15);
  body.classList.toggle("enlarged", layout.cell * devicePixelRatio >= nTokens);
}

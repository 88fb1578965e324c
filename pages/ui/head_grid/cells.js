// The grid of all heads: as thumbnails or as a map of one number each, sorted, filtered, walked by the arrow keys.

import { listenToCells, sortHeads } from "./cell_walk.js";
import { make, setAttributes } from "./dom.js";
import { barOf, formatMeasure, headFacts, headName, isOff, shareOf, shortBadge, shortHeadName } from "./naming.js";
import { colourAt, cssColour, inkOn, packedColours } from "./scale.js";
import { LETTERS } from "./view.js";
import { colourPlaces, paint, shrink } from "./weights.js";

const PAINT_MILLISECONDS = 100; // of painting in one go, enough for 64 tokens; then the page gets its turn

/** The grid of a mounted component. `draw(changed)` follows the view. */
export function makeCells(mounted) {
  const node = make("div", { class: "cells", role: "grid", "aria-label": "All layers and heads" });
  const light = make("canvas", { class: "light", "aria-hidden": "true" });
  const grid = { mounted, node: make("div", { class: "cells-frame" }, node, light), body: node, light };
  grid.cells = new Map(); // "layer.head" -> its parts
  grid.order = []; // rows of [layer, head], as shown
  grid.home = [0, 0]; // the head that Tab comes to
  listenToCells(grid);
  return Object.assign(grid, { draw: (changed) => drawCells(grid, changed) });
}

function drawCells(grid, changed) {
  const has = (...names) => names.some((name) => changed.has(name));
  if (has("data")) build(grid);
  if (has("data", "measure", "order")) arrange(grid);
  if (has("data", "scale")) startPainting(grid);
  if (has("data", "size")) measureCells(grid);
  if (has("data", "measure", "order", "picture", "badge")) label(grid);
  if (has("data", "measure", "pins")) markPins(grid);
  if (has("data", "lit", "size", "order", "measure", "picture", "theme")) drawLight(grid);
}

/** One cell per head: canvas, bar and words; which are shown is up to the style sheet. */
function build(grid) {
  const [nLayers, nHeads] = grid.mounted.payload.shape;
  grid.cells.clear();
  grid.home = grid.home[0] < nLayers && grid.home[1] < nHeads ? grid.home : [0, 0];
  for (let layer = 0; layer < nLayers; layer++) {
    for (let head = 0; head < nHeads; head++) {
      const canvas = make("canvas", { class: "thumbnail", "data-layer": layer, "data-head": head });
      const parts = {
        canvas,
        pin: [layer, head],
        bar: make("span", { class: "bar" }),
        letter: make("span", { class: "letter" }),
      };
      parts.number = make("span", { class: "number" });
      parts.badge = make("span", { class: "badge" });
      const text = make("span", { class: "words" }, parts.number, parts.badge);
      const id = `${layer}.${head}`;
      parts.node = make(
        "div",
        { class: "cell", role: "gridcell", tabindex: id === grid.home.join(".") ? 0 : -1, "data-cell": id },
        canvas,
        text,
        parts.bar,
        parts.letter,
      );
      grid.cells.set(id, parts);
    }
  }
}

/** Puts the cells in the chosen order, under the headers that still make sense in it. */
function arrange(grid) {
  const { payload, view, measure } = grid.mounted;
  const [nLayers, nHeads] = payload.shape;
  const focused = grid.mounted.root.getRootNode().activeElement;
  grid.order = sortHeads(nLayers, nHeads, view.order, measure);
  const heads = Array.from({ length: nHeads }, (_, head) =>
    make(
      "div",
      { class: "across", role: "columnheader" },
      view.order === "place" ? (payload.head_names?.[head] ?? String(head + 1)) : "",
    ),
  );
  const rows = grid.order.map((pins, row) => {
    const name = view.order === "all" ? "" : String(row + 1);
    const cells = pins.map((pin) => grid.cells.get(pin.join(".")).node);
    return make(
      "div",
      { class: "row", role: "row" },
      make("div", { class: "down", role: "rowheader" }, name),
      ...cells,
    );
  });
  grid.body.replaceChildren(
    make("div", { class: "row", role: "row" }, make("div", { class: "corner" }), ...heads),
    ...rows,
  );
  if (focused?.dataset?.cell) focused.focus({ preventScroll: true });
}

/** Paints every thumbnail, a few milliseconds at a time where there is much to paint. */
function startPainting(grid) {
  const { payload, weights, view } = grid.mounted;
  const waiting = [...grid.cells.values()];
  const packed = packedColours(weights.difference);
  const turn = (grid.painting = {});
  const step = () => {
    if (grid.painting !== turn) return; // newer data or another scale took over
    const end = performance.now() + PAINT_MILLISECONDS;
    while (waiting.length && performance.now() < end) {
      const { canvas, pin } = waiting.shift();
      const small = shrink(weights.bytes(...pin), payload.shape[2], weights.difference);
      paint(canvas, colourPlaces(small.bytes, view.scale, weights.difference, small.side), small.side, packed);
    }
    if (waiting.length) setTimeout(step);
    else finish(grid.mounted);
  };
  delete grid.mounted.root.dataset.painted;
  step();
}

/** All is painted: with the next frame it is on the screen, and whoever waits for it or times it may go on. */
function finish({ root, payload }) {
  requestAnimationFrame(() => {
    root.dataset.painted = payload.digest;
    performance.measure("head-grid-drawn", "head-grid-start");
  });
}

function measureCells(grid) {
  const { layout, payload } = grid.mounted;
  grid.node.style.setProperty("--cell", `${layout.cell}px`);
  grid.node.style.setProperty("--wide", `${layout.cellWide}px`);
  grid.node.style.setProperty("--under", `${layout.under}px`);
  grid.node.style.setProperty("--heads", payload.shape[1]);
  grid.body.classList.toggle("roomy", layout.cell >= 28 && layout.cellWide >= 31);
  grid.body.classList.toggle("wordy", layout.cellWide >= 27 && layout.cell >= 15);
  grid.body.classList.toggle("enlarged", layout.cell * devicePixelRatio >= payload.shape[2]);
}

/** Words and colours of all cells. */
function label(grid) {
  const { payload, view, measure } = grid.mounted;
  grid.body.classList.toggle("map", view.picture === "map");
  for (const { node, pin, number, badge, bar } of grid.cells.values()) {
    const own = payload.badges?.[pin[0]]?.[pin[1]] ?? "";
    const share = measure ? shareOf(measure, pin) : NaN;
    const colour = Number.isNaN(share) ? null : colourAt(share, measure.signed);
    number.textContent = measure ? formatMeasure(measure, pin) : "";
    badge.textContent = view.order === "place" ? shortBadge(own) : shortHeadName(payload, pin);
    const [from, to] = barOf(measure, pin);
    Object.assign(bar.style, { left: `${100 * from}%`, width: `${100 * (to - from)}%` });
    node.style.setProperty("--number", colour ? cssColour(colour) : "transparent");
    node.style.setProperty("--ink", colour ? inkOn(colour) : "currentColor");
    node.classList.toggle("off", isOff(payload, pin));
    node.classList.toggle("filtered", Boolean(view.badge) && view.badge !== own);
  }
}

/** Letters and names of all cells; those that stay as they are, are left alone. */
function markPins(grid) {
  const { payload, measure, pins } = grid.mounted;
  for (const { node, pin, letter } of grid.cells.values()) {
    const place = pins.findIndex((other) => other[0] === pin[0] && other[1] === pin[1]);
    const words = [
      headName(payload, pin),
      ...headFacts(payload, pin, measure),
      place >= 0 ? `pinned as ${LETTERS[place]}` : "",
    ];
    const name = words.filter(Boolean).join(", ");
    if (node.getAttribute("aria-label") === name) continue;
    letter.textContent = LETTERS[place] ?? "";
    node.classList.toggle("pinned", place >= 0);
    setAttributes(node, { "aria-label": name, "aria-selected": String(place >= 0) });
  }
}

/** The lit token's row and column across all thumbnails. */
function drawLight(grid) {
  const { light, order } = grid;
  const { view, layout, payload, theme } = grid.mounted;
  light.hidden = view.lit === null || view.picture === "map";
  if (light.hidden) return;
  const ratio = devicePixelRatio;
  const { cell, across, down, header, numbers } = layout;
  const rows = order.length;
  [light.width, light.height] = [(numbers + order[0].length * across) * ratio, (header + rows * down) * ratio];
  Object.assign(light.style, { width: `${light.width / ratio}px`, height: `${light.height / ratio}px` });
  const context = light.getContext("2d");
  context.scale(ratio, ratio);
  context.fillStyle = theme.primary;
  context.globalAlpha = 0.55;
  const step = cell / payload.shape[2];
  const at = view.lit * step;
  order.forEach((pins, row) =>
    pins.forEach((_, column) => {
      const [left, top] = [numbers + column * across, header + row * down];
      context.fillRect(left, top + at, cell, Math.max(1, step));
      context.fillRect(left + at, top, Math.max(1, step), cell);
    }),
  );
}

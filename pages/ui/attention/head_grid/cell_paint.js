// What is painted in the grid of heads: its thumbnails, and the lit token across all of them.

import { contextOf } from "./dom.js";
import { paint } from "./pixels.js";
import { shrink } from "./weights.js";

/** @import { Head, Layout, Snapshot } from "./types.js" */

const PAINT_MILLISECONDS = 100; // of painting in one go, enough for 64 tokens; then the page gets its turn

/**
 * Paints every thumbnail, a few milliseconds at a time where there is much to paint.
 * @param {{ canvas: HTMLCanvasElement, pin: Head }[]} cells
 * @param {Pick<Snapshot, "payload" | "weights" | "view">} snapshot
 * @param {() => void} onEnd
 * @returns what stops the painting
 */
export function startPainting(cells, { payload, weights, view }, onEnd) {
  const waiting = [...cells];
  let stopped = false; // newer data or another scale took over
  const step = () => {
    if (stopped) return;
    const end = performance.now() + PAINT_MILLISECONDS;
    while (performance.now() < end) {
      const cell = waiting.shift();
      if (!cell) break;
      const small = shrink(weights.bytes(...cell.pin), payload.shape[2], weights.difference);
      paint(cell.canvas, small, view.scale, weights.difference);
    }
    if (waiting.length) setTimeout(step);
    else onEnd();
  };
  step();
  return () => {
    stopped = true;
  };
}

/**
 * The lit token's row and column across all thumbnails.
 * @param {HTMLCanvasElement} light  lies over the thumbnails
 * @param {Head[][]} order  rows, as shown
 * @param {number | null} lit
 * @param {Pick<Layout, "cell" | "across" | "down" | "header" | "numbers" | "nTokens">} layout
 * @param {string} colour
 */
export function drawLight(light, order, lit, layout, colour) {
  light.hidden = lit === null;
  if (lit === null) return;
  const ratio = devicePixelRatio;
  const { cell, across, down, header, numbers } = layout;
  const rows = order.length;
  [light.width, light.height] = [(numbers + order[0].length * across) * ratio, (header + rows * down) * ratio];
  Object.assign(light.style, { width: `${light.width / ratio}px`, height: `${light.height / ratio}px` });
  const context = contextOf(light);
  context.scale(ratio, ratio);
  context.fillStyle = colour;
  context.globalAlpha = 0.55;
  const step = cell / layout.nTokens;
  const at = lit * step;
  order.forEach((pins, row) => {
    pins.forEach((_, column) => {
      const [left, top] = [numbers + column * across, header + row * down];
      context.fillRect(left, top + at, cell, Math.max(1, step));
      context.fillRect(left + at, top, Math.max(1, step), cell);
    });
  });
}

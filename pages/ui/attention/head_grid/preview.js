// The enlarged head under the pointer or the focus.

import { make } from "./dom.js";
import { headFacts, headName } from "./naming.js";
import { paint } from "./pixels.js";

/** @import { Change, Changes, Snapshot } from "./types.js" */

const [LEAST, LARGEST] = [90, 260]; // pixels of its side
const NUMBERS = 16; // pixels for the numbers beside the grid, which move the heads to the right
const TEXT = 96; // pixels of its name and facts
const FRAME = 22; // pixels of padding and border
/** @type {Change[]} */
const REDRAWN_BY = ["pointed", "scale", "data", "measure"];

/** @param {HTMLElement} root  of the component: the preview lies over it */
export function makePreview(root) {
  const canvas = make("canvas", { class: "enlarged", width: 1, height: 1 });
  const name = make("strong");
  const facts = make("div", { class: "facts" });
  const node = make("div", { class: "preview", "aria-hidden": "true" }, name, facts, canvas);
  node.hidden = true;
  return {
    node,
    /** @type {(changes: Changes, snapshot: PreviewSnapshot) => void} */
    draw(changes, { payload, weights, view, measure, pointed }) {
      if (!REDRAWN_BY.some((change) => changes.has(change))) return;
      node.hidden = pointed === null;
      if (pointed === null) return;
      const nTokens = payload.shape[2];
      name.textContent = headName(payload, pointed);
      facts.textContent = headFacts(payload, pointed, measure).join(" · ");
      paint(canvas, { bytes: weights.bytes(...pointed), side: nTokens }, view.scale, weights.difference);
      const cell = root.querySelector(`[data-cell="${pointed.join(".")}"]`);
      const grid = root.querySelector(".cells");
      if (!cell || !grid) return;
      const side = previewSide(grid.getBoundingClientRect());
      Object.assign(canvas.style, { width: `${side}px`, height: `${side}px` });
      canvas.classList.toggle("smooth", nTokens > side * devicePixelRatio);
      place(node, cell.getBoundingClientRect(), grid.getBoundingClientRect(), root.getBoundingClientRect());
    },
  };
}

/** @typedef {Pick<Snapshot, "payload" | "weights" | "view" | "measure" | "pointed">} PreviewSnapshot */

/**
 * The largest side that leaves the other half of the grid free, and ends with the grid.
 * @param {DOMRect} grid
 */
function previewSide({ width, height }) {
  return Math.max(LEAST, Math.min(LARGEST, Math.floor(width / 2) - FRAME - NUMBERS, Math.floor(height) - TEXT));
}

/**
 * Over the half of the grid that the pointed head is not in: never over that head, nor over a pinned matrix.
 * @param {HTMLElement} node
 * @param {DOMRect} cell
 * @param {DOMRect} grid
 * @param {DOMRect} root
 */
function place(node, cell, grid, root) {
  const width = previewSide(grid) + FRAME;
  const isRight = (cell.left + cell.right) / 2 > (grid.left + grid.right) / 2;
  const left = (isRight ? grid.left : grid.right - width) - root.left;
  Object.assign(node.style, { left: `${left}px`, top: `${grid.top - root.top}px`, width: `${width}px` });
}

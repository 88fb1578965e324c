// The enlarged head under the pointer or the focus.

import { make } from "./dom.js";
import { frameOf } from "./layout.js";
import { headFacts, headName } from "./naming.js";
import { packedColours } from "./scale.js";
import { colourPlaces, paint } from "./weights.js";

const [LEAST, LARGEST] = [170, 260]; // pixels of its side
const FRAME = 22; // pixels of padding and border

export function makePreview(mounted) {
  const canvas = make("canvas", { class: "enlarged", width: 1, height: 1 });
  const name = make("strong");
  const facts = make("div", { class: "facts" });
  const node = make("div", { class: "preview", "aria-hidden": "true" }, name, facts, canvas);
  node.hidden = true;
  return { node, draw: (changed) => drawPreview(mounted, { node, canvas, name, facts }, changed) };
}

function drawPreview(mounted, { node, canvas, name, facts }, changed) {
  if (!["pointed", "scale", "data", "measure"].some((part) => changed.has(part))) return;
  const { payload, weights, view, measure, layout, root } = mounted;
  const pin = mounted.knownHead(view.pointed);
  node.hidden = pin === null;
  if (node.hidden) return;
  const [, , nTokens] = payload.shape;
  name.textContent = headName(payload, pin);
  facts.textContent = headFacts(payload, pin, measure).join(" · ");
  paint(
    canvas,
    colourPlaces(weights.bytes(...pin), view.scale, weights.difference, nTokens),
    nTokens,
    packedColours(weights.difference),
  );
  const free = layout.right - frameOf(layout, 0).width - FRAME - 8;
  const side = Math.min(LARGEST, Math.max(LEAST, free));
  Object.assign(canvas.style, { width: `${side}px`, height: `${side}px` });
  canvas.classList.toggle("smooth", nTokens > side * devicePixelRatio);
  place(node, root.querySelector(`[data-cell="${pin.join(".")}"]`), mounted, side);
}

/** At the right edge, never over the grid; under the cell where all stands in one column. */
function place(node, cell, { root, layout }, side) {
  const frame = root.getBoundingClientRect();
  const box = cell.getBoundingClientRect();
  const levels = root.querySelector(".levels").getBoundingClientRect();
  const [left, top] = layout.stacked
    ? [Math.min(box.left - frame.left, frame.width - side - FRAME), box.bottom - frame.top + 12]
    : [frame.width - side - FRAME, levels.top - frame.top];
  Object.assign(node.style, { left: `${Math.max(0, left)}px`, top: `${top}px`, width: `${side + FRAME}px` });
}

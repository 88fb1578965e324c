// One head's matrix as a drawing: tokens beside the rows (they read) and above the columns (they are read).

import { makeSvg, shorten } from "./dom.js";
import { SMALL_FONT } from "./layout.js";
import { coloursOf, cssColour } from "./scale.js";
import { colourIndices } from "./weights.js";

/** @import { Canvases, Frame, Head, MatrixCell, Payload, Scale, Theme, Weights } from "./types.js" */

const CORNER = 66; // pixels beside the rows from which the axes' names fit
const MOST_RECTS = 64; // tokens: up to here an exported matrix is made of rectangles, above of one picture

/**
 * The tokens around a frame: above its columns, and beside its rows where it is named. Specials are in italics.
 * @param {object} parts
 * @param {Pick<Payload, "tokens" | "special">} parts.payload
 * @param {Theme} parts.theme
 * @param {Frame} parts.frame
 * @param {number[]} parts.marked  tokens in bold
 */
export function drawAxes({ payload, theme, frame, marked }) {
  const { left, top, side } = frame;
  const font = `${SMALL_FONT}px ${theme.family}`;
  const step = side / payload.tokens.length;
  const every = Math.ceil((SMALL_FONT + 1) / step);
  const group = makeSvg("g", { "font-size": SMALL_FONT, "font-family": theme.family, "dominant-baseline": "central" });
  /** @param {number} place */
  const near = (place) => marked.some((other) => other !== place && Math.abs(other - place) * step < SMALL_FONT);
  payload.tokens.forEach((token, place) => {
    const strong = marked.includes(place);
    if (!strong && (place % every || near(place))) return;
    const middle = (place + 0.5) * step;
    const look = {
      fill: strong ? theme.link : theme.text,
      "font-weight": strong ? 700 : 400,
      "font-style": payload.special[place] ? "italic" : "normal",
    };
    const beside = { ...look, x: left - 5, y: top + middle, "text-anchor": "end" };
    const above = { ...look, transform: `translate(${left + middle} ${top - 5}) rotate(-90)` };
    if (frame.named) group.append(makeSvg("text", beside, shorten(token, left - 8, font)));
    group.append(makeSvg("text", above, shorten(token, top - 6, font)));
  });
  if (frame.named && left >= CORNER) {
    const corner = { "fill-opacity": 0.75, fill: theme.text, "text-anchor": "end", x: left - 8 };
    group.append(
      makeSvg("text", { ...corner, y: top - 25 }, "keys →"),
      makeSvg("text", { ...corner, y: top - 10 }, "queries ↓"),
    );
  }
  return group;
}

/**
 * Frames round the chosen rows, the lit row and column, and the cell under the pointer.
 * @param {object} parts
 * @param {Theme} parts.theme
 * @param {Frame} parts.frame
 * @param {number} parts.nTokens
 * @param {number[]} parts.chosen
 * @param {number | null} parts.lit
 * @param {MatrixCell | null} parts.cell
 */
export function drawMarks({ theme, frame, nTokens, chosen, lit, cell }) {
  const { side } = frame;
  const step = side / nTokens;
  const group = makeSvg("g", {
    fill: "none",
    stroke: theme.primary,
    transform: `translate(${frame.left} ${frame.top})`,
  });
  /** @type {(x: number, y: number, width: number, height: number, look: Record<string, string | number>) => void} */
  const box = (x, y, width, height, look) => group.append(makeSvg("rect", { x, y, width, height, ...look }));
  for (const place of chosen) box(0, place * step, side, step, { "stroke-width": 2 });
  if (lit !== null) {
    box(0, lit * step, side, step, { "stroke-dasharray": "4 3" });
    box(lit * step, 0, step, side, { "stroke-dasharray": "4 3" });
  }
  if (cell) box(cell.key * step, cell.query * step, step, step, { "stroke-width": 2 });
  return group;
}

/**
 * The weights as vectors, for export: a rectangle per weight, or one picture where there are too many.
 * @param {Weights} weights
 * @param {Head} pin
 * @param {Scale} scale
 * @param {Frame} frame
 * @param {Canvases["matrix"]} matrixCanvas
 */
export function drawWeights(weights, pin, scale, frame, matrixCanvas) {
  const { left, top, side } = frame;
  const bytes = weights.bytes(...pin);
  const nTokens = Math.sqrt(bytes.length);
  const group = makeSvg("g", { transform: `translate(${left} ${top})`, "shape-rendering": "crispEdges" });
  if (nTokens > MOST_RECTS) {
    const href = matrixCanvas(pin).toDataURL("image/png");
    const look = { preserveAspectRatio: "none", style: "image-rendering: pixelated" };
    group.append(makeSvg("image", { href, width: side, height: side, ...look }));
    return group;
  }
  const colours = coloursOf(weights.difference);
  const step = side / nTokens;
  const [width, height] = [step.toFixed(2), step.toFixed(2)];
  colourIndices(bytes, scale, weights.difference, nTokens).forEach((index, at) => {
    const [x, y] = [((at % nTokens) * step).toFixed(2), (Math.floor(at / nTokens) * step).toFixed(2)];
    group.append(makeSvg("rect", { x, y, width, height, fill: cssColour(colours[index]) }));
  });
  return group;
}

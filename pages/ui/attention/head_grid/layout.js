// How large everything is, from the room there is: all heads stay on one 1280 x 720 projector.

import { shorten, textWidth } from "./dom.js";

/** @import { Frame, Layout, Part, Payload, View } from "./types.js" */

export const GAP = 2; // pixels between cells
const UNDER = 5; // pixels below a thumbnail for its bar, and below a small one
const UNDER_SMALL = 3;
const SMALL_CELL = 24;
const HEADER = 18; // pixels of the numbers across
const LAYER_NUMBERS = 26; // pixels of the numbers down, as in the style sheet
const ELSEWHERE = 340; // pixels of a window's height that title, controls and strip take
const ABOVE = 200; // pixels of a window's height that the app's header and the controls take
const COMFORTABLE = 39; // pixels of a layer that many layers may claim even if the strip moves below the fold
const LARGEST_CELL = 110;
const WIDE_CELL = 44; // pixels of a cell of the map that holds a number and a badge
const LEAST_CELL = 10;
export const BETWEEN = 18; // pixels between two matrices
export const SMALL_FONT = 14; // pixels: nothing is smaller
const FRAME = 6; // pixels around a matrix
const [LEAST_OF_ONE, LEAST_OF_MANY, LEAST_SIDE] = [240, 190, 90]; // pixels of a matrix, whatever the window's height
const [LARGEST_SIDE, LARGEST_WEIGHT] = [640, 110]; // pixels of a matrix, and of one weight
const MOST_LABEL = 96; // pixels of a token beside a matrix
const MOST_UPRIGHT = 78; // pixels of a token above it
const PANEL_HEAD = 66; // pixels of a panel's title, facts and readout
const SECOND_LINE = 18; // pixels more where two stand side by side and their facts may need two lines

/**
 * Sizes in CSS pixels for a component `width` wide in a window `height` high.
 * @param {object} shown
 * @param {Pick<Payload, "shape" | "tokens">} shown.payload
 * @param {number} shown.nPins
 * @param {View["picture"]} shown.picture
 * @param {string} shown.family  of the font
 * @param {Part} [shown.part]  of the view that stands in this component; "all" unless named
 * @param {number} width
 * @param {number} height
 * @returns {Layout}
 */
export function planLayout({ payload, nPins, picture, family, part = "all" }, width, height) {
  const [nLayers, nHeads, nTokens] = payload.shape;
  const stacked = part !== "all" || width < 720;
  const budget = clamp(height - ELSEWHERE, 300, 760);
  const leftMost = stacked ? width : width * 0.5;
  const cells = planCells({ nLayers, nHeads, leftMost, budget, whole: height - ABOVE, map: picture === "map" });
  const left = stacked ? width : Math.max(LAYER_NUMBERS + nHeads * (cells.cellWide + GAP), Math.min(300, leftMost));
  const right = stacked ? width : width - left - 28;
  const labels = axisRoom(payload.tokens, family);
  const upright = Math.min(labels, MOST_UPRIGHT);
  const room = Math.max(budget, nLayers * cells.down);
  const panels = planPanels({ right, budget: room, labels, upright, nPins, nTokens });
  return { ...cells, ...panels, width, stacked, left, right, labels, upright, nTokens };
}

/**
 * Squares for thumbnails; the cells of the map may be wider than high, so that their numbers fit.
 * @param {object} room
 * @param {number} room.nLayers
 * @param {number} room.nHeads
 * @param {number} room.leftMost  pixels of width at most
 * @param {number} room.budget  pixels of height without scrolling
 * @param {number} room.whole  pixels of height with the strip out of sight
 * @param {boolean} room.map
 */
function planCells({ nLayers, nHeads, leftMost, budget, whole, map }) {
  /** @param {number} room */
  const pitch = (room) => (room - HEADER) / nLayers;
  const byHeight = Math.max(pitch(budget), Math.min(COMFORTABLE, pitch(whole)));
  const byWidth = (leftMost - LAYER_NUMBERS) / nHeads - GAP;
  const under = map ? 0 : byHeight - GAP - UNDER < SMALL_CELL ? UNDER_SMALL : UNDER;
  const cell = Math.floor(clamp(Math.min(byHeight - GAP - under, byWidth), LEAST_CELL, LARGEST_CELL));
  const cellWide = map ? Math.floor(clamp(byWidth, cell, Math.max(cell, WIDE_CELL))) : cell;
  const steps = { across: cellWide + GAP, down: cell + GAP + under, header: HEADER, numbers: LAYER_NUMBERS + GAP };
  return { cell, cellWide, under, ...steps };
}

/**
 * Room for the tokens beside and above a matrix.
 * @param {string[]} tokens
 * @param {string} family
 */
function axisRoom(tokens, family) {
  const font = `${SMALL_FONT}px ${family}`;
  const sample = tokens.length > 200 ? tokens.slice(0, 200) : tokens;
  const widest = Math.max(12, ...sample.map((token) => textWidth(shorten(token, MOST_LABEL, font), font)));
  return Math.ceil(Math.min(MOST_LABEL, widest)) + 8;
}

/**
 * How many pinned heads stand in a row, and the side of each: as large as the room allows.
 * @param {object} room
 * @param {number} room.right  pixels of width
 * @param {number} room.budget  pixels of height
 * @param {number} room.labels  pixels of the tokens beside a matrix
 * @param {number} room.upright  pixels of the tokens above it
 * @param {number} room.nPins
 * @param {number} room.nTokens
 */
function planPanels({ right, budget, labels, upright, nPins, nTokens }) {
  const plans = Array.from({ length: Math.max(1, nPins) }, (_, place) => {
    const perRow = place + 1; // the first of a row has the tokens beside it, the others share them
    const byWidth = (right - labels - perRow * FRAME - (perRow - 1) * BETWEEN) / perRow;
    const texts = PANEL_HEAD + (perRow > 1 ? SECOND_LINE : 0) + upright;
    const byHeight = budget / Math.ceil(nPins / perRow) - texts;
    return { perRow, side: Math.min(byWidth, Math.max(byHeight, nPins > 1 ? LEAST_OF_MANY : LEAST_OF_ONE)) };
  });
  const best = plans.reduce((a, b) => (b.side >= a.side - 1 ? b : a));
  const largest = Math.min(LARGEST_SIDE, LARGEST_WEIGHT * nTokens);
  return { perRow: best.perRow, side: Math.floor(clamp(best.side, Math.min(LEAST_SIDE, largest), largest)) };
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/**
 * Where a pinned head's square stands in its panel: of a row only the first one has tokens beside its rows.
 * @param {Pick<Layout, "perRow" | "labels" | "upright" | "side">} layout
 * @param {number} place  among the pins
 * @returns {Frame}
 */
export function frameOf(layout, place) {
  const named = place % layout.perRow === 0;
  const left = named ? layout.labels : FRAME - 2;
  const [top, side] = [layout.upright, layout.side];
  return { left, top, side, named, width: left + side + 2, height: top + side + 2 };
}

// A head's weights on a canvas: one pixel per weight, in exactly the colours of the table.

import { contextOf } from "./dom.js";
import { packedColours } from "./scale.js";
import { colourIndices } from "./weights.js";

/** @import { Scale } from "./types.js" */

const [WEIGHTS, DIFFERENCES] = [packedColours(false), packedColours(true)];

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ bytes: Uint8Array, side: number }} pixels  (side * side,) bytes, row by row
 * @param {Scale} scale
 * @param {boolean} difference
 */
export function paint(canvas, { bytes, side }, scale, difference) {
  const packed = difference ? DIFFERENCES : WEIGHTS;
  const indices = colourIndices(bytes, scale, difference, side);
  if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side;
  const context = contextOf(canvas, { willReadFrequently: true }); // kept in memory: quick to make and to read
  const image = context.createImageData(side, side);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < indices.length; at++) pixels[at] = packed[indices[at]];
  context.putImageData(image, 0, 0);
}

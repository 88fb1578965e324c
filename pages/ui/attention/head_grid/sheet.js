// Drawings put side by side and one below the other on a sheet, for export.

import { makeSvg } from "./dom.js";

/** @import { Piece, Theme } from "./types.js" */

export const MARGIN = 16; // pixels around pieces

/**
 * @param {SVGElement} node
 * @param {number} width
 * @param {number} height
 * @returns {Piece}
 */
export function block(node, width, height) {
  return { node, width, height };
}

/**
 * @param {Piece} piece
 * @param {number} x
 * @param {number} y
 */
function moved(piece, x, y) {
  return makeSvg("g", { transform: `translate(${x} ${y})` }, piece.node);
}

/** @param {Piece[]} pieces */
export function stack(pieces) {
  let height = 0;
  const group = makeSvg("g");
  for (const piece of pieces) {
    group.append(moved(piece, 0, height));
    height += piece.height + MARGIN;
  }
  return block(group, Math.max(...pieces.map(({ width }) => width)), height - MARGIN);
}

/**
 * @param {Piece} left
 * @param {Piece} right
 */
export function beside(left, right) {
  const group = makeSvg("g", {}, moved(left, 0, 0), moved(right, left.width + MARGIN, 0));
  return block(group, left.width + MARGIN + right.width, Math.max(left.height, right.height));
}

/**
 * @param {Piece} piece
 * @param {Theme} theme
 */
export function sheet(piece, theme) {
  const [width, height] = [piece.width + 2 * MARGIN, piece.height + 2 * MARGIN].map(Math.ceil);
  const ground = makeSvg("rect", { width, height, fill: theme.background });
  return makeSvg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, ground, moved(piece, MARGIN, MARGIN));
}

/**
 * @param {string} text
 * @param {number} size  of the font
 * @param {Theme} theme
 * @param {number} weight  of the font
 * @param {Record<string, string | number>} attributes
 */
export function textLine(text, size, theme, weight = 400, attributes = {}) {
  return makeSvg(
    "text",
    { y: size, "font-size": size, "font-family": theme.family, "font-weight": weight, fill: theme.text, ...attributes },
    text,
  );
}

// The grid of all heads as a drawing for export, with its legends.

import { sortHeads } from "./cell_walk.js";
import { makeSvg } from "./dom.js";
import { numberLegend, weightLegend } from "./legend.js";
import { badgeOf, barOf, formatMeasure, isOff, shareOf, shortBadge, shortHeadName } from "./naming.js";
import { colourAt, coloursOf, cssColour, inkOn } from "./scale.js";
import { block, stack, textLine } from "./sheet.js";
import { LETTERS } from "./view.js";

/** @import { Canvases, Head, Layout, Legend, Measure, Snapshot, Theme } from "./types.js" */
const OFF_COLOUR = "#c9534f"; // as in the style sheet
/** @typedef {Pick<Snapshot, "payload" | "view" | "measure" | "asked" | "layout" | "theme">} GridSnapshot */

/**
 * The ramp with its numbers, as in the controls.
 * @param {Theme} theme
 * @param {Legend} legend
 */
export function drawRamp(theme, { caption, marks, difference }) {
  const colours = coloursOf(difference);
  const group = makeSvg("g", {}, textLine(caption, 12, theme));
  colours.forEach((colour, index) => {
    group.append(makeSvg("rect", { x: index, y: 18, width: 1.2, height: 10, fill: cssColour(colour) }));
  });
  marks.forEach((mark, index) => {
    const anchor = ["start", "middle", "end"][index];
    group.append(textLine(mark, 12, theme, 400, { x: (index * colours.length) / 2, y: 42, "text-anchor": anchor }));
  });
  return block(group, colours.length, 46);
}

/**
 * @param {GridSnapshot} snapshot
 * @param {Canvases["thumbnail"]} thumbnailCanvas
 */
export function drawGrid(snapshot, thumbnailCanvas) {
  const { payload, layout, theme, view, measure } = snapshot;
  const [nLayers, nHeads] = payload.shape;
  const { across, down } = layout;
  const group = makeSvg("g", { transform: "translate(26 18)" });
  /** @type {(text: string, x: number, y: number, anchor: string) => void} */
  const name = (text, x, y, anchor) => group.append(textLine(text, 12, theme, 400, { x, y, "text-anchor": anchor }));
  sortHeads(nLayers, nHeads, view.order, measure).forEach((pins, row) => {
    if (view.order !== "all") name(String(row + 1), -8, row * down + layout.cell / 2 + 4, "end");
    pins.forEach((pin, column) => {
      const transform = `translate(${column * across} ${row * down})`;
      group.append(makeSvg("g", { transform }, drawCell(snapshot, pin, thumbnailCanvas)));
    });
  });
  for (let head = 0; head < nHeads && view.order === "place"; head++) {
    name(payload.head_names?.[head] ?? String(head + 1), head * across + layout.cellWide / 2, -5, "middle");
  }
  const numbers = view.picture === "map" && measure ? [drawRamp(theme, numberLegend(measure))] : [];
  return stack([
    drawRamp(theme, weightLegend(payload.difference, view.scale)),
    ...numbers,
    block(makeSvg("g", {}, group), 26 + nHeads * across, 18 + nLayers * down),
  ]);
}

/**
 * A head as a number or as a thumbnail, framed where it is pinned, pale where it lacks the chosen badge.
 * @param {GridSnapshot} snapshot
 * @param {Head} pin
 * @param {Canvases["thumbnail"]} thumbnailCanvas
 */
function drawCell(snapshot, pin, thumbnailCanvas) {
  const { payload, layout, theme, view, measure, asked } = snapshot;
  const { cell, cellWide } = layout;
  const place = asked.findIndex((other) => other.join() === pin.join());
  const badge = badgeOf(payload, pin);
  const group = makeSvg("g", { opacity: view.badge && view.badge !== badge && place < 0 ? 0.15 : 1 });
  if (view.picture === "thumbnails") {
    const href = thumbnailCanvas(pin).toDataURL("image/png");
    group.append(...drawThumbnail(href, barOf(measure, pin), layout, theme));
  } else if (measure) {
    const name = view.order === "place" ? shortBadge(badge) : shortHeadName(payload, pin);
    group.append(...drawNumber(measure, pin, name, layout, theme));
  }
  if (isOff(payload, pin)) {
    const line = { x2: cellWide, y2: cell, stroke: OFF_COLOUR, "stroke-width": 2 };
    group.append(makeSvg("line", line));
  }
  if (place >= 0) {
    const frame = { width: cellWide, height: cell, fill: "none", stroke: theme.primary, "stroke-width": 3 };
    group.append(
      makeSvg("rect", frame),
      makeSvg("rect", { x: -8, y: -8, width: 15, height: 16, fill: theme.primary }),
      textLine(LETTERS[place], 12, theme, 700, { x: -4.5, y: 4, fill: "#ffffff" }),
    );
  }
  return group;
}

/**
 * @param {Measure} measure
 * @param {Head} pin
 * @param {string} name  the head's badge or its name
 * @param {Layout} layout
 * @param {Theme} theme
 */
function drawNumber(measure, pin, name, { cell, cellWide }, theme) {
  const colour = colourAt(shareOf(measure, pin) || 0, measure.signed);
  const words = [formatMeasure(measure, pin), name];
  const lines = cellWide < 27 || cell < 15 ? [] : words.slice(0, cell >= 28 ? 2 : 1).filter(Boolean);
  const middle = cell / 2 + 4 - (lines.length - 1) * 6.5;
  const look = { x: cellWide / 2, "text-anchor": "middle", fill: inkOn(colour) };
  return [
    makeSvg("rect", { width: cellWide, height: cell, fill: cssColour(colour) }),
    ...lines.map((line, number) => textLine(line, 12, theme, 400, { ...look, y: middle + number * 13 })),
  ];
}

/**
 * @param {string} href  of the pixels
 * @param {number[]} bar  where it begins and ends, as shares of the width
 * @param {Layout} layout
 * @param {Theme} theme
 */
function drawThumbnail(href, bar, { cell, under }, theme) {
  const [from, to] = bar.map((share) => share * cell);
  const look = { fill: theme.text, "fill-opacity": 0.7 };
  return [
    makeSvg("image", { href, width: cell, height: cell, style: "image-rendering: pixelated" }),
    makeSvg("rect", { x: from, y: cell + 1, width: to - from, height: under - 2, ...look }),
  ];
}

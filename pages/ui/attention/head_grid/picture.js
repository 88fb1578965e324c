// The current view as one drawing, put together for export from the pieces that are on the screen.

import { makeSvg } from "./dom.js";
import { BETWEEN, frameOf } from "./layout.js";
import { weightLegend } from "./legend.js";
import { drawAxes, drawMarks, drawWeights } from "./matrix.js";
import { headFacts, headName } from "./naming.js";
import { drawGrid, drawRamp } from "./picture_grid.js";
import { beside, block, MARGIN, sheet, stack, textLine } from "./sheet.js";
import { drawBars, drawLinks, drawNames, drawToken } from "./strip_draw.js";
import { columnOf, planStrip } from "./strip_layout.js";
import { stripLinks, stripRows } from "./strip_rows.js";
import { LETTERS } from "./view.js";

/** @import { Canvases, Frame, Head, Snapshot } from "./types.js" */

const PANEL_TEXT = 44; // pixels of a panel's name and facts

/**
 * Title, legend, grid, pinned heads and strip.
 * @param {Snapshot} snapshot
 * @param {Canvases} canvases
 */
export function wholePicture(snapshot, canvases) {
  const { payload, theme, layout } = snapshot;
  const title = block(textLine(payload.title, 16, theme, 700), layout.width, 24);
  const grid = drawGrid(snapshot, canvases.thumbnail);
  const pinned = drawPanels(snapshot, canvases.matrix);
  const heads = layout.stacked ? stack([grid, pinned]) : beside(grid, pinned);
  return sheet(stack([title, heads, drawStrip(snapshot)]), theme);
}

/**
 * Legend, pinned heads and strip.
 * @param {Snapshot} snapshot
 * @param {Canvases["matrix"]} matrixCanvas
 */
export function pinnedPicture(snapshot, matrixCanvas) {
  const { theme, weights, view } = snapshot;
  const legend = drawRamp(theme, weightLegend(weights.difference, view.scale));
  return sheet(stack([legend, drawPanels(snapshot, matrixCanvas), drawStrip(snapshot)]), theme);
}

/** @typedef {"payload" | "weights" | "view" | "measure" | "tokens" | "layout" | "theme"} PanelField */

/**
 * @param {Pick<Snapshot, PanelField | "pins">} snapshot
 * @param {Canvases["matrix"]} matrixCanvas
 */
function drawPanels(snapshot, matrixCanvas) {
  const { pins, layout, theme } = snapshot;
  const group = makeSvg("g");
  let [x, y, widest] = [0, 0, 0];
  pins.forEach((pin, place) => {
    const frame = frameOf(layout, place);
    if (place && place % layout.perRow === 0) [x, y] = [0, y + frame.height + PANEL_TEXT + MARGIN];
    const panel = drawPanel(snapshot, pin, LETTERS[place], frame, matrixCanvas);
    group.append(makeSvg("g", { transform: `translate(${x} ${y})` }, panel));
    x += frame.width + BETWEEN;
    widest = Math.max(widest, x);
  });
  if (!pins.length) group.append(textLine("No head is pinned.", 13, theme));
  const rows = Math.max(1, Math.ceil(pins.length / layout.perRow));
  return block(group, Math.max(200, widest), rows * (frameOf(layout, 0).height + PANEL_TEXT + MARGIN));
}

/**
 * @param {Pick<Snapshot, PanelField>} snapshot
 * @param {Head} pin
 * @param {string} letter
 * @param {Frame} frame
 * @param {Canvases["matrix"]} matrixCanvas
 */
function drawPanel({ payload, weights, view, measure, tokens, layout, theme }, pin, letter, frame, matrixCanvas) {
  const picture = makeSvg("g", { transform: `translate(0 ${PANEL_TEXT})` });
  picture.append(
    drawAxes({ payload, theme, frame, marked: tokens }),
    drawWeights(weights, pin, view.scale, frame, matrixCanvas),
    drawMarks({ theme, frame, nTokens: layout.nTokens, chosen: tokens, lit: null, cell: null }),
  );
  const name = textLine(`${letter}  ${headName(payload, pin)}`, 14, theme, 700);
  const facts = textLine(headFacts(payload, pin, measure).join(" · "), 12, theme, 400, { y: 34 });
  return makeSvg("g", {}, name, facts, picture);
}

/** @typedef {"payload" | "weights" | "view" | "pins" | "linked" | "queries"} StripField */

/** @param {Pick<Snapshot, StripField | "tokens" | "layout" | "theme" | "colours">} snapshot */
function drawStrip(snapshot) {
  const { payload, theme, layout, colours, tokens } = snapshot;
  const rows = stripRows(snapshot);
  const plan = planStrip(payload.tokens, layout.width, theme.family, rows.length);
  const group = makeSvg("g");
  for (const slot of plan.slots) {
    if (tokens.includes(slot.place))
      group.append(makeSvg("rect", { ...columnOf(plan, slot), fill: theme.primary, "fill-opacity": 0.14 }));
    group.append(drawToken(plan, slot, payload, theme));
  }
  rows.forEach((row, number) => {
    group.append(drawBars(plan, row, number, { theme, colours }));
  });
  group.append(drawNames(plan, rows, null, theme), drawLinks(plan, stripLinks(snapshot).links, theme.primary));
  return block(group, layout.width, plan.height);
}

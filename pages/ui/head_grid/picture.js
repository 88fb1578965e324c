// The current view as one drawing, put together for export from the pieces that are on the screen.

import { makeSvg } from "./dom.js";
import { numberLegend, weightLegend } from "./controls.js";
import { BETWEEN, frameOf } from "./layout.js";
import { drawAxes, drawMarks, drawWeights } from "./matrix.js";
import { barOf, formatMeasure, headFacts, headName, shareOf, shortBadge, shortHeadName } from "./naming.js";
import { colourAt, coloursOf, cssColour, inkOn } from "./scale.js";
import { MARGIN, beside, block, sheet, stack, textLine } from "./sheet.js";
import { stripLinks, stripRows } from "./strip.js";
import { drawBars, drawLinks, drawNames, drawToken } from "./strip_draw.js";
import { ARC_ROOM, planStrip, topOf } from "./strip_layout.js";
import { LETTERS } from "./view.js";

const PANEL_TEXT = 44; // pixels of a panel's name and facts

/** Title, legend, grid, pinned heads and strip. */
export function wholePicture(mounted) {
  const { payload, theme, layout } = mounted;
  const pieces = [block(textLine(payload.title ?? "", 16, theme, 700), layout.width, 24)];
  const grid = drawGrid(mounted);
  const pinned = drawPanels(mounted);
  pieces.push(layout.stacked ? stack([grid, pinned]) : beside(grid, pinned), drawWholeStrip(mounted));
  return sheet(stack(pieces), theme);
}

/** Legend, pinned heads and strip. */
export function pinnedPicture(mounted) {
  return sheet(
    stack([drawRamp(mounted.theme, weightLegend(mounted)), drawPanels(mounted), drawWholeStrip(mounted)]),
    mounted.theme,
  );
}

/** The ramp with its numbers, as in the controls. */
function drawRamp(theme, { caption, marks, difference }) {
  const colours = coloursOf(difference);
  const group = makeSvg("g", {}, textLine(caption, 12, theme));
  colours.forEach((colour, place) =>
    group.append(makeSvg("rect", { x: place, y: 18, width: 1.2, height: 10, fill: cssColour(colour) })),
  );
  marks.forEach((mark, place) => {
    const anchor = ["start", "middle", "end"][place];
    group.append(textLine(mark, 12, theme, 400, { x: (place * colours.length) / 2, y: 42, "text-anchor": anchor }));
  });
  return block(group, colours.length, 46);
}

function drawGrid(mounted) {
  const { payload, layout, theme, view, measure, cellOrder } = mounted;
  const [nLayers, nHeads] = payload.shape;
  const { across, down } = layout;
  const group = makeSvg("g", { transform: "translate(26 18)" });
  const name = (text, x, y, anchor) => group.append(textLine(text, 12, theme, 400, { x, y, "text-anchor": anchor }));
  cellOrder().forEach((pins, row) => {
    if (view.order !== "all") name(String(row + 1), -8, row * down + layout.cell / 2 + 4, "end");
    pins.forEach((pin, column) => {
      const place = { transform: `translate(${column * across} ${row * down})` };
      group.append(makeSvg("g", place, drawCell(mounted, pin)));
    });
  });
  for (let head = 0; head < nHeads && view.order === "place"; head++) {
    name(payload.head_names?.[head] ?? String(head + 1), head * across + layout.cellWide / 2, -5, "middle");
  }
  const numbers = view.picture === "map" && measure ? [drawRamp(theme, numberLegend(measure))] : [];
  return stack([
    drawRamp(theme, weightLegend(mounted)),
    ...numbers,
    block(makeSvg("g", {}, group), 26 + nHeads * across, 18 + nLayers * down),
  ]);
}

function drawCell(mounted, pin) {
  const { payload, layout, theme, view, pins } = mounted;
  const { cell, cellWide } = layout;
  const place = pins.findIndex((other) => other.join() === pin.join());
  const own = payload.badges?.[pin[0]]?.[pin[1]] ?? "";
  const group = makeSvg("g", { opacity: view.badge && view.badge !== own && place < 0 ? 0.15 : 1 });
  group.append(...(view.picture === "map" ? drawNumber(mounted, pin, own) : drawThumbnail(mounted, pin)));
  if (place >= 0) {
    group.append(
      makeSvg("rect", { width: cellWide, height: cell, fill: "none", stroke: theme.primary, "stroke-width": 3 }),
    );
    group.append(makeSvg("rect", { x: -8, y: -8, width: 15, height: 16, fill: theme.primary }));
    group.append(textLine(LETTERS[place], 12, theme, 700, { x: -4.5, y: 4, fill: "#ffffff" }));
  }
  return group;
}

function drawNumber({ layout, view, measure, theme, payload }, pin, badge) {
  if (!measure) return [];
  const { cell, cellWide } = layout;
  const colour = colourAt(shareOf(measure, pin) || 0, measure.signed);
  const words = [formatMeasure(measure, pin), view.order === "place" ? shortBadge(badge) : shortHeadName(payload, pin)];
  const lines = cellWide < 27 || cell < 15 ? [] : words.slice(0, cell >= 28 ? 2 : 1).filter(Boolean);
  const middle = cell / 2 + 4 - (lines.length - 1) * 6.5;
  return [
    makeSvg("rect", { width: cellWide, height: cell, fill: cssColour(colour) }),
    ...lines.map((line, number) =>
      textLine(line, 12, theme, 400, {
        x: cellWide / 2,
        y: middle + number * 13,
        "text-anchor": "middle",
        fill: inkOn(colour),
      }),
    ),
  ];
}

function drawThumbnail(mounted, pin) {
  const { layout, measure, theme } = mounted;
  const { cell, under } = layout;
  const href = mounted.thumbnailCanvas(pin).toDataURL("image/png");
  const [from, to] = barOf(measure, pin).map((share) => share * cell);
  return [
    makeSvg("image", { href, width: cell, height: cell, style: "image-rendering: pixelated" }),
    makeSvg("rect", {
      x: from,
      y: cell + 1,
      width: to - from,
      height: under - 2,
      fill: theme.text,
      "fill-opacity": 0.7,
    }),
  ];
}

function drawPanels(mounted) {
  const { pins, layout, theme } = mounted;
  const group = makeSvg("g");
  let [x, y, widest] = [0, 0, 0];
  pins.forEach((pin, place) => {
    const frame = frameOf(layout, place);
    if (place && place % layout.perRow === 0) [x, y] = [0, y + frame.height + PANEL_TEXT + MARGIN];
    group.append(makeSvg("g", { transform: `translate(${x} ${y})` }, drawPanel(mounted, pin, place, frame)));
    x += frame.width + BETWEEN;
    widest = Math.max(widest, x);
  });
  if (!pins.length) group.append(textLine("No head is pinned.", 13, theme));
  const rows = Math.max(1, Math.ceil(pins.length / layout.perRow));
  return block(group, Math.max(200, widest), rows * (frameOf(layout, 0).height + PANEL_TEXT + MARGIN));
}

function drawPanel(mounted, pin, place, frame) {
  const { payload, layout, theme, measure, tokens } = mounted;
  const picture = makeSvg("g", { transform: `translate(0 ${PANEL_TEXT})` });
  picture.append(drawAxes({ payload, theme, frame, marked: tokens }), drawWeights({ mounted, pin, frame }));
  picture.append(drawMarks({ theme, frame, nTokens: layout.nTokens, chosen: tokens, lit: null, cell: null }));
  const name = textLine(`${LETTERS[place]}  ${headName(payload, pin)}`, 14, theme, 700);
  const facts = textLine(headFacts(payload, pin, measure).join(" · "), 12, theme, 400, { y: 34 });
  return makeSvg("g", {}, name, facts, picture);
}

function drawWholeStrip(mounted) {
  const { payload, theme, layout, data, tokens } = mounted;
  const rows = stripRows(mounted);
  const plan = planStrip(payload, layout.width, theme.family, rows.length);
  const group = makeSvg("g");
  for (const slot of plan.slots) {
    if (tokens.includes(slot.place)) {
      const box = {
        x: slot.x,
        y: topOf(plan, slot.line) + ARC_ROOM,
        width: slot.width,
        height: plan.lineHeight - ARC_ROOM - 8,
      };
      group.append(makeSvg("rect", { ...box, fill: theme.primary, "fill-opacity": 0.14 }));
    }
    group.append(drawToken(plan, slot, mounted));
  }
  rows.forEach((row, number) => group.append(drawBars(plan, row, number, { theme, colours: data.colours })));
  group.append(drawNames(plan, rows, null, theme), drawLinks(plan, stripLinks(mounted).links, theme.primary));
  return block(group, layout.width, plan.height);
}

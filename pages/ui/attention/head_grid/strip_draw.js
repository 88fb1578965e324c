// The strip's pieces as SVG: the same on the screen and in an exported file.

import { makeSvg, shorten } from "./dom.js";
import { formatNumber } from "./naming.js";
import { ARC_ROOM, endOf, middleOf, ROW, topOf } from "./strip_layout.js";

/** @import { BarColours, Link, Payload, Slot, StripPlan, StripRow, Theme } from "./types.js" */

const WIDEST_BAR = 34; // pixels
const WIDEST_LINK = 9; // pixels of a link of weight 1

/**
 * One measure's bars over all lines, from a zero line: upwards if unsigned, both ways if signed.
 * @param {StripPlan} plan
 * @param {StripRow} row
 * @param {number} number  of the row
 * @param {{ theme: Theme, colours: BarColours }} look
 */
export function drawBars(plan, row, number, { theme, colours }) {
  const peak = peakOf(row);
  const room = ROW - 6;
  const reach = row.signed ? room / 2 : room;
  /** @type {Record<"ups" | "downs" | "zeros" | "even", string[]>} */
  const parts = { ups: [], downs: [], zeros: [], even: [] };
  for (const [lineNumber, line] of plan.lines.entries()) {
    const zero = barsTop(plan, lineNumber, number) + ROW - 3 - (row.signed ? room / 2 : 0);
    const end = endOf(line);
    parts.zeros.push(`M${plan.labels} ${zero + 0.5}H${end}`);
    if (row.even && row.even <= peak)
      parts.even.push(`M${plan.labels} ${(zero - (row.even / peak) * reach).toFixed(1)}H${end}`);
    for (const slot of line) {
      const value = row.values[slot.place] ?? 0;
      const height = (value / peak) * reach;
      const width = Math.min(WIDEST_BAR, slot.width - 4);
      const bar = `M${middleOf(slot) - width / 2} ${zero}h${width}v${(-height).toFixed(1)}h${-width}z`;
      (value > 0 ? parts.ups : parts.downs).push(bar);
    }
  }
  /** @type {(lines: string[], look: Record<string, string | number>) => SVGElement | null} */
  const path = (lines, look) => (lines.length ? makeSvg("path", { d: lines.join(""), ...look }) : null);
  return makeSvg(
    "g",
    {},
    path(parts.zeros, { stroke: theme.border }),
    path(parts.ups, { fill: row.signed ? colours.for : colours.plain }),
    path(parts.downs, { fill: colours.against }),
    path(parts.even, { stroke: theme.text, "stroke-opacity": 0.6, "stroke-dasharray": "2 3" }),
  );
}

/**
 * Names at the left of each line, and beside them the scale, or the lit token's value.
 * @param {StripPlan} plan
 * @param {StripRow[]} rows
 * @param {number | null} lit
 * @param {Theme} theme
 */
export function drawNames(plan, rows, lit, theme) {
  const group = makeSvg("g", { "font-size": 14, "font-family": theme.family, fill: theme.text });
  for (const line of plan.lines.keys()) {
    rows.forEach((row, number) => {
      const value = lit === null ? null : row.values[lit];
      group.append(...drawName(plan, row, barsTop(plan, line, number) + ROW - 9, value, theme.family));
    });
  }
  return group;
}

/**
 * A row's name, and beside it a value or the scale, where there is room for both.
 * @param {StripPlan} plan
 * @param {StripRow} row
 * @param {number} y
 * @param {number | null} value  of the lit token
 * @param {string} family  of the font
 */
function drawName(plan, row, y, value, family) {
  const peak = peakOf(row);
  const scale = row.signed ? `±${formatNumber(peak, peak)}` : `0 to ${formatNumber(peak, peak)}`;
  const beside = value === null ? scale : formatNumber(value, Math.min(peak, 1), row.signed);
  const nameOnly = plan.narrow && value === null; // it takes all the room
  const room = plan.labels - 12 - (nameOnly ? 0 : 6 + 7 * beside.length);
  const title = makeSvg("title", {}, `${row.hint ?? row.label} (${scale})`);
  const name = makeSvg("text", { x: 0, y }, shorten(row.label, room, `12.5px ${family}`), title);
  if (nameOnly) return [name];
  const look = value === null ? { "fill-opacity": 0.75 } : { "font-weight": 700 };
  return [name, makeSvg("text", { x: plan.labels - 10, y, "text-anchor": "end", ...look }, beside)];
}

/**
 * One token's text, level or upright.
 * @param {StripPlan} plan
 * @param {Slot} slot
 * @param {Pick<Payload, "tokens" | "special">} payload
 * @param {Theme} theme
 */
export function drawToken(plan, slot, payload, theme) {
  const foot = topOf(plan, slot.line) + ARC_ROOM + plan.textRoom;
  const look = {
    fill: theme.text,
    "font-size": plan.size,
    "font-family": theme.family,
    "font-style": payload.special[slot.place] ? "italic" : "normal",
  };
  const x = middleOf(slot);
  const text = plan.upright
    ? makeSvg(
        "text",
        { ...look, transform: `translate(${x} ${foot - 4}) rotate(-90)`, "dominant-baseline": "central" },
        slot.text,
      )
    : makeSvg("text", { ...look, x, y: foot - 6, "text-anchor": "middle" }, slot.text);
  text.append(makeSvg("title", {}, payload.tokens[slot.place]));
  return text;
}

/**
 * Links from the token that attends to the tokens that it attends to, as wide as their weight.
 * @param {StripPlan} plan
 * @param {Link[]} links
 * @param {string} colour
 */
export function drawLinks(plan, links, colour) {
  const group = makeSvg("g", { fill: "none", stroke: colour, "stroke-opacity": 0.8, "stroke-linecap": "round" });
  for (const { query, key, weight } of links) {
    const path = linkPath(plan, plan.slots[query], plan.slots[key]);
    group.append(makeSvg("path", { d: path, "stroke-width": Math.max(1, weight * WIDEST_LINK).toFixed(2) }));
  }
  return group;
}

/**
 * @param {StripPlan} plan
 * @param {Slot} from
 * @param {Slot} to
 */
function linkPath(plan, from, to) {
  const [x1, x2] = [middleOf(from), middleOf(to)];
  const [y1, y2] = [from, to].map((slot) => topOf(plan, slot.line) + ARC_ROOM);
  if (from === to) return `M ${x1 - 4} ${y1} C ${x1 - 14} ${y1 - 26}, ${x1 + 14} ${y1 - 26}, ${x1 + 4} ${y1}`;
  const rise = Math.min(ARC_ROOM * 1.25, 14 + Math.abs(x2 - x1) * 0.22);
  return `M ${x1} ${y1} C ${x1} ${y1 - rise}, ${x2} ${y2 - rise}, ${x2} ${y2}`;
}

/**
 * @param {StripPlan} plan
 * @param {number} line
 * @param {number} number  of the row
 */
function barsTop(plan, line, number) {
  return topOf(plan, line) + ARC_ROOM + plan.textRoom + number * ROW;
}

/**
 * The largest size of a value; 1 where all are zero.
 * @param {StripRow} row
 */
function peakOf({ values }) {
  return values.reduce((/** @type {number} */ peak, value) => Math.max(peak, Math.abs(value ?? 0)), 0) || 1;
}

// What a head's cell is made of, and what it says: a number, a badge, a bar, the letter of a pin, and its name.

import { make, setAttributes } from "./dom.js";
import {
  badgeOf,
  barOf,
  formatMeasure,
  headFacts,
  headName,
  isOff,
  shareOf,
  shortBadge,
  shortHeadName,
} from "./naming.js";
import { colourAt, cssColour, inkOn } from "./scale.js";
import { LETTERS } from "./view.js";

/** @import { Head, Snapshot } from "./types.js" */
/** @typedef {ReturnType<typeof makeCell>} Cell */

/**
 * A head's canvas, bar and words.
 * @param {Head} pin
 */
export function makeCell(pin) {
  const canvas = make("canvas", { class: "thumbnail", "data-layer": pin[0], "data-head": pin[1] });
  const [number, badge] = [make("span", { class: "number" }), make("span", { class: "badge" })];
  const [bar, letter] = [make("span", { class: "bar" }), make("span", { class: "letter" })];
  const words = make("span", { class: "words" }, number, badge);
  const attributes = { class: "cell", role: "gridcell", tabindex: -1, "data-cell": pin.join(".") };
  return { pin, canvas, number, badge, bar, letter, node: make("div", attributes, canvas, words, bar, letter) };
}

/**
 * Words and colours of all cells.
 * @param {Iterable<Cell>} cells
 * @param {Pick<Snapshot, "payload" | "view" | "measure">} snapshot
 */
export function label(cells, { payload, view, measure }) {
  for (const { node, pin, number, badge, bar } of cells) {
    const badgeName = badgeOf(payload, pin);
    const share = measure ? shareOf(measure, pin) : NaN;
    const colour = measure && !Number.isNaN(share) ? colourAt(share, measure.signed) : null;
    number.textContent = measure ? formatMeasure(measure, pin) : "";
    badge.textContent = view.order === "place" ? shortBadge(badgeName) : shortHeadName(payload, pin);
    const [from, to] = barOf(measure, pin);
    Object.assign(bar.style, { left: `${100 * from}%`, width: `${100 * (to - from)}%` });
    node.style.setProperty("--number", colour ? cssColour(colour) : "transparent");
    node.style.setProperty("--ink", colour ? inkOn(colour) : "currentColor");
    node.classList.toggle("off", isOff(payload, pin));
    node.classList.toggle("filtered", Boolean(view.badge) && view.badge !== badgeName);
  }
}

/**
 * Letters and names of all cells; those that stay as they are, are left alone. Only what somebody pinned is marked: the
 * example that a fresh page shows below the grid is not.
 * @param {Iterable<Cell>} cells
 * @param {Pick<Snapshot, "payload" | "measure" | "asked">} snapshot
 */
export function markPins(cells, { payload, measure, asked }) {
  for (const { node, pin, letter } of cells) {
    const place = asked.findIndex((other) => other.join() === pin.join());
    const state = place < 0 ? "" : `pinned as ${LETTERS[place]}`;
    const name = [headName(payload, pin), ...headFacts(payload, pin, measure), state].filter(Boolean).join(", ");
    if (node.getAttribute("aria-label") === name) continue;
    letter.textContent = LETTERS[place] ?? "";
    node.classList.toggle("pinned", place >= 0);
    setAttributes(node, { "aria-label": name, "aria-selected": String(place >= 0) });
  }
}

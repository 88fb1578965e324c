// The order of the heads in the grid, and how pointer and keys move over it.

import { dataAt, focusIsVisible, hasModifier } from "./dom.js";

/** @import { Head, Measure, View } from "./types.js" */

/** @type {Map<string, [down: number, right: number]>} */
export const ARROWS = new Map([
  ["ArrowUp", [-1, 0]],
  ["ArrowDown", [1, 0]],
  ["ArrowLeft", [0, -1]],
  ["ArrowRight", [0, 1]],
]);

/**
 * Rows of heads: as they stand, sorted within each layer, or ranked over all; the largest first.
 * @param {number} nLayers
 * @param {number} nHeads
 * @param {View["order"]} order
 * @param {Measure | null} measure
 */
export function sortHeads(nLayers, nHeads, order, measure) {
  const rows = Array.from({ length: nLayers }, (_, layer) =>
    Array.from({ length: nHeads }, (_, head) => /** @type {Head} */ ([layer, head])),
  );
  if (order === "place" || !measure) return rows;
  /** @type {(pin: Head) => number} */
  const value = ([layer, head]) => measure.values[layer][head] ?? -Infinity;
  /** @type {(pins: Head[]) => Head[]} */
  const sorted = (pins) => [...pins].sort((a, b) => value(b) - value(a));
  if (order === "layer") return rows.map(sorted);
  const ranked = sorted(rows.flat());
  return rows.map((_, row) => ranked.slice(row * nHeads, (row + 1) * nHeads));
}

/**
 * The head that a key leads to from another one, at an edge that one itself; null for keys that lead nowhere.
 * @param {Head[][]} order  rows, as shown
 * @param {Head} pin
 * @param {string} key
 */
export function nextHead(order, pin, key) {
  const row = order.findIndex((pins) => pins.some((other) => other.join() === pin.join()));
  const column = order[row].findIndex((other) => other.join() === pin.join());
  const step = ARROWS.get(key);
  if (step) return order[row + step[0]]?.[column + step[1]] ?? pin;
  if (key === "Home") return order[row][0];
  if (key === "End") return order[row][order[row].length - 1];
  if (key === "PageUp") return order[0][column];
  if (key === "PageDown") return order[order.length - 1][column];
  return null;
}

/**
 * Pointer and keys: pointing previews, Enter, Space or a click pins, arrows walk what is shown.
 * @param {HTMLElement} body  of the grid
 * @param {object} actions
 * @param {(pin: Head | null) => void} actions.point
 * @param {(pin: Head) => void} actions.togglePin
 * @param {(pin: Head) => void} actions.makeHome  the head that Tab comes to from now on
 * @param {(pin: Head, key: string) => boolean} actions.walk  false for keys that lead nowhere
 */
export function listenToCells(body, { point, togglePin, makeHome, walk }) {
  /** @type {(event: Event) => void} */
  const pointAtTarget = (event) => point(pinAt(event));
  body.addEventListener("pointerover", pointAtTarget);
  body.addEventListener("pointerleave", () => point(null));
  body.addEventListener("focusin", (event) => {
    const pin = pinAt(event);
    if (pin) makeHome(pin);
    if (focusIsVisible(event)) point(pin);
  });
  body.addEventListener("focusout", () => point(null));
  body.addEventListener("click", (event) => {
    const pin = pinAt(event);
    if (pin) togglePin(pin);
  });
  body.addEventListener("keydown", (event) => {
    const pin = pinAt(event);
    if (!pin || hasModifier(event)) return;
    if (event.key === "Enter" || event.key === " ") togglePin(pin);
    else if (event.key === "Escape") point(null);
    else if (!walk(pin, event.key)) return;
    event.preventDefault();
  });
}

/**
 * The head whose cell an event came from.
 * @param {Event} event
 */
function pinAt(event) {
  const cell = dataAt(event, "cell");
  return cell === null ? null : /** @type {Head} */ (cell.split(".").map(Number)); // written as "layer.head"
}

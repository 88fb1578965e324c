// A view read against its data: what exists in them, and how it changes.

import { MOST_PINS } from "./address.js";
import { chosenMeasure, headName } from "./naming.js";
import { LETTERS } from "./view.js";

/** @import { Actions, Head, Payload, Reading, Start, Store, View } from "./types.js" */

/**
 * What the view means for these data: only what exists in them.
 * @param {View} view
 * @param {Pick<Payload, "shape" | "badges" | "measures" | "hidden">} payload
 * @param {Start} start
 * @returns {Reading}
 */
export function readView(view, payload, start) {
  const [nLayers, nHeads, nTokens] = payload.shape;
  /** @type {(pin: Head) => boolean} */
  const isHead = ([layer, head]) => layer < nLayers && head < nHeads;
  const pins = (view.pins ?? start.pins ?? [defaultPin(payload)]).filter(isHead).slice(0, MOST_PINS);
  const asked = view.pins === null ? [] : pins;
  const tokens = (view.tokens ?? start.tokens ?? []).filter((token) => token < nTokens);
  const lit = view.lit !== null && view.lit < nTokens ? view.lit : null;
  const query = view.cell?.query ?? lit;
  return {
    view,
    measure: chosenMeasure(payload, view.measure),
    pins,
    asked,
    linked: Math.min(view.links, Math.max(0, pins.length - 1)),
    tokens,
    lit,
    queries: tokens.length ? tokens : query !== null && query < nTokens ? [query] : [],
    pointed: view.pointed && isHead(view.pointed) ? view.pointed : null,
  };
}

/**
 * What can be done with the view.
 * @param {() => Pick<Reading, "view" | "asked" | "tokens"> & { payload: Payload }} read  the view as it is now
 * @param {Store["change"]} change
 * @param {(message: string) => void} announce  to a screen reader
 * @returns {Actions}
 */
export function makeActions(read, change, announce) {
  return {
    change,
    point({ lit, cell }) {
      const { view } = read();
      change({ lit, cell: JSON.stringify(view.cell) === JSON.stringify(cell) ? view.cell : cell });
    },
    togglePin(pin) {
      const { asked, payload, view } = read(); // the first choice takes the place of what is shown at first
      const pinned = togglePin(asked, pin);
      announce(pinMessage(payload, pin, asked, pinned));
      change({ pins: pinned, links: Math.min(view.links, Math.max(0, pinned.length - 1)) });
    },
    toggleToken: (token) => change({ tokens: toggleToken(read().tokens, token) }),
    toggleBadge: (badge) => change({ badge: read().view.badge === badge ? "" : badge }),
  };
}

/**
 * Pins a head, or lets it go; a fifth takes the place of the last.
 * @param {Head[]} pins
 * @param {Head} pin
 */
export function togglePin(pins, pin) {
  const others = pins.filter((other) => other.join() !== pin.join());
  return others.length < pins.length ? others : [...pins.slice(0, MOST_PINS - 1), pin];
}

/**
 * Chooses a token, or lets it go; the chosen ones stay in the order of the text.
 * @param {number[]} tokens
 * @param {number} token
 */
export function toggleToken(tokens, token) {
  return tokens.includes(token) ? tokens.filter((other) => other !== token) : [...tokens, token].sort((a, b) => a - b);
}

/**
 * What happened to a head, in words.
 * @param {Pick<Payload, "head_names">} payload
 * @param {Head} pin
 * @param {Head[]} before  the pins
 * @param {Head[]} after
 */
function pinMessage(payload, pin, before, after) {
  const name = headName(payload, pin);
  const place = after.indexOf(pin);
  if (place < 0) return `${name} is unpinned.`;
  const replaced = before.length === MOST_PINS ? `; ${headName(payload, before[MOST_PINS - 1])} made room` : "";
  return `${name} is pinned as ${LETTERS[place]}${replaced}.`;
}

/**
 * What a fresh page shows: the last layer that has a content head, at that head; else the last layer's first.
 * @param {Pick<Payload, "shape" | "badges">} payload
 * @returns {Head}
 */
function defaultPin({ shape, badges }) {
  const last = shape[0] - 1;
  for (let layer = last; layer >= 0; layer--) {
    const head = badges[layer]?.indexOf("content") ?? -1;
    if (head >= 0) return [layer, head];
  }
  return [last, 0];
}

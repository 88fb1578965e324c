// A component's view, read against its data: what exists in them, and how it changes.

import { sortHeads } from "./cell_walk.js";
import { chosenMeasure, headName } from "./naming.js";
import { LETTERS, MOST_PINS } from "./view.js";

/** What the view means for these data: only what exists in them. */
export function readings(mounted) {
  return {
    get view() {
      return mounted.store.view;
    },
    get measure() {
      return chosenMeasure(mounted.payload, mounted.store.view.measure);
    },
    get pins() {
      const chosen = mounted.store.view.pins ?? mounted.data.start?.pins ?? [defaultPin(mounted.payload)];
      return chosen.filter((pin) => mounted.knownHead(pin)).slice(0, MOST_PINS);
    },
    get linked() {
      return Math.min(mounted.store.view.links, Math.max(0, mounted.pins.length - 1));
    },
    get tokens() {
      const chosen = mounted.store.view.tokens ?? mounted.data.start?.tokens ?? [];
      return chosen.filter((place) => place < mounted.payload.tokens.length);
    },
    get litToken() {
      const { lit } = mounted.store.view;
      return lit !== null && lit < mounted.payload.tokens.length ? lit : null;
    },
    /** The tokens whose rows are in question: the chosen ones, else the one that is pointed at. */
    get reading() {
      if (mounted.tokens.length) return mounted.tokens;
      const place = mounted.store.view.cell?.query ?? mounted.litToken;
      return place === null || place >= mounted.payload.tokens.length ? [] : [place];
    },
  };
}

/** What can be done with the view. */
export function actions(mounted) {
  const nowhere = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  return {
    change: (patch) => mounted.store?.change(patch),
    point(patch) {
      const { view } = mounted.store;
      mounted.store.change({ lit: patch.lit, cell: nowhere(view.cell, patch.cell) ? view.cell : patch.cell });
    },
    knownHead(pin) {
      const [nLayers, nHeads] = mounted.payload.shape;
      return pin && pin[0] < nLayers && pin[1] < nHeads ? pin : null;
    },
    togglePin: (pin) => togglePin(mounted, pin),
    toggleToken(place) {
      const { tokens } = mounted;
      const chosen = tokens.includes(place)
        ? tokens.filter((other) => other !== place)
        : [...tokens, place].sort((a, b) => a - b);
      mounted.store.change({ tokens: chosen });
    },
    cellOrder: () => sortHeads(mounted.payload.shape[0], mounted.payload.shape[1], mounted.view.order, mounted.measure),
  };
}

/** Pins a head, or lets it go; a fifth takes the place of the last. */
function togglePin(mounted, pin) {
  const { pins, payload, status } = mounted;
  const others = pins.filter((other) => other.join() !== pin.join());
  const full = pins.length === MOST_PINS;
  const pinned = others.length < pins.length ? others : [...pins.slice(0, MOST_PINS - 1), pin];
  const left = full && pinned.length === MOST_PINS ? `; ${headName(payload, pins.at(-1))} made room` : "";
  const place = pinned.indexOf(pin);
  status.textContent =
    place < 0
      ? `${headName(payload, pin)} is unpinned.`
      : `${headName(payload, pin)} is pinned as ${LETTERS[place]}${left}.`;
  mounted.store.change({ pins: pinned, links: Math.min(mounted.view.links, Math.max(0, pinned.length - 1)) });
}

/** What a fresh page shows: the last layer that has a content head, at that head; else the last layer's first. */
function defaultPin(payload) {
  const last = payload.shape[0] - 1;
  for (let layer = last; layer >= 0; layer--) {
    const head = payload.badges?.[layer]?.indexOf("content") ?? -1;
    if (head >= 0) return [layer, head];
  }
  return [last, 0];
}

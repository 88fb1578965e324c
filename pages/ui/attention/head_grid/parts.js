// All parts of a component, put together: heads, pinned heads, strip, and what stands around them.

import { makeCells } from "./cells.js";
import { makeControls } from "./controls.js";
import { makeDetails } from "./details.js";
import { make } from "./dom.js";
import { makeExports } from "./exports.js";
import { makeKinds } from "./kinds.js";
import { makePinning } from "./pinning.js";
import { makePreview } from "./preview.js";
import { makeActions } from "./reading.js";
import { makeStrip } from "./strip.js";
import { makeTables } from "./tables.js";

/** @import { Changes, ComponentData, Head, Part, Snapshot, Store } from "./types.js" */
/**
 * What the parts need from the component that they are in.
 * @typedef {object} Host
 * @property {() => Snapshot} read  the view as it is now
 * @property {() => ComponentData} readData
 * @property {Store["change"]} change
 * @property {Store["writeAddress"]} writeAddress
 * @property {(pins: Head[]) => void} sendPins  to the server
 */

/**
 * The parts of a component, in its element. Heads and what lies below them may stand in two components of one group:
 * the page then has its own parts between them.
 * @param {HTMLElement} root
 * @param {Part} part
 * @param {Host} host
 */
export function makeParts(root, part, { read, readData, change, writeAddress, sendPins }) {
  const status = make("div", { class: "unseen", role: "status" });
  const title = make("strong", { class: "headline" });
  /** @type {(message: string) => void} */
  const announce = (message) => {
    status.textContent = message;
  };
  const actions = makeActions(read, change, announce);
  const cells = makeCells(actions, (digest) => markPainted(root, digest));
  const pinning = makePinning(sendPins);
  const kinds = makeKinds(actions);
  const controls = makeControls(actions);
  const details = makeDetails(actions);
  const strip = makeStrip(actions);
  const tables = makeTables(read);
  const preview = makePreview(root);
  const canvases = { thumbnail: cells.thumbnail, matrix: details.matrix };
  const exports = makeExports(() => ({ snapshot: read(), data: readData() }), canvases, root, writeAddress);
  const display = make("details", { class: "display" }, make("summary", {}, "Display and export"), controls.node);
  display.append(exports.node);
  const heads = [title, pinning.node, cells.node, make("div", { class: "folds" }, kinds.node, display)];
  if (part === "all") root.append(beside(heads, details.node), strip.node, tables.node, preview.node, status);
  if (part === "heads") root.append(...heads, preview.node, status);
  if (part === "depth") root.append(details.node, strip.node, tables.node, status);
  // an export needs the matrices, also where they are not shown
  const drawn = { all: [strip, tables, preview], heads: [preview], depth: [strip, tables] }[part];
  const above = part === "depth" ? [] : [pinning, kinds, controls, cells];
  return {
    title,
    /**
     * Every part is given the view as it is when its turn comes: drawing may move the focus, and the focus points.
     * @type {(changes: Changes) => void}
     */
    draw(changes) {
      for (const one of [...above, details, ...drawn]) one.draw(changes, read(), readData());
      if (part === "depth" && changes.has("data")) markPainted(root, read().payload.digest);
      else exports.draw(changes);
    },
  };
}

/**
 * Heads on the left, pinned ones on the right.
 * @param {HTMLElement[]} heads
 * @param {HTMLElement} pinned
 */
function beside([title, ...heads], pinned) {
  const [left, right] = [make("div", { class: "left" }, ...heads), make("div", { class: "right" }, pinned)];
  return make("div", {}, title, make("div", { class: "levels" }, left, right));
}

/**
 * Null: painting begins. A digest: all is painted; with the next frame it is on the screen, and whoever waits for it
 * or times it may go on.
 * @param {HTMLElement} root
 * @param {string | null} digest
 */
function markPainted(root, digest) {
  if (digest === null) {
    delete root.dataset.painted;
    return;
  }
  requestAnimationFrame(() => {
    root.dataset.painted = digest;
    performance.measure("head-grid-drawn", "head-grid-start");
  });
}

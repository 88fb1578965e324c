// The pinned heads, at most four: matrix, token axes, and the exact value under the pointer in every one of them.

import { make, setAttributes } from "./dom.js";
import { fillPanel, makePanel, markPanel } from "./panel.js";

/** @import { Actions, Change, Changes, Head, Snapshot } from "./types.js" */
/** @import { Panel, PanelField, PanelSnapshot } from "./panel.js" */
/** @typedef {Pick<Snapshot, PanelField | "pins" | "asked" | "linked">} DetailsSnapshot */

/** @type {Change[]} */
const REPAINTED_BY = ["data", "scale", "size", "theme"];
/** @type {Change[]} */
const MARKED_BY = [...REPAINTED_BY, "pins", "lit", "cell", "tokens", "links", "measure"];
const NOTHING_PINNED = "No head is pinned. Click one, or walk there with the arrow keys and press Enter.";

/** @param {Pick<Actions, "change" | "togglePin" | "point" | "toggleToken">} actions */
export function makeDetails(actions) {
  const node = make("div", { class: "details" });
  /** @type {Panel[]} */
  const panels = [];
  return {
    node,
    /** @type {(pin: Head) => HTMLCanvasElement} */
    matrix(pin) {
      const panel = /** @type {Panel} */ (panels.find((other) => other.pin?.join() === pin.join())); // it is pinned
      return panel.canvas;
    },
    /** @type {(changes: Changes, snapshot: DetailsSnapshot) => void} */
    draw(changes, snapshot) {
      if (!MARKED_BY.some((change) => changes.has(change))) return;
      const { pins, asked, linked, layout } = snapshot;
      const repainted = REPAINTED_BY.some((change) => changes.has(change));
      if (repainted || changes.has("pins")) {
        while (panels.length < pins.length) panels.push(makePanel(panels.length, actions));
        panels.length = pins.length;
        fillPanels(panels, pins, snapshot, repainted);
        arrange(node, panels, layout.perRow);
      }
      for (const panel of panels) {
        markPanel(panel, pins[panel.place], snapshot);
        setAttributes(panel.unpin, { hidden: !asked.length });
        setAttributes(panel.example, { hidden: asked.length > 0 });
        setAttributes(panel.links, { "aria-pressed": String(panel.place === linked), hidden: pins.length < 2 });
      }
    },
  };
}

/**
 * Panels are kept and filled anew, so that focus and canvas survive.
 * @param {Panel[]} panels
 * @param {Head[]} pins
 * @param {PanelSnapshot} snapshot
 * @param {boolean} repainted
 */
function fillPanels(panels, pins, snapshot, repainted) {
  pins.forEach((pin, place) => {
    if (repainted || panels[place].pin?.join() !== pin.join()) fillPanel(panels[place], pin, snapshot);
  });
}

/**
 * @param {HTMLElement} node
 * @param {Panel[]} panels
 * @param {number} perRow
 */
function arrange(node, panels, perRow) {
  node.classList.toggle("rows", perRow > 1);
  node.style.setProperty("--across", String(perRow));
  const shown = panels.length ? panels.map((panel) => panel.node) : [make("p", { class: "hint" }, NOTHING_PINNED)];
  if (shown.length !== node.children.length || shown.some((child, index) => child !== node.children[index]))
    node.replaceChildren(...shown);
}

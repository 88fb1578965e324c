// The line above the grid: what a click does, and the button that hands over the heads that somebody pinned.

import { make, makeButton } from "./dom.js";
import { headName, isOff } from "./naming.js";

/** @import { Changes, ComponentData, Head, Payload, Snapshot } from "./types.js" */

const HOW_TO_READ = {
  place: "Layers run down, heads across.",
  layer: "In each layer the largest number stands left.",
  all: "The largest number stands first, row by row.",
};

/** @param {(pins: Head[]) => void} sendPins  to the server */
export function makePinning(sendPins) {
  /** @type {Head[]} */
  let ready = []; // pinned by somebody, and not off
  const send = makeButton("", () => sendPins(ready), { class: "quiet send" });
  const hint = make("span", { class: "hint" });
  return {
    node: make("div", { class: "pinning" }, hint, send),
    /** @type {(changes: Changes, snapshot: PinningSnapshot, texts: Pick<ComponentData, "action">) => void} */
    draw(changes, { payload, view, asked }, { action }) {
      if (changes.has("lit") || changes.has("cell") || changes.has("pointed")) return;
      ready = action ? asked.filter((pin) => !isOff(payload, pin)) : [];
      send.hidden = !ready.length;
      send.textContent = action ? sendLabel(action, payload, ready) : "";
      send.title = ready.map((pin) => headName(payload, pin)).join("; ");
      hint.textContent = `${HOW_TO_READ[view.order]} ${asked.length ? "" : "Click one: pin it, switch it off."}`;
    },
  };
}

/** @typedef {Pick<Snapshot, "payload" | "view" | "asked">} PinningSnapshot */

/**
 * The button names one head, and counts several.
 * @param {string} action
 * @param {Pick<Payload, "head_names">} payload
 * @param {Head[]} pins
 */
export function sendLabel(action, payload, pins) {
  if (pins.length !== 1) return `${action} the ${pins.length} pinned heads`;
  const name = headName(payload, pins[0]);
  return `${action} ${name[0].toLowerCase()}${name.slice(1)}`;
}

// The line above the strip: what its links are, the slider for their share, and the button that clears the choice.

import { make, makeButton } from "./dom.js";
import { shortHeadName } from "./naming.js";
import { LETTERS } from "./view.js";
import { MOST_LINKS } from "./weights.js";

/** @import { Actions, LinkChoice, Snapshot } from "./types.js" */
/** @typedef {Pick<Snapshot, "payload" | "weights" | "view" | "pins" | "linked" | "queries">} LinksSnapshot */

const HINT = "Point at a token to light it everywhere; click tokens to add up their rows and keep their links.";

/** @param {Actions["change"]} change */
export function makeStripHead(change) {
  const caption = make("span", { class: "hint", role: "status" });
  const slider = make("input", { type: "range", min: 0.05, max: 1, step: 0.05 });
  const share = make("output");
  slider.oninput = () => change({ mass: Number(slider.value) });
  const mass = make("label", { class: "slider" }, "Show top", slider, share);
  const clear = makeButton("Clear choice", () => change({ tokens: [] }), { class: "quiet" });
  return {
    node: make("div", { class: "strip-head" }, caption, mass, clear),
    /** @type {(snapshot: LinksSnapshot & Pick<Snapshot, "tokens">, choice: LinkChoice) => void} */
    draw(snapshot, choice) {
      const { view, weights, tokens } = snapshot;
      slider.value = String(view.mass);
      share.textContent = `${Math.round(100 * view.mass)} % of attention`;
      mass.hidden = weights.difference;
      clear.hidden = !tokens.length;
      caption.replaceChildren(...linksInWords(snapshot, choice));
    },
  };
}

/**
 * What the links are, in words; or what a click would do.
 * @param {LinksSnapshot} snapshot
 * @param {LinkChoice} choice
 */
function linksInWords({ payload, weights, view, pins, linked, queries }, { links, left }) {
  const pin = pins[linked];
  if (!pin || !queries.length || weights.difference) return [HINT];
  const whose = `${LETTERS[linked]}, ${shortHeadName(payload, pin)}`;
  const many = links.length === 1 ? "1 link holds" : `${links.length} links hold`;
  const rest = left ? `; ${left} weaker ones are left out, ${MOST_LINKS} are drawn at most` : "";
  const name = queries.length > 1 ? `${queries.length} tokens` : make("bdi", {}, payload.tokens[queries[0]]);
  const rows = queries.length > 1 ? "each row" : "its row";
  return [name, ` in ${whose}: ${many} at least ${Math.round(100 * view.mass)} % of ${rows}${rest}.`];
}

// The kinds of heads, below the grid: a chip for each that occurs, which filters, and what it means beside it.

import { make, makeButton, setAttributes } from "./dom.js";

/** @import { Actions, Changes, ComponentData, Payload, Snapshot } from "./types.js" */

const NARROW = 500; // pixels of width below which the meanings fold away: what follows must stay in sight
const ATTENDS = /^attends to /;

/** @param {Pick<Actions, "toggleBadge">} actions */
export function makeKinds({ toggleBadge }) {
  const chips = make("div", { class: "chips", role: "group", "aria-label": "Show heads of one kind" });
  const meanings = make("div", { class: "meanings" });
  const summary = make("summary", {}, "Kinds of heads");
  const node = make("details", { class: "kinds" }, summary, chips, meanings);
  /** @type {boolean | null} */
  let narrow = null; // not known yet
  return {
    node,
    /** @type {(changes: Changes, snapshot: KindsSnapshot, texts: Pick<ComponentData, "badges">) => void} */
    draw(changes, { payload, view, measure, layout }, { badges }) {
      if (changes.has("data")) chips.replaceChildren(...makeChips(payload, badges, toggleBadge));
      if (changes.has("data") || changes.has("badge") || changes.has("measure"))
        meanings.replaceChildren(...inBold(meaningsOf(payload, badges, view.badge, measure?.label ?? "")));
      for (const chip of chips.children)
        setAttributes(chip, { "aria-pressed": String(chip.getAttribute("data-badge") === view.badge) });
      node.hidden = !chips.children.length;
      if (narrow === layout.width < NARROW) return;
      narrow = layout.width < NARROW;
      node.open = !narrow;
      summary.hidden = !narrow;
    },
  };
}

/** @typedef {Pick<Snapshot, "payload" | "view" | "measure" | "layout">} KindsSnapshot */

/**
 * A chip per kind that occurs, with its count; a second click shows all again.
 * @param {Payload} payload
 * @param {Record<string, string>} meanings
 * @param {(badge: string) => void} toggleBadge
 */
function makeChips(payload, meanings, toggleBadge) {
  const badges = payload.badges.flat();
  const names = namesOf(badges);
  if (!names.length) return [];
  /** @type {(badge: string, label: string, title: string) => HTMLElement} */
  const chip = (badge, label, title) =>
    makeButton(label, () => toggleBadge(badge), { class: "chip", "data-badge": badge, title });
  /** @type {(badge: string) => number} */
  const count = (badge) => badges.filter((other) => other === badge).length;
  const chips = names.map((badge) => chip(badge, `${badge} ${count(badge)}`, meanings[badge] ?? ""));
  return [chip("", `all heads ${badges.length}`, ""), ...chips];
}

/**
 * What the chosen kind means, with its rule; where none is chosen, all kinds in few words. A name, and what follows it.
 * @param {Pick<Payload, "badges">} payload
 * @param {Record<string, string>} meanings
 * @param {string} chosen
 * @param {string} bar  what the bar under a head shows
 * @returns {[name: string, words: string][]}
 */
export function meaningsOf(payload, meanings, chosen, bar) {
  if (chosen) return [[chosen, ` ${meanings[chosen] ?? ""}.`]];
  const names = namesOf(payload.badges.flat());
  /** @type {[name: string, words: string][]} */
  const kinds = names.map((badge, place) => {
    const [inShort] = (meanings[badge] ?? "").split(":");
    return [badge, ` ${inShort.replace(ATTENDS, "")}${place < names.length - 1 ? "; " : "."}`];
  });
  const others = payload.badges.flat().filter((badge) => badge === null).length;
  const rest = others ? ` ${others} heads: no such pattern.` : "";
  return [["", "A head attends mostly to: "], ...kinds, ["", `${rest} Bar under a head: ${bar.toLowerCase()}.`]];
}

/** @param {[name: string, words: string][]} parts */
function inBold(parts) {
  return parts.flatMap(([name, words]) => (name ? [make("b", {}, name), words] : [words]));
}

/** @param {(string | null)[]} badges  of all heads */
function namesOf(badges) {
  return [...new Set(badges.filter((badge) => badge !== null))].sort();
}

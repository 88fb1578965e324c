// The tokens in a strip: links of the chosen ones above, bars of each measure below, one column per token.

import { dataAt, focusIsVisible, hasModifier, make, makeSvg, setAttributes, treeOf } from "./dom.js";
import { drawBars, drawLinks, drawNames, drawToken } from "./strip_draw.js";
import { makeStripHead } from "./strip_head.js";
import { columnOf, planStrip } from "./strip_layout.js";
import { stripLinks, stripRows } from "./strip_rows.js";

/** @import { Actions, Change, Changes, Link, Payload, Snapshot, StripPlan, StripRow, Theme } from "./types.js" */
/** @import { LinksSnapshot } from "./strip_head.js" */
/** @typedef {LinksSnapshot & Pick<Snapshot, "theme" | "layout" | "colours" | "tokens" | "lit">} StripSnapshot */
/**
 * @typedef {object} Strip
 * @property {SVGSVGElement} svg
 * @property {StripPlan | null} plan  of what is drawn
 * @property {SVGElement[]} tokens
 * @property {SVGElement[]} bars  a group per row
 * @property {SVGElement} names
 * @property {SVGElement} links
 * @property {number} home  the token that Tab comes to
 */

/** @type {Change[]} */
const REBUILT_BY = ["data", "size", "theme"];
/** @type {Change[]} */
const REDRAWN_BY = [...REBUILT_BY, "pins", "lit", "cell", "tokens", "links", "mass"];
const UNTOUCHED = { "pointer-events": "none", "aria-hidden": "true" };

/** @param {Pick<Actions, "change" | "point" | "toggleToken">} actions */
export function makeStrip({ change, point, toggleToken }) {
  const role = { role: "listbox", "aria-multiselectable": "true", "aria-label": "Tokens" };
  const svg = makeSvg("svg", { class: "strip", ...role });
  const [names, links] = [makeSvg("g", { "aria-hidden": "true" }), makeSvg("g", UNTOUCHED)];
  /** @type {Strip} */
  const strip = { svg, plan: null, tokens: [], bars: [], names, links, home: 0 };
  const head = makeStripHead(change);
  const frame = make("div", {}, svg); // listens for the drawing: an SVG that listens for focus takes it with Tab
  listenToPointer(frame, point, toggleToken);
  listenToKeys(frame, strip, toggleToken);
  return {
    node: make("section", { "aria-label": "Token strip" }, head.node, frame),
    /** @type {(changes: Changes, snapshot: StripSnapshot) => void} */
    draw(changes, snapshot) {
      if (!REDRAWN_BY.some((name) => changes.has(name))) return;
      const choice = stripLinks(snapshot);
      const focused = treeOf(svg).activeElement?.getAttribute("data-token") ?? null;
      const isNew = REBUILT_BY.some((name) => changes.has(name));
      const rebuilt = drawStrip(strip, snapshot, choice.links, isNew);
      markTokens(strip.tokens, snapshot);
      head.draw(snapshot, choice);
      svg.dataset.links = String(choice.links.length);
      if (rebuilt && focused !== null) refocus(strip.tokens, Number(focused));
    },
  };
}

/**
 * @param {Strip} strip
 * @param {StripSnapshot} snapshot
 * @param {Link[]} links
 * @param {boolean} isNew  whether tokens or sizes are new
 * @returns whether the tokens were built anew
 */
function drawStrip(strip, snapshot, links, isNew) {
  const { payload, pins, lit, layout, theme, colours } = snapshot;
  const rows = stripRows(snapshot);
  const known = isNew || rows.length !== strip.bars.length ? null : strip.plan;
  const plan = known ?? planStrip(payload.tokens, layout.width, theme.family, rows.length);
  if (plan !== known) build(strip, plan, rows, payload, theme);
  rows.forEach((row, number) => {
    if (number < pins.length || plan !== known)
      strip.bars[number].replaceChildren(drawBars(plan, row, number, { theme, colours }));
  });
  strip.names.replaceChildren(drawNames(plan, rows, lit, theme));
  strip.links.replaceChildren(drawLinks(plan, links, theme.primary));
  return plan !== known;
}

/**
 * Tokens anew, and an empty group for each row's bars.
 * @param {Strip} strip
 * @param {StripPlan} plan
 * @param {StripRow[]} rows
 * @param {Payload} payload
 * @param {Theme} theme
 */
function build(strip, plan, rows, payload, theme) {
  const { svg } = strip;
  setAttributes(svg, { width: plan.width, height: plan.height, viewBox: `0 0 ${plan.width} ${plan.height}` });
  strip.plan = plan;
  strip.bars = rows.map(() => makeSvg("g"));
  strip.home = Math.min(strip.home, plan.slots.length - 1);
  strip.tokens = plan.slots.map((slot) => {
    const { place } = slot;
    const label = { role: "option", "data-token": place, "aria-label": payload.tokens[place] || "empty token" };
    const column = makeSvg("rect", { class: "column", ...columnOf(plan, slot), rx: 3 });
    const attributes = { class: "token", ...label, tabindex: place === strip.home ? 0 : -1 };
    return makeSvg("g", attributes, column, drawToken(plan, slot, payload, theme));
  });
  svg.replaceChildren(...strip.tokens, makeSvg("g", UNTOUCHED, ...strip.bars), strip.names, strip.links);
}

/**
 * @param {SVGElement[]} tokens
 * @param {number} token  the one that had the focus before
 */
function refocus(tokens, token) {
  tokens[Math.min(token, tokens.length - 1)]?.focus({ preventScroll: true });
}

/**
 * @param {SVGElement[]} nodes  of the tokens
 * @param {Pick<Snapshot, "view" | "tokens" | "lit">} snapshot
 */
function markTokens(nodes, { view, tokens, lit }) {
  nodes.forEach((node, place) => {
    const selected = String(tokens.includes(place));
    if (node.getAttribute("aria-selected") !== selected) setAttributes(node, { "aria-selected": selected });
    node.classList.toggle("lit", [lit, view.cell?.query, view.cell?.key].includes(place));
  });
}

/**
 * @param {HTMLElement} frame
 * @param {Actions["point"]} point
 * @param {Actions["toggleToken"]} toggleToken
 */
function listenToPointer(frame, point, toggleToken) {
  /** @type {(event: Event) => void} */
  const light = (event) => point({ lit: tokenAt(event), cell: null });
  const leave = () => point({ lit: null, cell: null });
  frame.addEventListener("pointerover", light);
  frame.addEventListener("pointerleave", leave);
  frame.addEventListener("focusin", (event) => {
    if (focusIsVisible(event)) light(event);
  });
  frame.addEventListener("focusout", leave);
  frame.addEventListener("click", (event) => {
    const token = tokenAt(event);
    if (token !== null) toggleToken(token);
  });
}

/**
 * @param {HTMLElement} frame
 * @param {Strip} strip
 * @param {Actions["toggleToken"]} toggleToken
 */
function listenToKeys(frame, strip, toggleToken) {
  frame.addEventListener("keydown", (event) => {
    const token = tokenAt(event);
    if (token === null || hasModifier(event)) return;
    const last = strip.tokens.length - 1;
    /** @type {Record<string, number>} */
    const goals = {
      ArrowLeft: token - 1,
      ArrowUp: token - 1,
      ArrowRight: token + 1,
      ArrowDown: token + 1,
      Home: 0,
      End: last,
    };
    if (event.key === "Enter" || event.key === " ") toggleToken(token);
    else if (event.key in goals) focusToken(strip, Math.min(last, Math.max(0, goals[event.key])));
    else return;
    event.preventDefault();
  });
}

/**
 * The token whose column an event came from.
 * @param {Event} event
 */
function tokenAt(event) {
  const token = dataAt(event, "token");
  return token === null ? null : Number(token);
}

/**
 * @param {Strip} strip
 * @param {number} token
 */
function focusToken(strip, token) {
  strip.tokens[strip.home].setAttribute("tabindex", "-1");
  strip.home = token;
  strip.tokens[token].setAttribute("tabindex", "0");
  strip.tokens[token].focus();
}

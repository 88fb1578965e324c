// The tokens in a strip: links of the chosen ones above, bars of each measure below, one column per token.

import { make, makeButton, makeSvg, setAttributes } from "./dom.js";
import { shortHeadName } from "./naming.js";
import { drawBars, drawLinks, drawNames, drawToken } from "./strip_draw.js";
import { ARC_ROOM, planStrip, topOf } from "./strip_layout.js";
import { LETTERS } from "./view.js";
import { MOST_LINKS, chooseLinks } from "./weights.js";

const REBUILT_BY = ["data", "size", "theme"];
const REDRAWN_BY = [...REBUILT_BY, "pins", "lit", "cell", "tokens", "links", "mass"];

export function makeStrip(mounted) {
  const strip = { mounted, home: 0, tokens: [] };
  strip.svg = makeSvg("svg", {
    class: "strip",
    role: "listbox",
    "aria-multiselectable": "true",
    "aria-label": "Tokens",
  });
  strip.caption = make("span", { class: "hint", role: "status" });
  strip.slider = make("input", { type: "range", min: 0.05, max: 1, step: 0.05 });
  strip.share = make("output");
  strip.slider.oninput = () => mounted.change({ mass: Number(strip.slider.value) });
  strip.mass = make("label", { class: "slider" }, "Links up to", strip.slider, strip.share);
  strip.clear = makeButton("Clear choice", () => mounted.change({ tokens: [] }), { class: "quiet" });
  const head = make("div", { class: "strip-head" }, strip.caption, strip.mass, strip.clear);
  const frame = make("div", {}, strip.svg); // listens for the drawing: an SVG that listens for focus takes it with Tab
  listen(strip, frame);
  const node = make("section", { "aria-label": "Token strip" }, head, frame);
  return Object.assign(strip, { node, draw: (changed) => drawStrip(strip, changed) });
}

/** The strip's rows: what each pinned head reads from the tokens in question, then the payload's measures. */
export function stripRows(mounted) {
  const { payload, weights, pins, reading, layout } = mounted;
  const nTokens = layout.nTokens;
  const all = [...Array(nTokens).keys()];
  const heads = pins.map((pin, place) => {
    const queries = reading.length ? reading : all;
    const sum = weights.sumRows(...pin, queries);
    const values = reading.length ? sum : sum.map((value) => value / nTokens);
    const what = reading.length > 1 ? `${reading.length} rows` : reading.length ? "one row" : "mean row";
    const label = `${LETTERS[place]} · ${shortHeadName(payload, pin)}, ${what}`;
    const even = weights.difference ? 0 : Math.max(1, reading.length) / nTokens;
    return {
      label,
      hint: `${label}. Rows are added up; the dotted line is even attention.`,
      values: [...values],
      signed: weights.difference,
      even,
    };
  });
  return [...heads, ...(payload.strip ?? [])];
}

/** Links of the head that is asked for, for the tokens in question; none for a difference, whose rows hold no mass. */
export function stripLinks(mounted) {
  const pin = mounted.pins[mounted.linked];
  if (!pin || !mounted.reading.length || mounted.weights.difference) return { links: [], left: 0 };
  return chooseLinks(mounted.weights, ...pin, mounted.reading, mounted.view.mass);
}

function drawStrip(strip, changed) {
  const { mounted, svg } = strip;
  if (!REDRAWN_BY.some((name) => changed.has(name))) return;
  const rows = stripRows(mounted);
  const rebuilt = rows.length !== strip.bars?.length || REBUILT_BY.some((name) => changed.has(name));
  if (rebuilt) build(strip, rows);
  const { plan } = strip;
  const { theme, pins } = mounted;
  const colours = mounted.data.colours;
  const lit = mounted.litToken;
  rows.forEach((row, number) => {
    if (number < pins.length || rebuilt) {
      strip.bars[number].replaceChildren(drawBars(plan, row, number, { theme, colours }));
    }
  });
  strip.names.replaceChildren(drawNames(plan, rows, lit, theme));
  const chosen = stripLinks(mounted);
  strip.links.replaceChildren(drawLinks(plan, chosen.links, theme.primary));
  for (const [place, node] of strip.tokens.entries()) {
    const selected = mounted.tokens.includes(place);
    const marked = place === lit || place === mounted.view.cell?.query || place === mounted.view.cell?.key;
    if (node.getAttribute("aria-selected") !== String(selected))
      setAttributes(node, { "aria-selected": String(selected) });
    node.classList.toggle("lit", marked);
  }
  describe(strip, chosen);
  svg.dataset.links = String(chosen.links.length);
}

function build(strip, rows) {
  const { mounted, svg } = strip;
  const focused = mounted.root.getRootNode().activeElement?.dataset?.token;
  const plan = (strip.plan = planStrip(mounted.payload, mounted.layout.width, mounted.theme.family, rows.length));
  setAttributes(svg, { width: plan.width, height: plan.height, viewBox: `0 0 ${plan.width} ${plan.height}` });
  strip.bars = rows.map(() => makeSvg("g"));
  strip.names = makeSvg("g", { "aria-hidden": "true" });
  strip.links = makeSvg("g", { "pointer-events": "none", "aria-hidden": "true" });
  strip.home = Math.min(strip.home, plan.slots.length - 1);
  strip.tokens = plan.slots.map((slot) => {
    const box = {
      x: slot.x,
      y: topOf(plan, slot.line) + ARC_ROOM,
      width: slot.width,
      height: plan.lineHeight - ARC_ROOM - 8,
      rx: 3,
    };
    const label = {
      role: "option",
      "data-token": slot.place,
      "aria-label": mounted.payload.tokens[slot.place] || "empty token",
    };
    const node = makeSvg("g", { class: "token", ...label, tabindex: slot.place === strip.home ? 0 : -1 });
    node.append(makeSvg("rect", { class: "column", ...box }), drawToken(plan, slot, mounted));
    return node;
  });
  svg.replaceChildren(
    ...strip.tokens,
    makeSvg("g", { "pointer-events": "none", "aria-hidden": "true" }, ...strip.bars),
    strip.names,
    strip.links,
  );
  if (focused !== undefined)
    strip.tokens[Math.min(Number(focused), strip.tokens.length - 1)]?.focus({ preventScroll: true });
}

/** What the links are, in words; or what a click would do. */
function describe(strip, { links, left }) {
  const { mounted, caption, slider, share, mass, clear } = strip;
  const { view, payload, tokens, reading } = mounted;
  const pin = mounted.pins[mounted.linked];
  slider.value = view.mass;
  share.textContent = `${Math.round(100 * view.mass)} % of a row`;
  mass.hidden = mounted.weights.difference;
  clear.hidden = !tokens.length;
  if (!pin || !reading.length || mounted.weights.difference) {
    caption.textContent =
      "Point at a token to light it everywhere; click tokens to add up their rows and keep their links.";
    return;
  }
  const whose = `${LETTERS[mounted.linked]}, ${shortHeadName(payload, pin)}`;
  const many = links.length === 1 ? "1 link holds" : `${links.length} links hold`;
  const rest = left ? `; ${left} weaker ones are left out, ${MOST_LINKS} are drawn at most` : "";
  const [names, rows] =
    reading.length > 1
      ? [`${reading.length} tokens`, "each row"]
      : [make("bdi", {}, payload.tokens[reading[0]]), "its row"];
  caption.replaceChildren(names, ` in ${whose}: ${many} at least ${Math.round(100 * view.mass)} % of ${rows}${rest}.`);
}

function listen(strip, frame) {
  const { mounted } = strip;
  const placeOf = (event) => {
    const token = event.target.closest?.("[data-token]")?.dataset.token;
    return token === undefined ? null : Number(token);
  };
  const light = (event) => mounted.point({ lit: placeOf(event), cell: null });
  frame.addEventListener("pointerover", light);
  frame.addEventListener("pointerleave", () => mounted.point({ lit: null, cell: null }));
  frame.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && light(event));
  frame.addEventListener("focusout", () => mounted.point({ lit: null, cell: null }));
  frame.addEventListener("click", (event) => placeOf(event) !== null && mounted.toggleToken(placeOf(event)));
  frame.addEventListener("keydown", (event) => {
    const place = placeOf(event);
    if (place === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = strip.tokens.length - 1;
    const goals = {
      ArrowLeft: place - 1,
      ArrowUp: place - 1,
      ArrowRight: place + 1,
      ArrowDown: place + 1,
      Home: 0,
      End: last,
    };
    if (event.key === "Enter" || event.key === " ") mounted.toggleToken(place);
    else if (event.key in goals) focusToken(strip, Math.min(last, Math.max(0, goals[event.key])));
    else return;
    event.preventDefault();
  });
}

function focusToken(strip, place) {
  strip.tokens[strip.home].setAttribute("tabindex", "-1");
  strip.home = place;
  strip.tokens[place].setAttribute("tabindex", "0");
  strip.tokens[place].focus();
}

// The pinned heads, at most four: matrix, token axes, and the exact value under the pointer in every one of them.

import { make, makeButton, makeSvg, setAttributes } from "./dom.js";
import { frameOf } from "./layout.js";
import { drawAxes, drawMarks } from "./matrix.js";
import { formatWeight, headFacts, headName } from "./naming.js";
import { packedColours } from "./scale.js";
import { LETTERS } from "./view.js";
import { colourPlaces, paint } from "./weights.js";

const REPAINTED_BY = ["data", "scale", "size", "theme"];
const MARKED_BY = [...REPAINTED_BY, "pins", "lit", "cell", "tokens", "links", "measure"];
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const LEAST_WIDTH = 190; // pixels of a panel: its title and buttons
const NOTHING_PINNED = "No head is pinned. Click one, or walk there with the arrow keys and press Enter.";

export function makeDetails(mounted) {
  const node = make("div", { class: "details" });
  const parts = { mounted, node, panels: [] };
  return Object.assign(parts, { draw: (changed) => drawDetails(parts, changed) });
}

function drawDetails(details, changed) {
  if (!MARKED_BY.some((name) => changed.has(name))) return;
  const repainted = REPAINTED_BY.some((name) => changed.has(name));
  if (repainted || changed.has("pins")) arrange(details, repainted);
  for (const panel of details.panels) markPanel(details.mounted, panel);
}

/** A panel per pinned head. Panels are kept and filled anew, so that focus and canvas survive. */
function arrange({ mounted, node, panels }, repainted) {
  const { pins } = mounted;
  while (panels.length < pins.length) panels.push(makePanel(mounted, panels.length));
  if (panels.length > pins.length) panels.length = pins.length;
  pins.forEach((pin, place) => {
    if (repainted || panels[place].pin?.join() !== pin.join()) fillPanel(mounted, panels[place], pin);
  });
  node.classList.toggle("rows", mounted.layout.perRow > 1);
  node.style.setProperty("--across", mounted.layout.perRow);
  const shown = panels.map((panel) => panel.node);
  if (!shown.length) shown.push(make("p", { class: "hint" }, NOTHING_PINNED));
  if (shown.length !== node.children.length || shown.some((child, place) => child !== node.children[place]))
    node.replaceChildren(...shown);
}

/** The parts of a panel, still without a head. */
function makePanel(mounted, place) {
  const panel = { place, pin: null, name: make("strong"), facts: make("div", { class: "facts" }) };
  const links = { class: "quiet", title: "Draw this head's links over the tokens" };
  panel.links = makeButton("Links", () => mounted.change({ links: place }), links);
  panel.unpin = makeButton("×", () => mounted.togglePin(panel.pin), { class: "quiet", title: "Unpin" });
  panel.canvas = make("canvas", { class: "weights", width: 1, height: 1 });
  panel.overlay = makeSvg("svg", {
    class: "overlay",
    tabindex: 0,
    role: "application",
    "aria-roledescription": "matrix",
  });
  panel.readout = make("div", { class: "readout", "aria-live": "polite" });
  panel.picture = make("div", { class: "matrix" }, panel.canvas, panel.overlay);
  const letter = make("span", { class: "letter" }, LETTERS[place]);
  const title = make("div", { class: "title" }, letter, panel.name, panel.links, panel.unpin);
  panel.node = make("section", { class: "panel" }, title, panel.facts, panel.picture, panel.readout);
  listen(mounted, panel);
  return panel;
}

/** A head's name, pixels and size; the axes follow in `markPanel`, since lit tokens stand out on them. */
function fillPanel(mounted, panel, pin) {
  const { payload, weights, view, layout } = mounted;
  const { canvas, overlay, picture, place } = panel;
  const nTokens = payload.shape[2];
  const name = headName(payload, pin);
  Object.assign(panel, { pin, frame: frameOf(layout, place), drawn: null });
  paint(
    canvas,
    colourPlaces(weights.bytes(...pin), view.scale, weights.difference, nTokens),
    nTokens,
    packedColours(weights.difference),
  );
  const { left, top, side, width, height } = panel.frame;
  panel.name.textContent = name;
  setAttributes(panel.unpin, { "aria-label": `Unpin ${name}` });
  setAttributes(panel.node, { "aria-label": `Pinned as ${LETTERS[place]}: ${name}` });
  setAttributes(canvas, { "data-layer": pin[0], "data-head": pin[1] });
  setAttributes(overlay, { width, height, viewBox: `0 0 ${width} ${height}` });
  setAttributes(overlay, {
    "aria-label": `Matrix of ${name}: rows read, columns are read. Arrow keys move over its values.`,
  });
  canvas.classList.toggle("smooth", nTokens > side * devicePixelRatio);
  Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${side}px`, height: `${side}px` });
  panel.node.style.width = `${Math.max(width, LEAST_WIDTH)}px`;
  Object.assign(picture.style, { width: `${width}px`, height: `${height}px` });
}

/** Everything that follows the pointer: axes, frames, the words of the readout. */
function markPanel(mounted, panel) {
  const { payload, weights, view, layout, theme, tokens, measure } = mounted;
  const { pin, place, links, overlay, facts, readout, frame } = panel;
  const cell = view.cell && view.cell.query < layout.nTokens && view.cell.key < layout.nTokens ? view.cell : null;
  const lit = mounted.litToken;
  const marked = [...new Set([...tokens, ...(cell ? [cell.query, cell.key] : []), ...(lit === null ? [] : [lit])])];
  const drawing = JSON.stringify([marked, tokens, lit, cell]);
  if (panel.drawn !== drawing) {
    const marks = drawMarks({ theme, frame, nTokens: layout.nTokens, chosen: tokens, lit, cell });
    overlay.replaceChildren(drawAxes({ payload, theme, frame, marked }), marks);
    panel.drawn = drawing;
  }
  setAttributes(links, { "aria-pressed": String(mounted.linked === place), hidden: mounted.pins.length < 2 });
  facts.textContent = headFacts(payload, pin, measure).join(" · ");
  readout.textContent = "";
  if (!cell) return;
  const weight = formatWeight(weights.at(...pin, cell.query, cell.key), weights.difference);
  readout.append(
    make("bdi", {}, payload.tokens[cell.query]),
    " reads ",
    make("bdi", {}, payload.tokens[cell.key]),
    `: ${weight}`,
  );
}

function listen(mounted, panel) {
  const { overlay } = panel;
  const cellAt = (event) => {
    const { nTokens } = mounted.layout;
    const { frame } = panel;
    const box = overlay.getBoundingClientRect();
    const placeAt = (distance) => Math.floor((distance * nTokens) / frame.side);
    const [key, query] = [placeAt(event.clientX - box.left - frame.left), placeAt(event.clientY - box.top - frame.top)];
    const inside = (place) => place >= 0 && place < nTokens;
    if (inside(query) && inside(key)) return { cell: { query, key }, lit: null };
    const lit = inside(query) ? query : inside(key) ? key : null; // beside the square: the token's own label
    return { cell: null, lit };
  };
  overlay.onpointermove = (event) => mounted.point(cellAt(event));
  overlay.onpointerleave = () => mounted.point({ cell: null, lit: null });
  overlay.onblur = () => mounted.point({ cell: null, lit: null });
  overlay.onclick = (event) => {
    const { cell, lit } = cellAt(event);
    if (cell || lit !== null) mounted.toggleToken(cell ? cell.query : lit);
  };
  overlay.onkeydown = (event) => {
    const { nTokens } = mounted.layout;
    const cell = mounted.view.cell ?? { query: 0, key: 0 };
    if (event.key === "Enter" || event.key === " ") mounted.toggleToken(cell.query);
    else if (event.key === "Escape") mounted.point({ cell: null, lit: null });
    else if (event.key in ARROWS && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const [down, right] = mounted.view.cell ? ARROWS[event.key] : [0, 0];
      const keep = (place) => Math.min(nTokens - 1, Math.max(0, place));
      mounted.point({ cell: { query: keep(cell.query + down), key: keep(cell.key + right) }, lit: null });
    } else return;
    event.preventDefault();
  };
}

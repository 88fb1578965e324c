// A pinned head's panel: its name and facts, its matrix with the tokens around it, and the value under the pointer.

import { ARROWS } from "./cell_walk.js";
import { hasModifier, make, makeButton, makeSvg, setAttributes } from "./dom.js";
import { frameOf } from "./layout.js";
import { drawAxes, drawMarks } from "./matrix.js";
import { formatWeight, headFacts, headName } from "./naming.js";
import { paint } from "./pixels.js";
import { LETTERS } from "./view.js";

/** @import { Actions, Frame, Head, MatrixCell, Pointing, Snapshot } from "./types.js" */
/** @typedef {"payload" | "weights" | "view" | "layout" | "theme" | "tokens" | "lit" | "measure"} PanelField */
/** @typedef {Pick<Snapshot, PanelField>} PanelSnapshot */
/**
 * @typedef {object} Panel
 * @property {number} place  among the pins
 * @property {Head | null} pin  null: still without a head
 * @property {Frame | null} frame
 * @property {number} nTokens
 * @property {MatrixCell | null} cell  under the pointer
 * @property {string} drawn  what axes and marks were drawn from
 * @property {HTMLElement} node
 * @property {HTMLElement} name
 * @property {HTMLElement} example  says that nobody pinned this head
 * @property {HTMLElement} facts
 * @property {HTMLElement} links  the button that shows this head's links
 * @property {HTMLElement} unpin  the button that lets the head go
 * @property {HTMLElement} picture
 * @property {HTMLCanvasElement} canvas
 * @property {SVGSVGElement} overlay  axes and marks
 * @property {HTMLElement} readout
 */

const EXAMPLE = "an example: click a head in the grid to see it here";
const LEAST_WIDTH = 190; // pixels of a panel: its title and buttons

/**
 * The parts of a panel, still without a head.
 * @param {number} place  among the pins
 * @param {Pick<Actions, "change" | "togglePin" | "point" | "toggleToken">} actions
 */
export function makePanel(place, { change, togglePin, point, toggleToken }) {
  const [name, facts] = [make("strong"), make("div", { class: "facts" })];
  const hint = "Draw this head's links over the tokens";
  const links = makeButton("Links", () => change({ links: place }), { class: "quiet", title: hint });
  const letGo = () => panel.pin && togglePin(panel.pin);
  const unpin = makeButton("×", letGo, { class: "quiet", title: "Unpin" });
  const canvas = make("canvas", { class: "weights", width: 1, height: 1 });
  const role = { role: "application", "aria-roledescription": "matrix" };
  const overlay = makeSvg("svg", { class: "overlay", tabindex: 0, ...role });
  const readout = make("div", { class: "readout", "aria-live": "polite" });
  const picture = make("div", { class: "matrix" }, canvas, overlay);
  const letter = make("span", { class: "letter" }, LETTERS[place]);
  const example = make("span", { class: "hint" }, EXAMPLE);
  const title = make("div", { class: "title" }, letter, name, example, links, unpin);
  const node = make("section", { class: "panel" }, title, facts, picture, readout);
  const elements = { node, name, example, facts, links, unpin, picture, canvas, overlay, readout };
  /** @type {Panel} */
  const panel = { place, pin: null, frame: null, nTokens: 0, cell: null, drawn: "", ...elements };
  listenToPointer(panel, point, toggleToken);
  listenToKeys(panel, point, toggleToken);
  return panel;
}

/**
 * A head's name, pixels and size; the axes follow in `markPanel`, since lit tokens stand out on them.
 * @param {Panel} panel
 * @param {Head} pin
 * @param {PanelSnapshot} snapshot
 */
export function fillPanel(panel, pin, { payload, weights, view, layout }) {
  const { canvas, overlay, place } = panel;
  const { nTokens } = layout;
  const frame = frameOf(layout, place);
  const { left, top, side, width, height } = frame;
  const name = headName(payload, pin);
  Object.assign(panel, { pin, frame, nTokens, drawn: "" });
  paint(canvas, { bytes: weights.bytes(...pin), side: nTokens }, view.scale, weights.difference);
  panel.name.textContent = name;
  setAttributes(panel.unpin, { "aria-label": `Unpin ${name}` });
  setAttributes(panel.node, { "aria-label": `Pinned as ${LETTERS[place]}: ${name}` });
  setAttributes(canvas, { "data-layer": pin[0], "data-head": pin[1] });
  setAttributes(overlay, { width, height, viewBox: `0 0 ${width} ${height}` });
  setAttributes(overlay, {
    "aria-label": `Matrix of ${name}: rows attend to columns. Arrow keys move over its values.`,
  });
  canvas.classList.toggle("smooth", nTokens > side * devicePixelRatio);
  Object.assign(canvas.style, { left: `${left}px`, top: `${top}px`, width: `${side}px`, height: `${side}px` });
  panel.node.style.width = `${Math.max(width, LEAST_WIDTH)}px`;
  Object.assign(panel.picture.style, { width: `${width}px`, height: `${height}px` });
}

/**
 * Everything that follows the pointer: axes, frames, the words of the readout.
 * @param {Panel} panel
 * @param {Head} pin
 * @param {PanelSnapshot} snapshot
 */
export function markPanel(panel, pin, { payload, weights, view, layout, theme, tokens, lit, measure }) {
  const { overlay, facts, readout, frame } = panel;
  const { nTokens } = layout;
  panel.cell = view.cell;
  const cell = view.cell && view.cell.query < nTokens && view.cell.key < nTokens ? view.cell : null;
  const marked = [...new Set([...tokens, ...(cell ? [cell.query, cell.key] : []), ...(lit === null ? [] : [lit])])];
  const drawn = JSON.stringify([marked, tokens, lit, cell]);
  if (frame && panel.drawn !== drawn) {
    const marks = drawMarks({ theme, frame, nTokens, chosen: tokens, lit, cell });
    overlay.replaceChildren(drawAxes({ payload, theme, frame, marked }), marks);
    panel.drawn = drawn;
  }
  facts.textContent = headFacts(payload, pin, measure).join(" · ");
  readout.textContent = "";
  if (!cell) return;
  const weight = formatWeight(weights.at(...pin, cell.query, cell.key), weights.difference);
  const [query, key] = [cell.query, cell.key].map((token) => make("bdi", {}, payload.tokens[token]));
  readout.append(query, " attends to ", key, `: ${weight}`);
}

/**
 * @param {Panel} panel
 * @param {Actions["point"]} point
 * @param {Actions["toggleToken"]} toggleToken
 */
function listenToPointer(panel, point, toggleToken) {
  const { overlay } = panel;
  /** @type {(event: PointerEvent) => void} */
  const pointAtTarget = (event) => point(targetOf(panel, event));
  overlay.addEventListener("pointermove", pointAtTarget);
  overlay.addEventListener("pointerleave", () => point({ cell: null, lit: null }));
  overlay.addEventListener("blur", () => point({ cell: null, lit: null }));
  overlay.addEventListener("click", (event) => {
    const { cell, lit } = targetOf(panel, event);
    const token = cell ? cell.query : lit;
    if (token !== null) toggleToken(token);
  });
}

/**
 * The matrix cell at a pointer; beside the square the token whose label stands there.
 * @param {Panel} panel
 * @param {MouseEvent} event
 * @returns {Pick<Pointing, "cell" | "lit">}
 */
function targetOf({ overlay, frame, nTokens }, event) {
  if (!frame) return { cell: null, lit: null };
  const box = overlay.getBoundingClientRect();
  /** @type {(distance: number) => number | null} */
  const tokenAt = (distance) => {
    const token = Math.floor((distance * nTokens) / frame.side);
    return token >= 0 && token < nTokens ? token : null;
  };
  const query = tokenAt(event.clientY - box.top - frame.top);
  const key = tokenAt(event.clientX - box.left - frame.left);
  return query !== null && key !== null ? { cell: { query, key }, lit: null } : { cell: null, lit: query ?? key };
}

/**
 * @param {Panel} panel
 * @param {Actions["point"]} point
 * @param {Actions["toggleToken"]} toggleToken
 */
function listenToKeys(panel, point, toggleToken) {
  panel.overlay.addEventListener("keydown", (event) => {
    const cell = panel.cell ?? { query: 0, key: 0 };
    const arrow = ARROWS.get(event.key);
    if (event.key === "Enter" || event.key === " ") toggleToken(cell.query);
    else if (event.key === "Escape") point({ cell: null, lit: null });
    else if (arrow && !hasModifier(event)) {
      const [down, right] = panel.cell ? arrow : [0, 0];
      /** @type {(token: number) => number} */
      const keep = (token) => Math.min(panel.nTokens - 1, Math.max(0, token));
      point({ cell: { query: keep(cell.query + down), key: keep(cell.key + right) }, lit: null });
    } else return;
    event.preventDefault();
  });
}

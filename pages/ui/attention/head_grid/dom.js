// Elements and text. Tokens come from strangers: whatever is shown goes through textContent, never through HTML.

/** @import { Option } from "./types.js" */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */
/** @typedef {Node | string | null | undefined} Child */

const SVG = "http://www.w3.org/2000/svg";
const pen = contextOf(document.createElement("canvas"));
const MOST_REMEMBERED = 5000; // texts; measuring is slow, and the same tokens come again with every drawing
/** @type {Map<string, number>} */
const widths = new Map();
/** @type {Map<string, string>} */
const shortened = new Map();

/**
 * An HTML element. Attributes set to null or false are left out; children are nodes or strings.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
export function make(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/**
 * The same in SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
export function makeSvg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @template {Element} Made
 * @param {Made} element
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
function furnish(element, attributes, children) {
  setAttributes(element, attributes);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * @param {Element} element
 * @param {Attributes} attributes
 */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * A labelled <select>.
 * @template {string} Value
 * @param {string} label
 * @param {Option<Value>[]} options
 * @param {(value: Value) => void} onChange
 */
export function makeSelect(label, options, onChange) {
  const select = make("select", {});
  setOptions(select, options);
  select.onchange = () => onChange(/** @type {Value} */ (select.value)); // it has no other values
  return { node: make("label", { class: "field" }, make("span", { class: "caption" }, label), select), select };
}

/**
 * @param {HTMLSelectElement} select
 * @param {Option[]} options
 */
export function setOptions(select, options) {
  select.replaceChildren(...options.map(([value, label]) => make("option", { value }, label)));
}

/**
 * @param {string} label
 * @param {() => void} onClick
 * @param {Attributes} attributes
 */
export function makeButton(label, onClick, attributes = {}) {
  const button = make("button", { type: "button", ...attributes }, label);
  button.onclick = onClick;
  return button;
}

/**
 * A canvas's context. A canvas that has a context of another kind has none.
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} settings
 */
export function contextOf(canvas, settings = {}) {
  const context = canvas.getContext("2d", settings);
  if (context === null) throw new Error("This canvas has no 2D context.");
  return context;
}

/**
 * The value of `data-NAME` at an event's target, or at what it lies in; null where there is none.
 * @param {Event} event
 * @param {string} name
 */
export function dataAt({ target }, name) {
  const element = target instanceof Element ? target.closest(`[data-${name}]`) : null;
  return element?.getAttribute(`data-${name}`) ?? null;
}

/**
 * Whether an event came from an element whose focus is to be seen, as after a press of Tab.
 * @param {Event} event
 */
export function focusIsVisible({ target }) {
  return target instanceof Element && target.matches(":focus-visible");
}

/**
 * Whether a key comes with another one, so that it belongs to the browser.
 * @param {KeyboardEvent} event
 */
export function hasModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/**
 * The document or the shadow root that an element stands in.
 * @param {Element} element
 */
export function treeOf(element) {
  return /** @type {Document | ShadowRoot} */ (element.getRootNode()); // the type knows elements off the page as well
}

/**
 * Width of a text in CSS pixels.
 * @param {string} text
 * @param {string} font
 */
export function textWidth(text, font) {
  return remember(widths, `${font} ${text}`, () => {
    pen.font = font;
    return pen.measureText(text).width;
  });
}

/**
 * The text, or as much of its beginning as fits, with an ellipsis.
 * @param {string} text
 * @param {number} width
 * @param {string} font
 */
export function shorten(text, width, font) {
  return remember(shortened, `${width} ${font} ${text}`, () => cut(text, width, font));
}

/** What was measured before a font had come does not hold any more. */
export function forgetWidths() {
  widths.clear();
  shortened.clear();
}

/**
 * @template Value
 * @param {Map<string, Value>} known
 * @param {string} key
 * @param {() => Value} compute
 */
function remember(known, key, compute) {
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size > MOST_REMEMBERED) known.clear();
  const value = compute();
  known.set(key, value);
  return value;
}

/**
 * @param {string} text
 * @param {number} width
 * @param {string} font
 */
function cut(text, width, font) {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  if (textWidth(shown, font) <= width) return shown;
  let [fits, tooLong] = [0, shown.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (textWidth(`${shown.slice(0, middle)}…`, font) <= width) fits = middle;
    else tooLong = middle;
  }
  return `${shown.slice(0, fits)}…`;
}

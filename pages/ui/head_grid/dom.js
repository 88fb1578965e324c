// Elements and text. Tokens come from strangers: whatever is shown goes through textContent, never through HTML.

const SVG = "http://www.w3.org/2000/svg";
const pen = document.createElement("canvas").getContext("2d");
const MOST_REMEMBERED = 5000; // texts; measuring is slow, and the same tokens come again with every drawing
const [widths, shortened] = [new Map(), new Map()];

/** An HTML element. Attributes set to null or false are left out; children are nodes or strings. */
export function make(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** The same in SVG. */
export function makeSvg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

function furnish(element, attributes, children) {
  setAttributes(element, attributes);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** A labelled <select>; options are [value, label] pairs. */
export function makeSelect(label, options, onChange) {
  const select = make("select", {});
  setOptions(select, options);
  select.onchange = () => onChange(select.value);
  return { node: make("label", { class: "field" }, make("span", { class: "caption" }, label), select), select };
}

export function setOptions(select, options) {
  select.replaceChildren(...options.map(([value, label]) => make("option", { value }, label)));
}

export function makeButton(label, onClick, attributes = {}) {
  const button = make("button", { type: "button", ...attributes }, label);
  button.onclick = onClick;
  return button;
}

/** Width of a text in CSS pixels. */
export function textWidth(text, font) {
  return remember(widths, `${font} ${text}`, () => {
    pen.font = font;
    return pen.measureText(text).width;
  });
}

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function shorten(text, width, font) {
  return remember(shortened, `${width} ${font} ${text}`, () => cut(text, width, font));
}

/** What was measured before a font had come does not hold any more. */
export function forgetWidths() {
  widths.clear();
  shortened.clear();
}

function remember(known, key, find) {
  if (!known.has(key)) {
    if (known.size > MOST_REMEMBERED) known.clear();
    known.set(key, find());
  }
  return known.get(key);
}

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

/** What the theme says just now, as plain colours: drawings and exports carry them. */
export function readTheme(host) {
  const style = getComputedStyle(host);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const background = read("--st-background-color", "#ffffff");
  return {
    background,
    panel: read("--st-secondary-background-color", "#f2f5f9"),
    text: read("--st-text-color", "#1b2430"),
    border: read("--st-border-color", "#c9d1db"),
    primary: read("--st-primary-color", "#0063b7"),
    link: read("--st-link-color", "#0058a3"),
    family: read("--st-font", "sans-serif"),
  };
}

/** Whether a CSS colour is darker than middle grey. */
export function isDark(colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
}

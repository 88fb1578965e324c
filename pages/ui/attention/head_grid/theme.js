// The colours and the font of the page that the component stands on.

import { contextOf } from "./dom.js";

/** @import { Theme } from "./types.js" */

/**
 * What the theme says just now, as plain colours: drawings and exports carry them.
 * @param {Element} host
 * @returns {Theme}
 */
export function readTheme(host) {
  const style = getComputedStyle(host);
  /** @type {(name: string, otherwise: string) => string} */
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return {
    background: read("--st-background-color", "#ffffff"),
    panel: read("--st-secondary-background-color", "#f2f5f9"),
    text: read("--st-text-color", "#1b2430"),
    border: read("--st-border-color", "#c9d1db"),
    primary: read("--st-primary-color", "#0063b7"),
    link: read("--st-link-color", "#0058a3"),
    family: read("--st-font", "sans-serif"),
  };
}

/**
 * Whether a CSS colour is darker than middle grey.
 * @param {string} colour
 */
export function isDark(colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = contextOf(canvas);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 128;
}

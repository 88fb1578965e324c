// The current view as one HTML page: this script, this style and these data, and nothing from elsewhere.

import { treeOf } from "./dom.js";
import { headName } from "./naming.js";

/** @import { Choices, ComponentData, Snapshot, Theme } from "./types.js" */

/** @type {(keyof Choices)[]} */
const CHOICES = ["picture", "measure", "order", "badge", "scale", "mass", "pins", "tokens", "links"];
const END = "/script>"; // follows "<"; in one piece it would end the script that holds it
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/**
 * @param {Pick<Snapshot, "payload" | "view" | "pins" | "theme">} snapshot
 * @param {ComponentData} data
 * @param {HTMLElement} root  of the component
 */
export async function standalonePage({ payload, view, pins, theme }, data, root) {
  const choices = Object.fromEntries(CHOICES.map((name) => [name, view[name]]));
  const json = toJson({ ...data, part: "all", action: null, view: { ...choices, pins } });
  const title = pins.map((pin) => headName(payload, pin)).join("; ");
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Attention: ${escapeHtml(title)}</title>`,
    `<style>html { ${themeStyle(theme)} --st-font: "Source Sans", "Segoe UI", sans-serif; }`,
    "html { background: var(--st-background-color); }",
    "body { max-width: 1180px; margin: 20px auto; padding: 0 20px; }</style>",
    `<style id="head-grid-style">${styleText(root)}</style></head><body>`,
    `<script type="application/json" id="head-grid-data">${json}<${END}`,
    `<script type="module" id="head-grid-code">${await scriptText()}<${END}</body></html>`,
  ].join("\n");
}

/**
 * JSON without any `<`, so that no token ends the script that holds it.
 * @param {ComponentData} data
 */
function toJson(data) {
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

/** @param {Theme} theme */
function themeStyle(theme) {
  return [
    `--st-background-color: ${theme.background};`,
    `--st-secondary-background-color: ${theme.panel};`,
    `--st-text-color: ${theme.text};`,
    `--st-border-color: ${theme.border};`,
    `--st-primary-color: ${theme.primary};`,
  ].join(" ");
}

/**
 * The style sheet that the component stands under: its own element in an exported page, the first one in the app.
 * @param {HTMLElement} root
 */
function styleText(root) {
  const tree = treeOf(root);
  return (tree.querySelector("#head-grid-style") ?? tree.querySelector("style"))?.textContent ?? "";
}

/** The text of this very script: where it was loaded from, or where it stands in an exported page. */
async function scriptText() {
  const inline = document.getElementById("head-grid-code");
  return inline ? inline.textContent : (await fetch(import.meta.url)).text();
}

/** @param {string} text */
function escapeHtml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

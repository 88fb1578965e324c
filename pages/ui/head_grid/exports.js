// The current view to take home: PNG, SVG, CSV and one HTML file that needs nothing else, all made in the browser.

import { make, makeButton } from "./dom.js";
import { headName } from "./naming.js";
import { pinnedPicture, wholePicture } from "./picture.js";

const PNG_SCALE = 2; // sharp on paper and projector
const MOST_PIXELS = 8192; // a canvas's side
const STARTS_A_FORMULA = /^[=+\-@\t\r]/; // what a spreadsheet would run

export function makeExports(mounted) {
  const take = (label, title, make_) => makeButton(label, () => make_(mounted), { class: "quiet", title });
  const said = make("span", { class: "hint", role: "status" });
  const buttons = [
    take("PNG", "The current view as a picture", takePng),
    take("SVG", "Pinned heads and strip as a drawing", takeSvg),
    take("CSV", "Every weight of the pinned heads", takeCsv),
    take("HTML", "The current view as one file that works without this app", takeHtml),
    makeButton("Copy link", () => copyLink(mounted, said), {
      class: "quiet",
      title: "A link that opens this very view",
    }),
  ];
  const node = make("div", { class: "exports", role: "group", "aria-label": "Take home" }, said, ...buttons);
  const draw = (changed) => {
    if (!changed.has("lit") && !changed.has("cell") && !changed.has("pointed")) said.textContent = "";
  };
  return { node, draw };
}

async function takePng(mounted) {
  const svg = wholePicture(mounted);
  const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
  const scale = Math.min(PNG_SCALE, MOST_PIXELS / width, MOST_PIXELS / height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(serialize(svg))}`;
  await image.decode();
  const canvas = make("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => save(blob, "attention.png"), "image/png");
}

function takeSvg(mounted) {
  save(new Blob([serialize(pinnedPicture(mounted))], { type: "image/svg+xml" }), "attention.svg");
}

function serialize(svg) {
  return new XMLSerializer().serializeToString(svg);
}

/** One line per weight of the pinned heads; layers, heads and places are counted from 1. */
function takeCsv({ payload, weights, pins }) {
  const lines = ["layer,head,query_place,query,key_place,key,weight"];
  for (const pin of pins) {
    const [layer, head] = pin.map((number) => number + 1);
    payload.tokens.forEach((query, row) => {
      weights.row(...pin, row).forEach((weight, column) => {
        lines.push(
          [layer, head, row + 1, quote(query), column + 1, quote(payload.tokens[column]), weight.toFixed(4)].join(","),
        );
      });
    });
  }
  save(new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" }), "attention.csv");
}

/** A token as a CSV field; an apostrophe keeps a spreadsheet from running it. */
function quote(token) {
  const safe = STARTS_A_FORMULA.test(token) ? `'${token}` : token;
  return `"${safe.replaceAll('"', '""')}"`;
}

async function takeHtml(mounted) {
  save(new Blob([await standalonePage(mounted)], { type: "text/html;charset=utf-8" }), "attention.html");
}

/** This script, this style and these data in one page. No `<` is left in the JSON, so that no token ends its script. */
async function standalonePage(mounted) {
  const { data, view, theme, root, payload } = mounted;
  const kept = ["picture", "measure", "order", "badge", "scale", "mass", "pins", "tokens", "links"];
  const fixed = Object.fromEntries(kept.map((name) => [name, view[name]]));
  const json = JSON.stringify({ ...data, action: null, view: { ...fixed, pins: mounted.pins } }).replaceAll(
    "<",
    "\\u003c",
  );
  const tree = root.getRootNode();
  const style = (tree.querySelector("#head-grid-style") ?? tree.querySelector("style")).textContent;
  const names = {
    background: "background-color",
    panel: "secondary-background-color",
    text: "text-color",
    border: "border-color",
    primary: "primary-color",
  };
  const colours = Object.entries(names)
    .map(([field, name]) => `--st-${name}: ${theme[field]};`)
    .join(" ");
  const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";
  const title = mounted.pins.map((pin) => headName(payload, pin)).join("; ");
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Attention: ${escapeHtml(title)}</title>`,
    `<style>html { ${colours} --st-font: "Source Sans", "Segoe UI", sans-serif; }`,
    "html { background: var(--st-background-color); }",
    "body { max-width: 1180px; margin: 20px auto; padding: 0 20px; }</style>",
    `<style id="head-grid-style">${style}</style></head><body>`,
    `<script type="application/json" id="head-grid-data">${json}</scr` + "ipt>",
    `<script type="module" id="head-grid-code">${await ownSource()}</scr` + "ipt></body></html>",
  ].join("\n");
}

/** The text of this very script: where it was loaded from, or where it stands in a page taken home. */
async function ownSource() {
  const inline = document.getElementById("head-grid-code");
  return inline ? inline.textContent : (await fetch(import.meta.url)).text();
}

function escapeHtml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function copyLink(mounted, said) {
  mounted.store.keepNow();
  try {
    await navigator.clipboard.writeText(location.href);
    said.textContent = "The link is copied.";
  } catch {
    said.textContent = "The browser does not allow copying here: the address bar holds the link.";
  }
}

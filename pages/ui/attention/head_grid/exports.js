// The current view to take home: PNG, SVG, CSV and one HTML file that needs nothing else, all made in the browser.

import { contextOf, make, makeButton } from "./dom.js";
import { pinnedPicture, wholePicture } from "./picture.js";
import { standalonePage } from "./standalone.js";

/** @import { Canvases, Changes, ComponentData, Snapshot } from "./types.js" */

const PNG_SCALE = 2; // sharp on paper and projector
const MOST_PIXELS = 8192; // a canvas's side
const STARTS_A_FORMULA = /^[=+\-@\t\r]/; // what a spreadsheet would run

/**
 * @param {() => { snapshot: Snapshot, data: ComponentData }} read  the view as it is now
 * @param {Canvases} canvases
 * @param {HTMLElement} root  of the component
 * @param {() => void} writeAddress  at once
 */
export function makeExports(read, canvases, root, writeAddress) {
  const message = make("span", { class: "hint", role: "status" });
  /** @type {(label: string, title: string, onClick: () => void) => HTMLElement} */
  const button = (label, title, onClick) => makeButton(label, onClick, { class: "quiet", title });
  const buttons = [
    button("PNG", "The current view as a picture", () => savePng(wholePicture(read().snapshot, canvases))),
    button("SVG", "Pinned heads and strip as a drawing", () =>
      saveText(serialize(pinnedPicture(read().snapshot, canvases.matrix)), "image/svg+xml", "attention.svg"),
    ),
    button("CSV", "Every weight of the pinned heads", () =>
      saveText(writeCsv(read().snapshot), "text/csv;charset=utf-8", "attention.csv"),
    ),
    button("HTML", "The current view as one file that works without this app", async () => {
      const { snapshot, data } = read();
      saveText(await standalonePage(snapshot, data, root), "text/html;charset=utf-8", "attention.html");
    }),
    button("Copy link", "A link that opens this very view", async () => {
      writeAddress();
      message.textContent = await copyLink();
    }),
  ];
  return {
    node: make("div", { class: "exports", role: "group", "aria-label": "Take home" }, message, ...buttons),
    /** @type {(changes: Changes) => void} */
    draw(changes) {
      if (!changes.has("lit") && !changes.has("cell") && !changes.has("pointed")) message.textContent = "";
    },
  };
}

/** @param {SVGElement} svg */
async function savePng(svg) {
  const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
  const scale = Math.min(PNG_SCALE, MOST_PIXELS / width, MOST_PIXELS / height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(serialize(svg))}`;
  await image.decode();
  const canvas = make("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  contextOf(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    if (blob) save(blob, "attention.png");
  }, "image/png");
}

/** @param {SVGElement} svg */
function serialize(svg) {
  return new XMLSerializer().serializeToString(svg);
}

/**
 * One line per weight of the pinned heads; layers, heads and places are counted from 1.
 * @param {Pick<Snapshot, "payload" | "weights" | "pins">} snapshot
 */
export function writeCsv({ payload, weights, pins }) {
  const lines = ["layer,head,query_place,query,key_place,key,weight"];
  for (const pin of pins) {
    const [layer, head] = pin.map((number) => number + 1);
    payload.tokens.forEach((query, row) => {
      weights.row(...pin, row).forEach((weight, column) => {
        const key = quote(payload.tokens[column]);
        lines.push([layer, head, row + 1, quote(query), column + 1, key, weight.toFixed(4)].join(","));
      });
    });
  }
  return `${lines.join("\r\n")}\r\n`;
}

/**
 * A token as a CSV field; an apostrophe keeps a spreadsheet from running it.
 * @param {string} token
 */
function quote(token) {
  const safe = STARTS_A_FORMULA.test(token) ? `'${token}` : token;
  return `"${safe.replaceAll('"', '""')}"`;
}

/**
 * @param {string} text
 * @param {string} type
 * @param {string} name
 */
function saveText(text, type, name) {
  save(new Blob([text], { type }), name);
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** What to tell about it: a browser may forbid copying. */
async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    return "The link is copied.";
  } catch {
    return "The browser does not allow copying here: the address bar holds the link.";
  }
}

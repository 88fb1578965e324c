// A canvas of all layers and heads in three linked levels. Streamlit calls the default export with new data or a new
// theme; everything else happens here, without the server.

import { forgetWidths, make } from "./dom.js";
import { planLayout } from "./layout.js";
import { makeParts } from "./parts.js";
import { readView } from "./reading.js";
import { coloursOf } from "./scale.js";
import { isDark, readTheme } from "./theme.js";
import { openStore } from "./view.js";
import { readWeights } from "./weights.js";

/** @import { Change, Changes, ComponentCall, ComponentData, Head, Layout, Snapshot, Store } from "./types.js" */
/** @import { Theme, Weights } from "./types.js" */
/**
 * A component on a page: its elements, and what it was given last.
 * @typedef {object} Mounted
 * @property {HTMLElement} root
 * @property {ReturnType<typeof makeParts>} parts
 * @property {ComponentData} data
 * @property {Store} store
 * @property {Weights} weights
 * @property {Theme} theme
 * @property {Layout} layout
 * @property {(pins: Head[]) => void} sendPins  to the server
 * @property {() => void} leaveStore
 * @property {() => void} stopWatching  sizes and fonts
 */

/** @type {WeakMap<HTMLElement | ShadowRoot, Mounted>} */
const living = new WeakMap(); // by what a component stands in
/** @type {Change[]} */
const PLANNED_BY = ["data", "size", "theme", "pins", "picture"];
/** @type {Change[]} */
const NEW_DATA = ["data", "theme", "size", "measure", "order", "pins", "tokens", "scale"];
/** @type {Change[]} */
const SAME_DATA = ["theme", "measure", "pins"];

/** @param {ComponentCall} call */
export default function headGrid({ data, parentElement, setTriggerValue }) {
  const before = living.get(parentElement);
  const mounted = before ?? mount(parentElement, data);
  living.set(parentElement, mounted);
  mounted.sendPins = (pins) => setTriggerValue?.("chosen", pins);
  update(mounted, data, before === undefined);
  return () => {
    mounted.leaveStore();
    mounted.stopWatching();
    living.delete(parentElement);
    mounted.root.remove();
  };
}

/**
 * Builds the parts once; data come with `update`.
 * @param {HTMLElement | ShadowRoot} parent
 * @param {ComponentData} data
 */
function mount(parent, data) {
  const root = make("div", { class: "head-grid" });
  parent.append(root);
  const store = openStore(data.key);
  const theme = readTheme(root);
  /** @type {Mounted} */
  const mounted = {
    root,
    parts: makeParts(root, data.part, {
      read: () => readSnapshot(mounted),
      readData: () => mounted.data,
      change: (patch) => mounted.store.change(patch),
      writeAddress: () => mounted.store.writeAddress(),
      sendPins: (pins) => mounted.sendPins(pins),
    }),
    data,
    store,
    weights: readWeights(data.payload),
    theme,
    layout: planFor(root, data, store, theme),
    sendPins: () => {},
    leaveStore: () => {},
    stopWatching: watchSize(
      root,
      () => root.clientWidth !== mounted.layout.width && draw(mounted, new Set(["size"])),
      () => draw(mounted, new Set(["size"])),
    ),
  };
  joinGroup(mounted);
  return mounted;
}

/**
 * @param {HTMLElement} root
 * @param {() => void} onResize
 * @param {() => void} onFont  has come
 * @returns what ends the watching
 */
function watchSize(root, onResize, onFont) {
  const observer = new ResizeObserver(onResize);
  observer.observe(root);
  const remeasure = () => {
    forgetWidths();
    onFont();
  };
  document.fonts.addEventListener("loadingdone", remeasure);
  return () => {
    observer.disconnect();
    document.fonts.removeEventListener("loadingdone", remeasure);
  };
}

/**
 * New data: what was pinned and chosen stays, as far as it still means the same.
 * @param {Mounted} mounted
 * @param {ComponentData} data
 * @param {boolean} isFirst
 */
function update(mounted, data, isFirst) {
  const { root, parts } = mounted;
  performance.mark("head-grid-start");
  const before = mounted.data;
  const fresh = isFirst || before.payload.digest !== data.payload.digest;
  mounted.theme = readTheme(root);
  root.style.colorScheme = isDark(mounted.theme.background) ? "dark" : "light";
  mounted.data = data;
  if (fresh) mounted.weights = readWeights(data.payload);
  if (before.key !== data.key) joinGroup(mounted);
  if (fresh) keepSameTokens(mounted.store, before.payload.tokens, data.payload.tokens);
  Object.assign(root, { colourTable: coloursOf(data.payload.difference) }); // by byte, for whoever checks the pixels
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", data.payload.title);
  parts.title.textContent = data.payload.title;
  draw(mounted, new Set(fresh ? NEW_DATA : SAME_DATA));
}

/**
 * Components with one key share a view; an exported page brings its own.
 * @param {Mounted} mounted
 */
function joinGroup(mounted) {
  const { data } = mounted;
  mounted.leaveStore();
  mounted.store = openStore(data.key);
  if (data.view) Object.assign(mounted.store.view, data.view);
  mounted.leaveStore = mounted.store.listen((changes) => draw(mounted, changes));
}

/**
 * Chosen tokens stay chosen where the same token stands in the new text.
 * @param {Store} store
 * @param {string[]} before
 * @param {string[]} after
 */
function keepSameTokens(store, before, after) {
  const chosen = store.view.tokens;
  const kept = chosen?.filter((token) => before[token] === after[token]);
  if (chosen && kept && kept.length < chosen.length) store.change({ tokens: kept });
}

/**
 * @param {HTMLElement} root
 * @param {ComponentData} data
 * @param {Store} store
 * @param {Theme} theme
 */
function planFor(root, { payload, start, part }, store, theme) {
  const { pins, view } = readView(store.view, payload, start);
  const shown = { payload, nPins: pins.length, picture: view.picture, family: theme.family, part };
  return planLayout(shown, root.clientWidth || 1100, window.innerHeight);
}

/**
 * @param {Mounted} mounted
 * @returns {Snapshot}
 */
function readSnapshot({ data, store, weights, theme, layout }) {
  const { payload, start, colours } = data;
  return { ...readView(store.view, payload, start), payload, weights, theme, layout, colours };
}

/**
 * @param {Mounted} mounted
 * @param {Changes} changes
 */
function draw(mounted, changes) {
  const { root, parts, data, store, theme } = mounted;
  if (PLANNED_BY.some((change) => changes.has(change))) {
    const before = JSON.stringify(mounted.layout);
    mounted.layout = planFor(root, data, store, theme);
    if (before !== JSON.stringify(mounted.layout)) changes.add("size");
    root.classList.toggle("stacked", mounted.layout.stacked);
    root.style.setProperty("--left", `${mounted.layout.left}px`);
  }
  parts.draw(changes);
}

/** An exported page mounts itself. */
const exported = document.getElementById("head-grid-data");
if (exported) headGrid({ data: JSON.parse(exported.textContent), parentElement: document.body });

// A canvas of all layers and heads in three linked levels. Streamlit calls the default export with new data or a new
// theme; everything else happens here, without the server.

import { makeCells } from "./cells.js";
import { makeControls, makeExplanation } from "./controls.js";
import { makeDetails } from "./details.js";
import { forgetWidths, isDark, make, readTheme } from "./dom.js";
import { makeExports } from "./exports.js";
import { planLayout } from "./layout.js";
import { makePreview } from "./preview.js";
import { actions, readings } from "./reading.js";
import { coloursOf } from "./scale.js";
import { makeStrip } from "./strip.js";
import { makeTables } from "./tables.js";
import { openStore } from "./view.js";
import { readWeights } from "./weights.js";

const living = new WeakMap(); // where a component stands -> what stands there

export default function headGrid({ data, parentElement, setTriggerValue }) {
  if (!living.has(parentElement)) living.set(parentElement, mount(parentElement));
  const mounted = living.get(parentElement);
  mounted.send = (pins) => setTriggerValue?.("chosen", pins);
  update(mounted, data);
  return () => {
    mounted.leave();
    mounted.resize.disconnect();
    document.fonts.removeEventListener("loadingdone", mounted.remeasure);
    living.delete(parentElement);
    mounted.root.remove();
  };
}

/** Builds the parts once; data come with `update`. */
function mount(parent) {
  const root = make("div", { class: "head-grid" });
  const mounted = { root, data: null, payload: null, weights: null, store: null, leave: () => {} };
  Object.defineProperties(mounted, Object.getOwnPropertyDescriptors(readings(mounted)));
  Object.assign(mounted, actions(mounted));
  const cells = makeCells(mounted);
  const controls = makeControls(mounted);
  const explanation = makeExplanation(mounted);
  const details = makeDetails(mounted);
  const [strip, exports, tables, preview] = [makeStrip, makeExports, makeTables, makePreview].map((build) =>
    build(mounted),
  );
  mounted.status = make("div", { class: "unseen", role: "status" });
  const left = make("div", { class: "left" }, cells.node, explanation.node);
  const right = make("div", { class: "right" }, details.node);
  const levels = make("div", { class: "levels" }, left, right);
  mounted.title = make("strong", { class: "headline" });
  const head = make("div", { class: "head" }, mounted.title, exports.node);
  root.append(head, controls.node, controls.badges, levels, strip.node, tables.node, preview.node, mounted.status);
  mounted.parts = [controls, cells, explanation, details, strip, exports, tables, preview];
  mounted.thumbnailCanvas = (pin) => cells.cells.get(pin.join(".")).canvas;
  mounted.matrixCanvas = (pin) => details.panels.find((panel) => panel.pin.join() === pin.join()).canvas;
  parent.append(root);
  mounted.resize = new ResizeObserver(
    () => mounted.payload && root.clientWidth !== mounted.layout.width && draw(mounted, new Set(["size"])),
  );
  mounted.resize.observe(root);
  mounted.remeasure = () => {
    forgetWidths();
    if (mounted.payload) draw(mounted, new Set(["size"]));
  };
  document.fonts.addEventListener("loadingdone", mounted.remeasure);
  return mounted;
}

/** New data: what was pinned and chosen stays, as far as it still means the same. */
function update(mounted, data) {
  const { root } = mounted;
  performance.mark("head-grid-start");
  const before = mounted.payload;
  mounted.theme = readTheme(root);
  root.style.colorScheme = isDark(mounted.theme.background) ? "dark" : "light";
  const fresh = before === null || before.digest !== data.payload.digest;
  mounted.data = data;
  mounted.payload = data.payload;
  if (fresh) mounted.weights = readWeights(data.payload);
  if (mounted.group !== data.key) join(mounted, data);
  if (before !== null && fresh) keepSameTokens(mounted, before.tokens);
  root.colourTable = coloursOf(mounted.weights.difference); // byte -> [r, g, b], for whoever checks the pixels
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", data.payload.title);
  mounted.title.textContent = data.payload.title;
  draw(
    mounted,
    new Set(
      fresh ? ["data", "theme", "size", "measure", "order", "pins", "tokens", "scale"] : ["theme", "measure", "pins"],
    ),
  );
}

/** Components with one key share a view; a page taken home brings its own. */
function join(mounted, data) {
  mounted.leave();
  mounted.group = data.key;
  mounted.store = openStore(data.key);
  if (data.view) Object.assign(mounted.store.view, data.view);
  mounted.leave = mounted.store.listen((changed) => draw(mounted, changed));
}

function keepSameTokens(mounted, before) {
  const chosen = mounted.store.view.tokens;
  if (!chosen) return;
  const kept = chosen.filter((place) => before[place] === mounted.payload.tokens[place]);
  if (kept.length < chosen.length) mounted.store.change({ tokens: kept });
}

function draw(mounted, changed) {
  if (["data", "size", "theme", "pins", "picture"].some((name) => changed.has(name))) {
    const before = mounted.layout;
    mounted.layout = planLayout(mounted, mounted.root.clientWidth || 1100, window.innerHeight);
    if (JSON.stringify(before) !== JSON.stringify(mounted.layout)) changed.add("size");
    mounted.root.classList.toggle("stacked", mounted.layout.stacked);
    mounted.root.style.setProperty("--left", `${mounted.layout.left}px`);
  }
  for (const part of mounted.parts) part.draw(changed);
}

/** A page that was taken home mounts itself. */
const taken = document.getElementById("head-grid-data");
if (taken) headGrid({ data: JSON.parse(taken.textContent), parentElement: document.body });

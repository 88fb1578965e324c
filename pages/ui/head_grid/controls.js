// The row of controls above the heads, the legends, and the line that says what the chosen number means.

import { make, makeButton, makeSelect, setAttributes, setOptions } from "./dom.js";
import { DIFFERENCE_SCALES, SCALES, formatNumber, measuresOf, rangeOf } from "./naming.js";
import { STEPS, coloursOf, cssColour } from "./scale.js";

const PICTURES = [
  ["thumbnails", "Thumbnails"],
  ["map", "Numbers"],
];
const ORDERS = [
  ["place", "Layer and head"],
  ["layer", "Number, within layers"],
  ["all", "Number, all heads"],
];

export function makeControls(mounted) {
  const controls = { mounted };
  controls.pictures = makeSwitch("Each head as", PICTURES, (picture) => mounted.change({ picture }));
  controls.measure = makeSelect("Number of a head", [], (measure) => mounted.change({ measure }));
  controls.order = makeSelect("Sorted by", ORDERS, (order) => mounted.change({ order }));
  controls.scale = makeSelect("Colour scale", SCALES, (scale) => mounted.change({ scale }));
  controls.legend = make("div", { class: "field legend" });
  controls.chips = make("div", { class: "chips", role: "group", "aria-label": "Show heads of one kind" });
  const send = makeButton("", () => mounted.send(mounted.pins), { class: "quiet" });
  Object.assign(controls, { send, badges: make("div", { class: "badges" }, controls.chips, send) });
  const fields = [
    controls.pictures.node,
    controls.measure.node,
    controls.order.node,
    controls.scale.node,
    controls.legend,
  ];
  const node = make("div", { class: "controls" }, ...fields);
  return Object.assign(controls, { node, draw: (changed) => drawControls(controls, changed) });
}

/** The sentence under the grid: what the number is, and how to move. */
export function makeExplanation(mounted) {
  const node = make("div", { class: "explanation" });
  const draw = (changed) => {
    if (!["data", "measure", "order", "picture"].some((name) => changed.has(name))) return;
    const { measure, view } = mounted;
    const how = {
      place: "Layers run down, heads across.",
      layer: "In each layer the largest stands left.",
      all: "The largest stands first, row by row.",
    };
    const bar = view.picture === "map" ? "" : "The bar under each head shows it. ";
    const parts = measure ? [make("b", {}, measure.label), `: ${measure.explanation} ${bar}`] : [];
    const legend = view.picture === "map" && measure ? [drawLegend(numberLegend(measure))] : [];
    node.replaceChildren(...legend, ...parts, `${how[view.order]} Click or press Enter to pin, arrow keys walk.`);
  };
  return { node, draw };
}

function drawControls(controls, changed) {
  const { mounted } = controls;
  const { payload, view, measure } = mounted;
  if (changed.has("data")) {
    const measures = measuresOf(payload);
    setOptions(
      controls.measure.select,
      measures.map(({ name, label }) => [name, label]),
    );
    controls.measure.node.hidden = controls.order.node.hidden = !measures.length;
    setOptions(controls.scale.select, payload.difference ? DIFFERENCE_SCALES : SCALES);
    buildBadges(controls);
  }
  if (changed.has("lit") || changed.has("cell") || changed.has("pointed")) return;
  controls.send.hidden = !mounted.data.action;
  controls.send.textContent = mounted.data.action ?? "";
  controls.pictures.choose(view.picture);
  controls.measure.select.value = measure?.name ?? "";
  controls.order.select.value = view.order;
  controls.scale.select.value = view.scale;
  for (const chip of controls.chips.children)
    setAttributes(chip, { "aria-pressed": String(chip.dataset.badge === view.badge) });
  if (["data", "scale"].some((name) => changed.has(name))) {
    const legend = weightLegend(mounted);
    controls.legend.replaceChildren(make("span", { class: "caption" }, legend.caption), drawLegend(legend));
  }
}

/** A chip per badge that occurs, with its count; a second click shows all again. */
function buildBadges({ chips: row, mounted }) {
  const { payload } = mounted;
  const found = (payload.badges ?? []).flat();
  const names = [...new Set(found.filter(Boolean))].sort();
  const chip = (badge, label, title) =>
    makeButton(label, () => mounted.change({ badge: mounted.view.badge === badge ? "" : badge }), {
      class: "chip",
      "data-badge": badge,
      title,
    });
  const count = (badge) => found.filter((other) => other === badge).length;
  const chips = names.map((badge) => chip(badge, `${badge} ${count(badge)}`, mounted.data.badges?.[badge] ?? ""));
  row.replaceChildren(...(chips.length ? [chip("", `all heads ${found.length}`, ""), ...chips] : []));
}

/** What the colours of the numbers mean. */
export function numberLegend(measure) {
  const range = rangeOf(measure);
  const ends = measure.signed ? [-range, 0, range] : [measure.low, (measure.low + measure.high) / 2, measure.high];
  const marks = ends.map((end) => formatNumber(end, range, measure.signed));
  return {
    caption: measure.unit ? `${measure.label}, ${measure.unit}` : measure.label,
    marks,
    difference: measure.signed,
  };
}

/** What the colours of the weights mean: a caption and three numbers along the ramp. */
export function weightLegend({ payload, view }) {
  const difference = Boolean(payload.difference);
  const largest = { head: "head’s largest", row: "row’s largest" }[view.scale];
  const ends = difference ? ["−1", "0", "+1"] : ["0", "0.5", "1"];
  const marks = largest ? [difference ? "−" : "0", difference ? "0" : "", largest] : ends;
  return { caption: difference ? "Difference of weights" : "Attention weight", marks, difference };
}

function drawLegend({ marks, difference }) {
  const ramp = make("canvas", { width: STEPS, height: 1, "aria-hidden": "true" });
  const context = ramp.getContext("2d");
  coloursOf(difference).forEach((colour, place) => {
    context.fillStyle = cssColour(colour);
    context.fillRect(place, 0, 1, 1);
  });
  const numbers = make("span", { class: "marks" }, ...marks.map((mark) => make("span", {}, mark)));
  return make("span", { class: "ramp" }, ramp, numbers);
}

/** A row of radio buttons, named. */
function makeSwitch(label, options, onChange) {
  const name = `switch-${Math.random().toString(36).slice(2)}`; // radio buttons of one shadow root share their names
  const inputs = options.map(([value, text]) => {
    const input = make("input", { type: "radio", name, value });
    input.onchange = () => onChange(value);
    return { input, node: make("label", {}, input, make("span", {}, text)) };
  });
  const group = make(
    "span",
    { class: "switch", role: "radiogroup", "aria-label": label },
    ...inputs.map(({ node }) => node),
  );
  const choose = (value) => {
    for (const { input } of inputs) input.checked = input.value === value;
  };
  return { node: make("div", { class: "field" }, make("span", { class: "caption" }, label), group), choose };
}

// The row of controls for the display of the heads, and the line that says what the chosen number means.

import { make, makeSelect, setOptions } from "./dom.js";
import { makeRamp, numberLegend, weightLegend } from "./legend.js";
import { DIFFERENCE_SCALES, measuresOf, SCALES } from "./naming.js";

/** @import { Actions, Changes, Measure, Option, Payload, Snapshot, View } from "./types.js" */

/** @type {Option<View["picture"]>[]} */
const PICTURES = [
  ["thumbnails", "Thumbnails"],
  ["map", "Numbers"],
];
/** @type {Option<View["order"]>[]} */
const ORDERS = [
  ["place", "Layer and head"],
  ["layer", "Number, within layers"],
  ["all", "Number, all heads"],
];
/** @param {Pick<Actions, "change">} actions */
export function makeControls({ change }) {
  const pictures = makeSwitch("View", PICTURES, (picture) => change({ picture }));
  const measure = makeSelect("Head statistic", [], (name) => change({ measure: name }));
  const order = makeSelect("Sorted by", ORDERS, (name) => change({ order: name }));
  const scale = makeSelect("Colour scale", SCALES, (name) => change({ scale: name }));
  const legend = make("div", { class: "field legend" });
  const explanation = make("div", { class: "explanation" });
  const fields = { pictures, measure, order, scale, legend };
  const row = make("div", { class: "controls" }, pictures.node, measure.node, order.node, scale.node, legend);
  return {
    node: make("div", {}, row, explanation),
    /** @type {(changes: Changes, snapshot: ControlsSnapshot) => void} */
    draw(changes, { payload, view, measure: shown }) {
      if (changes.has("data")) offer(fields, payload);
      if (changes.has("lit") || changes.has("cell") || changes.has("pointed")) return;
      showChoices(fields, view, shown?.name ?? "");
      explain(explanation, view, shown);
      if (changes.has("data") || changes.has("scale")) {
        const words = weightLegend(payload.difference, view.scale);
        legend.replaceChildren(make("span", { class: "caption" }, words.caption), makeRamp(words));
      }
    },
  };
}

/** @typedef {Pick<Snapshot, "payload" | "view" | "measure">} ControlsSnapshot */
/** @typedef {{ node: HTMLElement, select: HTMLSelectElement }} Select */
/** @typedef {{ choose: (value: View["picture"]) => void }} Switch */
/** @typedef {{ pictures: Switch, measure: Select, order: Select, scale: Select }} Fields */

/**
 * What can be chosen in these data.
 * @param {Fields} fields
 * @param {Payload} payload
 */
function offer({ measure, order, scale }, payload) {
  const measures = measuresOf(payload);
  setOptions(
    measure.select,
    measures.map(({ name, label }) => [name, label]),
  );
  measure.node.hidden = order.node.hidden = !measures.length;
  setOptions(scale.select, payload.difference ? DIFFERENCE_SCALES : SCALES);
}

/**
 * @param {Fields} fields
 * @param {View} view
 * @param {string} measureName
 */
function showChoices({ pictures, measure, order, scale }, view, measureName) {
  pictures.choose(view.picture);
  measure.select.value = measureName;
  order.select.value = view.order;
  scale.select.value = view.scale;
}

/**
 * What the chosen number means, and where it is shown.
 * @param {HTMLElement} node
 * @param {View} view
 * @param {Measure | null} measure
 */
function explain(node, view, measure) {
  const bar = view.picture === "map" ? "" : "The bar under each head shows it.";
  const ramp = view.picture === "map" && measure ? [makeRamp(numberLegend(measure))] : [];
  const words = measure ? [make("b", {}, measure.label), `: ${measure.explanation} ${bar}`] : [];
  node.replaceChildren(...ramp, ...words);
}

/**
 * A row of radio buttons, named.
 * @template {string} Value
 * @param {string} label
 * @param {Option<Value>[]} options
 * @param {(value: Value) => void} onChange
 */
function makeSwitch(label, options, onChange) {
  const name = `switch-${Math.random().toString(36).slice(2)}`; // radio buttons of one shadow root share their names
  const inputs = options.map(([value, text]) => {
    const input = make("input", { type: "radio", name, value });
    input.onchange = () => onChange(value);
    return { input, node: make("label", {}, input, make("span", {}, text)) };
  });
  const nodes = inputs.map(({ node }) => node);
  const group = make("span", { class: "switch", role: "radiogroup", "aria-label": label }, ...nodes);
  return {
    node: make("div", { class: "field" }, make("span", { class: "caption" }, label), group),
    /** @type {(value: Value) => void} */
    choose(value) {
      for (const { input } of inputs) input.checked = input.value === value;
    },
  };
}

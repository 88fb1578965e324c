// What the colours mean: a caption and three numbers along a ramp.

import { contextOf, make } from "./dom.js";
import { formatNumber, rangeOf } from "./naming.js";
import { coloursOf, cssColour, STEPS } from "./scale.js";

/** @import { Legend, Measure, Scale } from "./types.js" */

/**
 * What the colours of the numbers mean.
 * @param {Measure} measure
 * @returns {Legend}
 */
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

/**
 * What the colours of the weights mean.
 * @param {boolean} difference
 * @param {Scale} scale
 * @returns {Legend}
 */
export function weightLegend(difference, scale) {
  const largest = { absolute: "", head: "head’s largest", row: "row’s largest" }[scale];
  const ends = difference ? ["−1", "0", "+1"] : ["0", "0.5", "1"];
  const marks = largest ? [difference ? "−" : "0", difference ? "0" : "", largest] : ends;
  return { caption: difference ? "Difference of weights" : "Attention weight", marks, difference };
}

/**
 * The ramp and its numbers.
 * @param {Legend} legend
 */
export function makeRamp({ marks, difference }) {
  const ramp = make("canvas", { width: STEPS, height: 1, "aria-hidden": "true" });
  const context = contextOf(ramp);
  coloursOf(difference).forEach((colour, index) => {
    context.fillStyle = cssColour(colour);
    context.fillRect(index, 0, 1, 1);
  });
  const numbers = make("span", { class: "marks" }, ...marks.map((mark) => make("span", {}, mark)));
  return make("span", { class: "ramp" }, ramp, numbers);
}

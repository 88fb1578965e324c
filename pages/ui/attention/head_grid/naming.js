// What heads, numbers and scales are called, in one voice everywhere: people count from 1, the arrays from 0.

/** @import { Head, Measure, Option, Payload, Scale } from "./types.js" */

/** @type {Record<string, string>} */
const SHORT_BADGES = { previous: "prev", content: "cont" };
const LEAST_HIDDEN = 0.0005; // share of attention on hidden tokens that is worth a word
/** @type {Option<Scale>[]} */
export const SCALES = [
  ["absolute", "Absolute: 0 to 1"],
  ["head", "Per head: 0 to its largest"],
  ["row", "Per row: 0 to its largest"],
];
/** @type {Option<Scale>[]} */
export const DIFFERENCE_SCALES = [
  ["absolute", "Absolute: −1 to +1"],
  ["head", "Per head: ± its largest"],
  ["row", "Per row: ± its largest"],
];

/**
 * @param {Pick<Payload, "head_names">} payload
 * @param {Head} pin
 */
export function headName(payload, [layer, head]) {
  const column = payload.head_names?.[head];
  return column ? `Layer ${layer + 1}, ${column}` : `Layer ${layer + 1}, head ${head + 1}`;
}

/**
 * @param {Pick<Payload, "head_names">} payload
 * @param {Head} pin
 */
export function shortHeadName(payload, [layer, head]) {
  return payload.head_names?.[head] ? `L${layer + 1} ${payload.head_names[head]}` : `L${layer + 1} H${head + 1}`;
}

/** @param {string} badge */
export function shortBadge(badge) {
  return SHORT_BADGES[badge] ?? badge;
}

/**
 * A head's badge; "" where it has none.
 * @param {Pick<Payload, "badges">} payload
 * @param {Head} pin
 */
export function badgeOf(payload, [layer, head]) {
  return payload.badges[layer]?.[head] ?? "";
}

/**
 * The measures of a payload; what is hidden is one of them, where something is.
 * @param {Pick<Payload, "measures" | "hidden">} payload
 * @returns {Measure[]}
 */
export function measuresOf({ measures, hidden }) {
  const hides = hidden.flat().some((share) => share > LEAST_HIDDEN);
  if (!hides || measures.some((measure) => measure.name === "hidden")) return measures;
  const share = {
    name: "hidden",
    label: "Share on hidden tokens",
    unit: "",
    low: 0,
    high: 1,
    signed: false,
    explanation: "Share of the head's mass that went to tokens no longer shown. What is shown adds up to 1 again.",
    values: hidden,
  };
  return [...measures, share];
}

/**
 * The measure of this name, else the first one.
 * @param {Pick<Payload, "measures" | "hidden">} payload
 * @param {string} name
 */
export function chosenMeasure(payload, name) {
  const measures = measuresOf(payload);
  return measures.find((measure) => measure.name === name) ?? measures[0] ?? null;
}

/**
 * A number with as many digits as a range of this size deserves; a true minus.
 * @param {number | null} value
 * @param {number} range
 * @param {boolean} signed
 */
export function formatNumber(value, range = 1, signed = false) {
  if (value === null || Number.isNaN(value)) return "–";
  const digits = range >= 100 ? 0 : range >= 10 ? 1 : range >= 0.1 ? 2 : 3;
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return value < 0 ? `−${text}` : signed ? `+${text}` : text;
}

/**
 * @param {Measure} measure
 * @param {Head} pin
 */
export function formatMeasure(measure, [layer, head]) {
  return formatNumber(measure.values[layer][head], rangeOf(measure), measure.signed);
}

/**
 * The size of a measure's range; of a signed one from zero.
 * @param {Measure} measure
 */
export function rangeOf(measure) {
  return measure.signed ? Math.max(Math.abs(measure.low), Math.abs(measure.high)) : measure.high - measure.low;
}

/**
 * Where a head stands in its measure's range, 0 to 1; of a signed one 0.5 is zero. NaN where there is no number.
 * @param {Measure} measure
 * @param {Head} pin
 */
export function shareOf(measure, [layer, head]) {
  const value = measure.values[layer][head];
  if (value === null) return NaN;
  const range = rangeOf(measure) || 1;
  const share = measure.signed ? 0.5 + value / (2 * range) : (value - measure.low) / range;
  return Math.min(1, Math.max(0, share));
}

/**
 * Where a head's bar begins and ends, as shares of its width: a signed one begins in the middle.
 * @param {Measure | null} measure
 * @param {Head} pin
 */
export function barOf(measure, pin) {
  if (measure === null) return [0, 0];
  const share = shareOf(measure, pin);
  if (Number.isNaN(share)) return [0, 0];
  const zero = measure.signed ? 0.5 : 0;
  return [Math.min(zero, share), Math.max(zero, share)];
}

/**
 * @param {number} value
 * @param {boolean} difference
 */
export function formatWeight(value, difference) {
  return formatNumber(value, 0.05, difference);
}

/**
 * The head's facts in one line: badge, chosen measure, hidden share.
 * @param {Pick<Payload, "hidden" | "badges" | "off">} payload
 * @param {Head} pin
 * @param {Measure | null} measure
 */
export function headFacts(payload, pin, measure) {
  const [layer, head] = pin;
  const hidden = payload.hidden[layer][head];
  return [
    isOff(payload, pin) ? "switched off" : "",
    badgeOf(payload, pin),
    measure ? `${measure.label} ${formatMeasure(measure, pin)}` : "",
    hidden > LEAST_HIDDEN && measure?.name !== "hidden" ? `${Math.round(100 * hidden)} % on [CLS]/[SEP]` : "",
  ].filter(Boolean);
}

/**
 * @param {Pick<Payload, "off">} payload
 * @param {Head} pin
 */
export function isOff(payload, [layer, head]) {
  return Boolean(payload.off?.some(([offLayer, offHead]) => offLayer === layer && offHead === head));
}

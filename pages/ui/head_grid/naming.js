// What heads, numbers and scales are called, in one voice everywhere: people count from 1, the arrays from 0.

import { HALF_STEP } from "./weights.js";

const SHORT_BADGES = { previous: "prev", content: "cont" };
export const SCALES = [
  ["absolute", "Absolute: 0 to 1"],
  ["head", "Per head: 0 to its largest"],
  ["row", "Per row: 0 to its largest"],
];
export const DIFFERENCE_SCALES = [
  ["absolute", "Absolute: −1 to +1"],
  ["head", "Per head: ± its largest"],
  ["row", "Per row: ± its largest"],
];

export function headName(payload, [layer, head]) {
  const column = payload.head_names?.[head];
  return column ? `Layer ${layer + 1}, ${column}` : `Layer ${layer + 1}, head ${head + 1}`;
}

export function shortHeadName(payload, [layer, head]) {
  return payload.head_names?.[head] ? `L${layer + 1} ${payload.head_names[head]}` : `L${layer + 1} H${head + 1}`;
}

export function shortBadge(badge) {
  return SHORT_BADGES[badge] ?? badge ?? "";
}

/** The measures of a payload; what is hidden is one of them, where something is. */
export function measuresOf(payload) {
  const own = payload.measures ?? [];
  const hides = (payload.hidden ?? []).flat().some((share) => share > 0.0005);
  if (!hides || own.some((measure) => measure.name === "hidden")) return own;
  const hidden = {
    name: "hidden",
    label: "Share on hidden tokens",
    unit: "",
    low: 0,
    high: 1,
    signed: false,
    explanation: "Share of the head's mass that went to tokens no longer shown. What is shown adds up to 1 again.",
    values: payload.hidden,
  };
  return [...own, hidden];
}

export function chosenMeasure(payload, name) {
  const measures = measuresOf(payload);
  return measures.find((measure) => measure.name === name) ?? measures[0] ?? null;
}

/** A number with as many digits as a range of this size deserves; a true minus. */
export function formatNumber(value, range = 1, signed = false) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const digits = range >= 100 ? 0 : range >= 10 ? 1 : range >= 0.1 ? 2 : 3;
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return value < 0 ? `−${text}` : signed ? `+${text}` : text;
}

export function formatMeasure(measure, [layer, head]) {
  return formatNumber(measure.values[layer][head], rangeOf(measure), measure.signed);
}

export function rangeOf(measure) {
  return measure.signed ? Math.max(Math.abs(measure.low), Math.abs(measure.high)) : measure.high - measure.low;
}

/** Where a head stands in its measure's range, 0 to 1; of a signed one 0.5 is zero. NaN where there is no number. */
export function shareOf(measure, [layer, head]) {
  const value = measure.values[layer][head];
  if (value === null) return NaN;
  const range = rangeOf(measure) || 1;
  const share = measure.signed ? 0.5 + value / (2 * range) : (value - measure.low) / range;
  return Math.min(1, Math.max(0, share));
}

/** Where a head's bar begins and ends, as shares of its width: a signed one begins in the middle. */
export function barOf(measure, pin) {
  const share = measure ? shareOf(measure, pin) : NaN;
  if (Number.isNaN(share)) return [0, 0];
  const zero = measure.signed ? 0.5 : 0;
  return [Math.min(zero, share), Math.max(zero, share)];
}

export function formatWeight(value, difference) {
  return formatNumber(value, 0.05, difference);
}

export function precisionNote(difference) {
  const step = difference ? 2 * HALF_STEP : HALF_STEP;
  return `One byte per weight: values are exact to ±${step.toFixed(3)}.`;
}

/** The head's facts in one line: badge, chosen measure, hidden share. */
export function headFacts(payload, pin, measure) {
  const [layer, head] = pin;
  const hidden = payload.hidden?.[layer]?.[head] ?? 0;
  return [
    isOff(payload, pin) ? "switched off" : null,
    payload.badges?.[layer]?.[head] ?? null,
    measure ? `${measure.label} ${formatMeasure(measure, pin)}` : null,
    hidden > 0.0005 && measure?.name !== "hidden" ? `${Math.round(100 * hidden)} % hidden` : null,
  ].filter(Boolean);
}

export function isOff(payload, [layer, head]) {
  return Boolean(payload.off?.some(([offLayer, offHead]) => offLayer === layer && offHead === head));
}

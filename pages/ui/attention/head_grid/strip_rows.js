// What the strip says about the tokens: a row of numbers for each pinned head and each measure, and links.

import { shortHeadName } from "./naming.js";
import { LETTERS } from "./view.js";
import { chooseLinks } from "./weights.js";

/** @import { LinkChoice, Snapshot, StripRow } from "./types.js" */

/**
 * The strip's rows: what each pinned head attends to from the tokens in question, then the payload's measures.
 * @param {Pick<Snapshot, "payload" | "weights" | "pins" | "queries">} snapshot
 * @returns {StripRow[]}
 */
export function stripRows({ payload, weights, pins, queries }) {
  const nTokens = payload.shape[2];
  const heads = pins.map((pin, place) => {
    const sum = weights.sumRows(...pin, queries.length ? queries : [...Array(nTokens).keys()]);
    const values = queries.length ? sum : sum.map((value) => value / nTokens);
    const what = queries.length > 1 ? `${queries.length} rows` : queries.length ? "one row" : "mean row";
    const label = `${LETTERS[place]} · ${shortHeadName(payload, pin)}, ${what}`;
    return {
      label,
      hint: `${label}. Rows are added up; the dotted line is even attention.`,
      values: [...values],
      signed: weights.difference,
      even: weights.difference ? 0 : Math.max(1, queries.length) / nTokens,
    };
  });
  return [...heads, ...payload.strip];
}

/**
 * Links of one pinned head, for the tokens in question; none for a difference, whose rows hold no mass.
 * @param {Pick<Snapshot, "weights" | "view" | "pins" | "linked" | "queries">} snapshot
 * @returns {LinkChoice}
 */
export function stripLinks({ weights, view, pins, linked, queries }) {
  const pin = pins[linked];
  if (!pin || !queries.length || weights.difference) return { links: [], left: 0 };
  return chooseLinks(weights, pin, queries, view.mass);
}

// The payload's weights: one byte each, decoded head by head when somebody looks, so that 512 tokens open too.

import { STEPS, ZERO_BYTE } from "./scale.js";

/** @import { Head, Link, LinkChoice, Payload, Scale, Weights } from "./types.js" */

export const LARGEST_THUMBNAIL = 128; // pixels of a thumbnail's side; longer texts show the strongest weight of a block
export const MOST_LINKS = 40; // drawn at once, whatever is chosen
export const HALF_STEP = 0.5 / (STEPS - 1); // what a byte may be away from the weight

/**
 * Reads the bytes of one payload; heads are counted from 0 here.
 * @param {Payload} payload
 * @returns {Weights}
 */
export function readWeights(payload) {
  const { difference } = payload;
  const [, nHeads, nTokens] = payload.shape;
  const size = nTokens * nTokens;
  /** @type {Map<number, Uint8Array>} */
  const decoded = new Map(); // head's number -> (T * T,), row = query
  /** @type {Weights["bytes"]} */
  const bytes = (layer, head) => {
    const number = layer * nHeads + head;
    const known = decoded.get(number) ?? decodeSlice(payload.weights, number * size, size);
    decoded.set(number, known);
    return known;
  };
  /** @type {Weights["value"]} */
  const value = (byte) => (difference ? (byte - ZERO_BYTE) / (ZERO_BYTE - 1) : byte / (STEPS - 1));
  return {
    difference,
    bytes,
    value,
    at: (layer, head, query, key) => value(bytes(layer, head)[query * nTokens + key]),
    row: (layer, head, query) =>
      Float64Array.from(bytes(layer, head).subarray(query * nTokens, (query + 1) * nTokens), value),
    sumRows(layer, head, queries) {
      const all = bytes(layer, head);
      const sum = new Float64Array(nTokens);
      for (const query of queries) {
        for (let key = 0; key < nTokens; key++) sum[key] += value(all[query * nTokens + key]);
      }
      return sum;
    },
  };
}

/**
 * Bytes [start, start + count) of a base64 text, without decoding the rest.
 * @param {string} text
 * @param {number} start
 * @param {number} count
 */
function decodeSlice(text, start, count) {
  const skipped = start % 3;
  const first = ((start - skipped) / 3) * 4;
  const last = Math.ceil((start + count) / 3) * 4;
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text.slice(first, last)).subarray(skipped, skipped + count);
  const binary = atob(text.slice(first, last)); // browsers of before 2025
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at++) bytes[at] = binary.charCodeAt(at + skipped);
  return bytes;
}

/**
 * The strongest links of each query's row, until they hold `mass` of it; of all of them the MOST_LINKS strongest.
 * @param {Pick<Weights, "row">} weights
 * @param {Head} pin
 * @param {number[]} queries
 * @param {number} mass  0 to 1
 * @returns {LinkChoice}
 */
export function chooseLinks(weights, pin, queries, mass) {
  /** @type {Link[]} */
  const links = [];
  for (const query of queries) {
    const row = weights.row(...pin, query);
    const whole = row.reduce((sum, weight) => sum + weight, 0);
    const keys = [...row.keys()].sort((a, b) => row[b] - row[a]);
    let held = 0;
    for (const key of keys) {
      if (row[key] <= 0 || held >= mass * whole) break;
      held += row[key];
      links.push({ query, key, weight: row[key] });
    }
  }
  links.sort((a, b) => b.weight - a.weight);
  return { links: links.slice(0, MOST_LINKS), left: Math.max(0, links.length - MOST_LINKS) };
}

/**
 * For each byte of a head (or of one row of it) its index in the colour table, under a normalisation.
 * @param {Uint8Array} bytes
 * @param {Scale} scale
 * @param {boolean} difference
 * @param {number} nTokens
 */
export function colourIndices(bytes, scale, difference, nTokens) {
  if (scale === "absolute") return bytes;
  const indices = new Uint8Array(bytes.length);
  const stretch = scale === "row" ? nTokens : bytes.length;
  for (let start = 0; start < bytes.length; start += stretch) {
    const peak = strongest(bytes, start, start + stretch, difference);
    for (let at = start; at < start + stretch; at++) {
      indices[at] = difference
        ? ZERO_BYTE + Math.round(((bytes[at] - ZERO_BYTE) * (ZERO_BYTE - 1)) / peak)
        : Math.round((bytes[at] * (STEPS - 1)) / peak);
    }
  }
  return indices;
}

/**
 * The largest byte of a stretch, or of a difference the largest way from zero; at least 1.
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 * @param {boolean} difference
 */
export function strongest(bytes, start, end, difference) {
  let peak = 1;
  for (let at = start; at < end; at++) {
    const size = difference ? Math.abs(bytes[at] - ZERO_BYTE) : bytes[at];
    if (size > peak) peak = size;
  }
  return peak;
}

/**
 * (T, T) bytes -> (S, S) with S at most LARGEST_THUMBNAIL: the strongest of each block, so that no spot is lost.
 * @param {Uint8Array} bytes
 * @param {number} nTokens
 * @param {boolean} difference
 */
export function shrink(bytes, nTokens, difference) {
  const block = Math.ceil(nTokens / LARGEST_THUMBNAIL);
  if (block === 1) return { bytes, side: nTokens };
  const side = Math.ceil(nTokens / block);
  const small = new Uint8Array(side * side).fill(difference ? ZERO_BYTE : 0);
  for (let query = 0, at = 0; query < nTokens; query++) {
    const row = Math.floor(query / block) * side;
    for (let key = 0; key < nTokens; key++, at++) {
      const target = row + Math.floor(key / block);
      const grows = difference
        ? Math.abs(bytes[at] - ZERO_BYTE) > Math.abs(small[target] - ZERO_BYTE)
        : bytes[at] > small[target];
      if (grows) small[target] = bytes[at];
    }
  }
  return { bytes: small, side };
}

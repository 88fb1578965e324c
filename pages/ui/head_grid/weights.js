// The payload's weights: one byte each, decoded head by head when somebody looks, so that 512 tokens open too.

import { STEPS, ZERO_BYTE } from "./scale.js";

export const LARGEST_THUMBNAIL = 128; // pixels of a thumbnail's side; longer texts show the strongest weight of a block
export const MOST_LINKS = 40; // drawn at once, whatever is chosen
export const HALF_STEP = 0.5 / (STEPS - 1); // what a byte may be away from the weight

/** Reads the bytes of one payload; heads are counted from 0 here. */
export function readWeights(payload) {
  const [, nHeads, nTokens] = payload.shape;
  const size = nTokens * nTokens;
  const decoded = new Map(); // head's number -> Uint8Array (T * T), row = query
  const weights = {
    difference: Boolean(payload.difference),
    bytes(layer, head) {
      const number = layer * nHeads + head;
      if (!decoded.has(number)) decoded.set(number, decodeSlice(payload.weights, number * size, size));
      return decoded.get(number);
    },
    value: (byte) => (payload.difference ? (byte - ZERO_BYTE) / (ZERO_BYTE - 1) : byte / (STEPS - 1)),
  };
  return Object.assign(weights, {
    at: (layer, head, query, key) => weights.value(weights.bytes(layer, head)[query * nTokens + key]),
    row: (layer, head, query) => readRow(weights, weights.bytes(layer, head), query, nTokens),
    sumRows: (layer, head, queries) => sumRows(weights, weights.bytes(layer, head), queries, nTokens),
  });
}

/** Bytes [start, start + count) of a base64 text, without decoding the rest. */
function decodeSlice(text, start, count) {
  const skipped = start % 3;
  const first = ((start - skipped) / 3) * 4;
  const last = Math.ceil((start + count) / 3) * 4;
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text.slice(first, last)).subarray(skipped, skipped + count);
  const binary = atob(text.slice(first, last)); // browsers of before 2025
  const bytes = new Uint8Array(count);
  for (let place = 0; place < count; place++) bytes[place] = binary.charCodeAt(place + skipped);
  return bytes;
}

function readRow(weights, bytes, query, nTokens) {
  return Float64Array.from(bytes.subarray(query * nTokens, (query + 1) * nTokens), weights.value);
}

/** (T,): the rows of the queries added up. */
function sumRows(weights, bytes, queries, nTokens) {
  const sum = new Float64Array(nTokens);
  for (const query of queries) {
    for (let key = 0; key < nTokens; key++) sum[key] += weights.value(bytes[query * nTokens + key]);
  }
  return sum;
}

/** The strongest links of each query's row, until they hold `mass` of it; of all of them the MOST_LINKS strongest. */
export function chooseLinks(weights, layer, head, queries, mass) {
  const links = [];
  for (const query of queries) {
    const row = weights.row(layer, head, query);
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

/** For each byte of a head (or of one row of it) the place in the colour table, under a normalisation. */
export function colourPlaces(bytes, scale, difference, nTokens) {
  if (scale === "absolute") return bytes;
  const places = new Uint8Array(bytes.length);
  const stretch = scale === "row" ? nTokens : bytes.length;
  for (let start = 0; start < bytes.length; start += stretch) {
    const peak = strongest(bytes, start, start + stretch, difference);
    for (let place = start; place < start + stretch; place++) {
      places[place] = difference
        ? ZERO_BYTE + Math.round(((bytes[place] - ZERO_BYTE) * (ZERO_BYTE - 1)) / peak)
        : Math.round((bytes[place] * (STEPS - 1)) / peak);
    }
  }
  return places;
}

/** The largest byte of a stretch, or of a difference the largest way from zero; at least 1. */
export function strongest(bytes, start, end, difference) {
  let peak = 1;
  for (let place = start; place < end; place++) {
    const size = difference ? Math.abs(bytes[place] - ZERO_BYTE) : bytes[place];
    if (size > peak) peak = size;
  }
  return peak;
}

/** (T, T) bytes -> (S, S) with S at most LARGEST_THUMBNAIL: the strongest of each block, so that no spot is lost. */
export function shrink(bytes, nTokens, difference) {
  const block = Math.ceil(nTokens / LARGEST_THUMBNAIL);
  if (block === 1) return { bytes, side: nTokens };
  const side = Math.ceil(nTokens / block);
  const small = new Uint8Array(side * side).fill(difference ? ZERO_BYTE : 0);
  for (let query = 0, place = 0; query < nTokens; query++) {
    const row = Math.floor(query / block) * side;
    for (let key = 0; key < nTokens; key++, place++) {
      const target = row + Math.floor(key / block);
      const grows = difference
        ? Math.abs(bytes[place] - ZERO_BYTE) > Math.abs(small[target] - ZERO_BYTE)
        : bytes[place] > small[target];
      if (grows) small[target] = bytes[place];
    }
  }
  return { bytes: small, side };
}

/** One pixel per weight on a canvas, exactly the table's colour. */
export function paint(canvas, places, side, packed) {
  if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true }); // kept in memory: quick to make and to read
  const image = context.createImageData(side, side);
  const pixels = new Uint32Array(image.data.buffer);
  for (let place = 0; place < places.length; place++) pixels[place] = packed[places[place]];
  context.putImageData(image, 0, 0);
}

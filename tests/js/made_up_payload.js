// A small payload as Python sends it, with seeded weights; and a canvas that measures texts where there is no browser.

/** @import { Measure, Payload } from "../../pages/ui/attention/head_grid/types.js" */

const LETTER_WIDTH = 7; // pixels

/**
 * Rows of weights that add up to 1, but for the rounding; of a difference any signed byte.
 * @param {Partial<Payload>} fields  that are not as usual
 * @returns {Payload}
 */
export function madeUpPayload(fields = {}) {
  const { shape = [3, 4, 5], difference = false } = fields;
  const [nLayers, nHeads, nTokens] = shape;
  return {
    tokens: Array.from({ length: nTokens }, (_, token) => "word".repeat(1 + (token % 3)) + token),
    special: Array.from({ length: nTokens }, (_, token) => token === 0),
    shape,
    weights: fields.weights ?? madeUpWeights(nLayers * nHeads * nTokens, nTokens, difference),
    difference,
    hidden: table(nLayers, nHeads, () => 0),
    measures: [madeUpMeasure(nLayers, nHeads)],
    badges: table(nLayers, nHeads, () => null),
    strip: [],
    title: "Made-up attention",
    digest: "made up",
    ...fields,
  };
}

/**
 * @param {number} nLayers
 * @param {number} nHeads
 * @returns {Measure}
 */
export function madeUpMeasure(nLayers, nHeads) {
  const random = randomNumbers(11);
  const texts = { name: "spread", label: "Spread", unit: "", explanation: "" };
  return { ...texts, low: 0, high: 1, signed: false, values: table(nLayers, nHeads, random) };
}

/**
 * @param {number} nRows
 * @param {number} nTokens
 * @param {boolean} difference
 */
function madeUpWeights(nRows, nTokens, difference) {
  const random = randomNumbers(7);
  const rows = Array.from({ length: nRows }, () =>
    difference ? signedRow(random, nTokens) : attentionRow(random, nTokens),
  );
  return btoa(rows.map((row) => String.fromCharCode(...row)).join(""));
}

/** Lets `dom.js` be loaded outside a browser, where every letter is equally wide. */
export function measureWithoutBrowser() {
  const context = { measureText: (/** @type {string} */ text) => ({ width: LETTER_WIDTH * text.length }) };
  Object.assign(globalThis, { document: { createElement: () => ({ getContext: () => context }) } });
}

/**
 * Numbers in [0, 1), the same every time.
 * @param {number} seed
 */
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/**
 * @param {() => number} random
 * @param {number} nTokens
 */
function attentionRow(random, nTokens) {
  const sizes = Array.from({ length: nTokens }, () => random() ** 3);
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size) => Math.round((255 * size) / whole));
}

/**
 * @param {() => number} random
 * @param {number} nTokens
 */
function signedRow(random, nTokens) {
  return Array.from({ length: nTokens }, () => 1 + Math.floor(255 * random()));
}

/**
 * @template Value
 * @param {number} nRows
 * @param {number} nColumns
 * @param {() => Value} value
 */
function table(nRows, nColumns, value) {
  return Array.from({ length: nRows }, () => Array.from({ length: nColumns }, value));
}

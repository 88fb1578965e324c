// Colours of numbers: one table of 256 colours for weights, one for signed differences, the same on light and dark.
//
// Weights run from pale (0) to dark (1), so that a projector in a lit room still parts the small ones. The way through
// OKLab (Björn Ottosson, 2020) is cut into 255 equal steps: equal differences of weight look equally large.

/** @import { Colour } from "./types.js" */
/** @typedef {[lightness: number, chroma: number, hue: number]} Stop  The hue is in degrees. */

/** @type {Stop[]} */
const WEIGHT_STOPS = [
  [0.985, 0.012, 110],
  [0.86, 0.075, 165],
  [0.7, 0.1, 205],
  [0.5, 0.125, 255],
  [0.33, 0.125, 280],
  [0.17, 0.06, 295],
];
/** @type {Stop[]} */
const AGAINST_STOPS = [
  [0.34, 0.12, 255],
  [0.62, 0.12, 250],
  [0.985, 0.003, 250],
];
/** @type {Stop[]} */
const FOR_STOPS = [
  [0.985, 0.003, 25],
  [0.62, 0.15, 25],
  [0.34, 0.12, 25],
];
export const STEPS = 256; // one colour per byte
export const ZERO_BYTE = 128; // of a signed difference

/** The colours of the bytes 0 to 255. */
export const WEIGHT_COLOURS = evenColours(WEIGHT_STOPS, STEPS);
/** The same for differences: blue is less, near white is no change (byte 128), red is more. */
export const DIFFERENCE_COLOURS = [
  ...evenColours(AGAINST_STOPS, ZERO_BYTE + 1),
  ...evenColours(FOR_STOPS, ZERO_BYTE).slice(1),
];

/**
 * The table of weights or of differences.
 * @param {boolean} difference
 */
export function coloursOf(difference) {
  return difference ? DIFFERENCE_COLOURS : WEIGHT_COLOURS;
}

/**
 * The table as one 32-bit number per byte, as ImageData on a little-endian machine wants it.
 * @param {boolean} difference
 */
export function packedColours(difference) {
  return Uint32Array.from(coloursOf(difference), ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
}

/** @param {Colour} colour */
export function cssColour([r, g, b]) {
  return `rgb(${r}, ${g}, ${b})`;
}

/**
 * A colour of the table by share, 0 to 1.
 * @param {number} share
 * @param {boolean} difference
 */
export function colourAt(share, difference = false) {
  return coloursOf(difference)[Math.round(Math.min(1, Math.max(0, share)) * (STEPS - 1))];
}

/**
 * Black or white, whichever reads better on the colour.
 * @param {Colour} colour
 */
export function inkOn(colour) {
  return luminance(colour) > 0.18 ? "#000000" : "#ffffff";
}

/**
 * Relative luminance, as WCAG defines it.
 * @param {Colour} colour
 */
export function luminance(colour) {
  const [r, g, b] = colour.map((channel) => toLinear(channel / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * Points at equal OKLab distances along the broken line through the stops, as sRGB bytes.
 * @param {Stop[]} stops
 * @param {number} count
 */
function evenColours(stops, count) {
  const corners = stops.map(([lightness, chroma, hue]) => {
    const angle = (hue * Math.PI) / 180;
    return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
  });
  const lengths = corners
    .slice(1)
    .map((corner, index) => Math.hypot(...corner.map((x, axis) => x - corners[index][axis])));
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  return Array.from({ length: count }, (_, step) => {
    let left = (whole * step) / (count - 1);
    let part = 0;
    while (part < lengths.length - 1 && left > lengths[part]) left -= lengths[part++];
    const share = Math.min(1, left / lengths[part]);
    return toBytes(corners[part].map((x, axis) => x + share * (corners[part + 1][axis] - x)));
  });
}

/**
 * An OKLab colour in sRGB.
 * @param {number[]} colour
 * @returns {Colour}
 */
function toBytes([lightness, a, b]) {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toByte(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    toByte(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    toByte(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}

/** @param {number} channel  linear, 0 to 1 */
function toByte(channel) {
  return Math.round(255 * Math.min(1, Math.max(0, fromLinear(channel))));
}

/** @param {number} x */
function fromLinear(x) {
  return x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
}

/** @param {number} x */
function toLinear(x) {
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
}

// A view in the address, behind '#', on this side of the wire: `#GROUP.pins=2.3&GROUP.tokens=1,4`.
//
// People count layers, heads and tokens from 1.

/** @import { Choices, Head } from "./types.js" */

export const MOST_PINS = 4;
/** @type {Readonly<Choices>} */
export const FRESH = {
  picture: "thumbnails",
  measure: "",
  order: "place",
  badge: "",
  scale: "absolute",
  mass: 0.7,
  pins: null,
  tokens: null,
  links: 0,
};
/**
 * A field's value from text, or undefined for what makes no sense: addresses are written by strangers too.
 * @type {{ [Field in keyof Choices]: (text: string) => Choices[Field] | undefined }}
 */
const READERS = {
  picture: (text) => oneOf(text, ["thumbnails", "map"]),
  measure: (text) => text,
  order: (text) => oneOf(text, ["place", "layer", "all"]),
  badge: (text) => text,
  scale: (text) => oneOf(text, ["absolute", "head", "row"]),
  mass: (text) => (Number(text) >= 0.05 && Number(text) <= 1 ? Number(text) : undefined),
  pins: (text) => text.split(",").flatMap(readPin).slice(0, MOST_PINS),
  tokens: (text) => readNumbers(text).map((token) => token - 1),
  links: (text) => (Number(text) >= 0 && Number(text) < MOST_PINS ? Math.floor(Number(text)) : undefined),
};

/**
 * Whether an address says anything about a group.
 * @param {string} hash
 * @param {string} group
 */
export function hasHash(hash, group) {
  return hashParts(hash).some(([name]) => name.startsWith(`${group}.`));
}

/**
 * What an address says about a group, as far as it makes sense.
 * @param {string} hash
 * @param {string} group
 * @returns {Partial<Choices>}
 */
export function readHash(hash, group) {
  /** @type {Record<string, unknown>} */
  const choices = {};
  for (const [name, value = ""] of hashParts(hash)) {
    const field = name.slice(group.length + 1);
    if (!name.startsWith(`${group}.`) || !isField(field)) continue;
    const choice = READERS[field](decode(value));
    if (choice !== undefined) choices[field] = choice;
  }
  return choices;
}

/**
 * The address with a group's choices, but for those that are as on a fresh page; the other parts stay.
 * @param {string} hash
 * @param {string} group
 * @param {Choices} choices
 */
export function writeHash(hash, group, choices) {
  const others = hashParts(hash).filter(([name]) => !name.startsWith(`${group}.`));
  const parts = Object.keys(FRESH)
    .filter(isField)
    .filter((field) => String(choices[field]) !== String(FRESH[field]) && choices[field] !== null)
    .map((field) => [`${group}.${field}`, encode(writeField(field, choices))]);
  const texts = [...others, ...parts].map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
  return texts.length ? `#${texts.join("&")}` : "";
}

/**
 * The parts of an address, as [name, value] pairs still encoded.
 * @param {string} hash
 */
function hashParts(hash) {
  return hash
    .slice(1)
    .split("&")
    .filter(Boolean)
    .map((part) => part.split(/=(.*)/s).slice(0, 2));
}

/**
 * @param {string} name
 * @returns {name is keyof Choices}
 */
function isField(name) {
  return Object.hasOwn(FRESH, name);
}

/**
 * @template {string} Value
 * @param {string} text
 * @param {Value[]} values
 */
function oneOf(text, values) {
  return values.find((value) => value === text);
}

/**
 * "2.3" is one head, anything else is none.
 * @param {string} text
 * @returns {Head[]}
 */
function readPin(text) {
  const numbers = readNumbers(text.replace(".", ","));
  return numbers.length === 2 ? [[numbers[0] - 1, numbers[1] - 1]] : [];
}

/** @param {string} text */
function readNumbers(text) {
  return text
    .split(",")
    .map(Number)
    .filter((number) => Number.isInteger(number) && number > 0);
}

/**
 * @param {keyof Choices} field
 * @param {Choices} choices
 */
function writeField(field, choices) {
  if (field === "pins") return (choices.pins ?? []).map((pin) => pin.map((number) => number + 1).join(".")).join(",");
  if (field === "tokens") return (choices.tokens ?? []).map((token) => token + 1).join(",");
  return String(choices[field]);
}

/** @param {string} text */
function encode(text) {
  return encodeURIComponent(text).replaceAll("%2C", ",");
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

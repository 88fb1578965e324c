// Where each token of the strip stands: in lines like a text, words level while two lines hold them, upright otherwise.

import { shorten, textWidth } from "./dom.js";

/** @import { Slot, StripPlan } from "./types.js" */
/** @typedef {Pick<Slot, "place" | "text" | "width">} Word  A slot that has no place on the sheet yet. */

const FONT_SIZE = 14;
const LABEL_ROOM = 200; // pixels of the measures' names on a wide screen
const NARROW_LABEL_ROOM = 150;
const UPRIGHT_SLOT = 16; // pixels of a token whose text stands upright
const UPRIGHT_ROOM = 84; // pixels of its longest text
const LEAST_SLOT = 22;
const [WIDE_GAP, NARROW_GAP] = [12, 6]; // pixels between words
const WIDEST_SLOT = 84;
const MOST_LEVEL_LINES = 2;
export const ARC_ROOM = 40; // pixels above the tokens, for links
export const ROW = 25; // pixels of one measure
const LINE_GAP = 14;

/**
 * Lines of slots; all lengths in CSS pixels.
 * @param {string[]} tokens
 * @param {number} width
 * @param {string} family  of the font
 * @param {number} nRows
 * @returns {StripPlan}
 */
export function planStrip(tokens, width, family, nRows) {
  const font = `${FONT_SIZE}px ${family}`;
  const narrow = width < 640;
  const labels = narrow ? NARROW_LABEL_ROOM : LABEL_ROOM;
  const inner = Math.max(60, width - labels - 4);
  const level = breakLevel(tokens, font, inner);
  const upright = level.length > MOST_LEVEL_LINES;
  const words = spread(upright ? breakUpright(tokens, font, inner) : level, inner, upright ? 2 : 1.5);
  const textRoom = upright ? uprightRoom(words.flat(), font) : 22;
  const lines = words.map((line, number) => standInLine(line, number, labels));
  const lineHeight = ARC_ROOM + textRoom + nRows * ROW + LINE_GAP;
  return {
    ...{ narrow, font, size: FONT_SIZE, family, width, labels, upright },
    ...{ lines, slots: lines.flat(), textRoom, lineHeight, height: lines.length * lineHeight },
  };
}

/**
 * Lines of level words: closer where they do not fit in one line, and even where they fit in two.
 * @param {string[]} tokens
 * @param {string} font
 * @param {number} inner
 */
function breakLevel(tokens, font, inner) {
  const wide = breakLines(levelWords(tokens, font, WIDE_GAP), inner);
  if (wide.length === 1) return wide;
  const words = levelWords(tokens, font, NARROW_GAP);
  const lines = breakLines(words, inner);
  return lines.length === MOST_LEVEL_LINES ? evenLines(words, inner) : lines;
}

/**
 * @param {string[]} tokens
 * @param {string} font
 * @param {number} gap
 * @returns {Word[]}
 */
function levelWords(tokens, font, gap) {
  return tokens.map((token, place) => {
    const text = shorten(token, WIDEST_SLOT - 8, font);
    return { place, text, width: Math.max(LEAST_SLOT, Math.ceil(textWidth(text, font)) + gap) };
  });
}

/**
 * Lines of upright words, equally long as far as that goes.
 * @param {string[]} tokens
 * @param {string} font
 * @param {number} inner
 */
function breakUpright(tokens, font, inner) {
  const words = tokens.map((token, place) => {
    return { place, text: shorten(token, UPRIGHT_ROOM - 6, font), width: UPRIGHT_SLOT };
  });
  const most = Math.max(1, Math.floor(inner / UPRIGHT_SLOT)); // words of a line
  const perLine = Math.ceil(words.length / Math.ceil(words.length / most));
  return breakLines(words, perLine * UPRIGHT_SLOT);
}

/**
 * Height of the longest upright word.
 * @param {Word[]} words
 * @param {string} font
 */
function uprightRoom(words, font) {
  return Math.min(UPRIGHT_ROOM, Math.max(...words.map(({ text }) => textWidth(text, font))) + 10);
}

/**
 * The same number of lines, none of them much shorter than the others.
 * @param {Word[]} words
 * @param {number} inner
 */
function evenLines(words, inner) {
  const count = breakLines(words, inner).length;
  let room = Math.ceil(widthOf(words) / count);
  while (room < inner && breakLines(words, room).length > count) room += 4;
  return breakLines(words, Math.min(room, inner));
}

/**
 * @param {Word[]} words
 * @param {number} inner
 */
function breakLines(words, inner) {
  /** @type {Word[][]} */
  const lines = [];
  /** @type {Word[]} */
  let line = [];
  for (const word of words) {
    if (line.length && widthOf(line) + word.width > inner) {
      lines.push(line);
      line = [];
    }
    line.push(word);
  }
  return [...lines, line];
}

/** @param {Word[]} words */
function widthOf(words) {
  return words.reduce((sum, word) => sum + word.width, 0);
}

/**
 * Lines may use the room that is left, all by the same factor, at most `most`.
 * @param {Word[][]} lines
 * @param {number} inner
 * @param {number} most
 */
function spread(lines, inner, most) {
  const factor = Math.min(most, inner / Math.max(...lines.map(widthOf)));
  return lines.map((line) => line.map((word) => ({ ...word, width: Math.floor(word.width * factor) })));
}

/**
 * Words one after the other, from the measures' names on.
 * @param {Word[]} words
 * @param {number} line
 * @param {number} start
 */
function standInLine(words, line, start) {
  let x = start;
  return words.map((word) => {
    const slot = { ...word, x, line };
    x += word.width;
    return slot;
  });
}

/**
 * Top of a line.
 * @param {StripPlan} plan
 * @param {number} line
 */
export function topOf(plan, line) {
  return line * plan.lineHeight;
}

/**
 * Where a line's last word ends.
 * @param {Slot[]} line
 */
export function endOf(line) {
  const last = line[line.length - 1];
  return last.x + last.width;
}

/** @param {Slot} slot */
export function middleOf(slot) {
  return slot.x + slot.width / 2;
}

/**
 * The column of a token: its text and its bars.
 * @param {StripPlan} plan
 * @param {Slot} slot
 */
export function columnOf(plan, { x, width, line }) {
  return { x, y: topOf(plan, line) + ARC_ROOM, width, height: plan.lineHeight - ARC_ROOM - 8 };
}

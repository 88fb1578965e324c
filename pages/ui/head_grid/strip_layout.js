// Where each token of the strip stands: in lines like a text, words level while two lines hold them, upright otherwise.

import { shorten, textWidth } from "./dom.js";

const FONT_SIZE = 13;
const LABEL_ROOM = 200; // pixels of the measures' names on a wide screen
const NARROW_LABEL_ROOM = 150;
const UPRIGHT_SLOT = 14; // pixels of a token whose text stands upright
const UPRIGHT_ROOM = 84; // pixels of its longest text
const LEAST_SLOT = 22;
const [WIDE_GAP, NARROW_GAP] = [12, 6]; // pixels between words
const WIDEST_SLOT = 84;
const MOST_LEVEL_LINES = 2;
export const ARC_ROOM = 40; // pixels above the tokens, for links
export const ROW = 25; // pixels of one measure
const LINE_GAP = 14;

/** Lines of slots {place, text, x, width}; all lengths in CSS pixels. */
export function planStrip(payload, width, family, nRows) {
  const font = `${FONT_SIZE}px ${family}`;
  const narrow = width < 640;
  const labels = narrow ? NARROW_LABEL_ROOM : LABEL_ROOM;
  const inner = Math.max(60, width - labels - 4);
  const plan = { narrow, font, size: FONT_SIZE, family, width, labels, upright: false };
  const level = (gap) =>
    payload.tokens.map((token, place) => {
      const text = shorten(token, WIDEST_SLOT - 8, font);
      return { place, text, width: Math.max(LEAST_SLOT, Math.ceil(textWidth(text, font)) + gap) };
    });
  let slots = level(WIDE_GAP);
  let lines = breakLines(slots, inner);
  if (lines.length > 1) {
    slots = level(NARROW_GAP);
    lines = breakLines(slots, inner);
  }
  if (lines.length === MOST_LEVEL_LINES) lines = evenLines(slots, inner);
  if (lines.length > MOST_LEVEL_LINES) {
    plan.upright = true;
    slots = payload.tokens.map((token, place) => ({
      place,
      text: shorten(token, UPRIGHT_ROOM - 6, font),
      width: UPRIGHT_SLOT,
    }));
    lines = breakLines(slots, evenWidth(slots.length, inner));
  }
  spread(lines, inner, plan.upright ? 2 : 1.5);
  const textRoom = plan.upright
    ? Math.min(UPRIGHT_ROOM, Math.max(...slots.map(({ text }) => textWidth(text, font))) + 10)
    : 22;
  const lineHeight = ARC_ROOM + textRoom + nRows * ROW + LINE_GAP;
  lines.forEach((line, number) => {
    let x = labels;
    for (const slot of line) {
      Object.assign(slot, { x, line: number });
      x += slot.width;
    }
  });
  return { ...plan, lines, slots, textRoom, lineHeight, height: lines.length * lineHeight };
}

/** The width at which lines of upright tokens come out equally long. */
function evenWidth(count, inner) {
  const most = Math.max(1, Math.floor(inner / UPRIGHT_SLOT));
  return Math.ceil(count / Math.ceil(count / most)) * UPRIGHT_SLOT;
}

/** The same number of lines, none of them much shorter than the others. */
function evenLines(slots, inner) {
  const count = breakLines(slots, inner).length;
  let room = Math.ceil(slots.reduce((sum, slot) => sum + slot.width, 0) / count);
  while (room < inner && breakLines(slots, room).length > count) room += 4;
  return breakLines(slots, Math.min(room, inner));
}

function breakLines(slots, inner) {
  const lines = [[]];
  let used = 0;
  for (const slot of slots) {
    if (used + slot.width > inner && lines.at(-1).length) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1).push(slot);
    used += slot.width;
  }
  return lines;
}

/** Lines may use the room that is left, all by the same factor, at most `most`. */
function spread(lines, inner, most) {
  const used = Math.max(...lines.map((line) => line.reduce((sum, slot) => sum + slot.width, 0)));
  const factor = Math.min(most, inner / used);
  for (const slot of lines.flat()) slot.width = Math.floor(slot.width * factor);
}

/** Top of a line's bars and middle of a slot. */
export function topOf(plan, line) {
  return line * plan.lineHeight;
}

export function middleOf(slot) {
  return slot.x + slot.width / 2;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { measureWithoutBrowser } from "./made_up_payload.js";

measureWithoutBrowser();
const { textWidth } = await import("../../pages/ui/attention/head_grid/dom.js");
const { columnOf, middleOf, planStrip } = await import("../../pages/ui/attention/head_grid/strip_layout.js");

const GAP = 6; // pixels between words at least
const tokensOf = (count) => Array.from({ length: count }, (_, token) => "word".repeat(1 + (token % 4)));
const COUNTS = [1, 2, 8, 20, 40, 128, 512];
const WIDTHS = [320, 700, 1120];
const plans = COUNTS.flatMap((count) => WIDTHS.map((width) => planStrip(tokensOf(count), width, "sans", 3)));

test("every token stands once, in the order of the text", () => {
  for (const plan of plans) {
    assert.deepEqual(
      plan.slots.map(({ place }) => place),
      [...plan.slots.keys()],
    );
    assert.deepEqual(plan.lines.flat(), plan.slots);
  }
});

test("tokens of a line follow one another, between the names and the right edge", () => {
  for (const plan of plans)
    for (const line of plan.lines) {
      assert.ok(line.length > 0);
      assert.equal(line[0].x, plan.labels);
      line.slice(1).forEach((slot, before) => {
        assert.equal(slot.x, line[before].x + line[before].width);
      });
      const end = line.at(-1).x + line.at(-1).width;
      assert.ok(end <= plan.width, `${plan.slots.length} tokens in ${plan.width} pixels`);
    }
});

test("texts are level in one line or two, upright in more", () => {
  for (const plan of plans) if (!plan.upright) assert.ok(plan.lines.length <= 2);
  assert.ok(plans.some(({ upright, lines }) => upright && lines.length > 2));
});

test("level tokens are never squeezed: beside every text there is a gap", () => {
  for (const { upright, slots } of plans)
    if (!upright) for (const { text, width } of slots) assert.ok(width >= textWidth(text, "sans") + GAP, text);
});

test("lines of upright tokens are equally long, but for the last", () => {
  for (const { upright, lines } of plans)
    if (upright) assert.equal(new Set(lines.slice(0, -1).map((line) => line.length)).size <= 1, true);
});

test("two level lines are about equally long", () => {
  const twoLines = plans.filter(({ upright, lines }) => !upright && lines.length === 2);
  assert.ok(twoLines.length > 0);
  for (const { lines } of twoLines) {
    const [first, second] = lines.map((line) => line.at(-1).x + line.at(-1).width);
    assert.ok(Math.abs(first - second) < 250);
  }
});

test("columns of different lines do not overlap, and the drawing holds them all", () => {
  for (const plan of plans)
    for (const slot of plan.slots) {
      const { y, height } = columnOf(plan, slot);
      assert.ok(y >= slot.line * plan.lineHeight);
      assert.ok(y + height <= (slot.line + 1) * plan.lineHeight);
      assert.ok(y + height <= plan.height);
    }
});

test("each row of bars makes every line higher by the same", () => {
  const heights = [0, 1, 2, 5].map((nRows) => planStrip(tokensOf(40), 1120, "sans", nRows).lineHeight);
  const row = heights[1] - heights[0];
  assert.ok(row > 0);
  assert.deepEqual(heights, [heights[0], heights[0] + row, heights[0] + 2 * row, heights[0] + 5 * row]);
});

test("the middle of a slot is in the middle", () => {
  assert.equal(middleOf({ place: 0, text: "", line: 0, x: 10, width: 30 }), 25);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUpPayload, measureWithoutBrowser } from "./made_up_payload.js";

measureWithoutBrowser();
const { frameOf, GAP, planLayout, SMALL_FONT } = await import("../../pages/ui/attention/head_grid/layout.js");

const SHAPES = [
  [1, 1, 2],
  [6, 12, 24],
  [12, 12, 64],
  [24, 16, 128],
];
const WINDOWS = [
  [1120, 720],
  [1100, 1300],
  [700, 720],
  [360, 640],
];
const plan = (shape, [width, height], { nPins = 1, picture = "thumbnails" } = {}) =>
  planLayout({ payload: madeUpPayload({ shape, weights: "" }), nPins, picture, family: "sans" }, width, height);
const everyPlan = (options) =>
  SHAPES.flatMap((shape) => WINDOWS.map((room) => [shape, room, plan(shape, room, options)]));

test("grid and matrices share the width, or each has all of it", () => {
  for (const [, [width], layout] of everyPlan()) {
    assert.equal(layout.width, width);
    if (layout.stacked) assert.deepEqual([layout.left, layout.right], [width, width]);
    else assert.ok(layout.left + layout.right < width);
  }
});

test("heads alone have all of the width, and so have the matrices below", () => {
  for (const part of ["heads", "depth"]) {
    const payload = madeUpPayload({ shape: [6, 12, 12], weights: "" });
    const layout = planLayout({ payload, nPins: 1, picture: "thumbnails", family: "sans", part }, 1090, 1080);
    assert.deepEqual([layout.stacked, layout.left, layout.right], [true, 1090, 1090]);
    assert.ok(12 * layout.across > 1000);
  }
});

test("the cells of all heads fit into the grid's side", () => {
  for (const picture of ["thumbnails", "map"])
    for (const [[, nHeads], [width], layout] of everyPlan({ picture })) {
      if (width < 26 + nHeads * (10 + GAP)) continue; // less room than the smallest cells take
      assert.ok(layout.numbers + nHeads * layout.across <= layout.left + 2 * GAP);
    }
});

test("six layers of twelve heads fit on a projector beside title, controls and strip", () => {
  const layout = plan([6, 12, 24], [1120, 720]);
  assert.ok(layout.header + 6 * layout.down <= 720 - 340);
});

test("thumbnails are squares, and cells of the map are at least as wide as high", () => {
  for (const [, , layout] of everyPlan()) assert.equal(layout.cellWide, layout.cell);
  for (const [, , layout] of everyPlan({ picture: "map" })) {
    assert.ok(layout.cellWide >= layout.cell);
    assert.equal(layout.under, 0);
  }
});

test("more pins never make a matrix larger", () => {
  for (const shape of SHAPES)
    for (const room of WINDOWS) {
      const sides = [1, 2, 3, 4].map((nPins) => plan(shape, room, { nPins }).side);
      for (let more = 1; more < 4; more++) assert.ok(sides[more] <= sides[more - 1], `${shape}, ${room}: ${sides}`);
    }
});

test("the matrices of a row fit beside one another", () => {
  for (let nPins = 1; nPins <= 4; nPins++)
    for (const [[, , nTokens], , layout] of everyPlan({ nPins })) {
      if (layout.side <= Math.min(90, 110 * nTokens)) continue; // the smallest that a matrix may be
      const frames = Array.from({ length: layout.perRow }, (_, place) => frameOf(layout, place));
      assert.ok(frames.reduce((sum, { width }) => sum + width, 0) <= layout.right);
    }
});

test("the first matrix of every row has tokens beside it, the others have not", () => {
  const layout = { perRow: 2, labels: 80, upright: 60, side: 200 };
  const frames = [0, 1, 2, 3].map((place) => frameOf(layout, place));
  assert.deepEqual(
    frames.map(({ named }) => named),
    [true, false, true, false],
  );
  assert.equal(frames[0].left, layout.labels);
  assert.ok(frames[1].left < frames[0].left);
});

test("longer tokens get more room, up to a limit", () => {
  const room = (token) => {
    const payload = { ...madeUpPayload({ shape: [2, 2, 1], weights: "" }), tokens: [token] };
    return planLayout({ payload, nPins: 1, picture: "thumbnails", family: "sans" }, 1120, 720).labels;
  };
  const rooms = [1, 4, 8, 40, 4000].map((length) => room("a".repeat(length)));
  for (let longer = 1; longer < rooms.length; longer++) assert.ok(rooms[longer] >= rooms[longer - 1]);
  assert.ok(rooms[0] >= SMALL_FONT);
  assert.ok(rooms[2] > rooms[0]);
  assert.ok(rooms[4] < 100);
});

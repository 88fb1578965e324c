import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUpMeasure, measureWithoutBrowser } from "./made_up_payload.js";

measureWithoutBrowser();
const { nextHead, sortHeads } = await import("../../pages/ui/attention/head_grid/cell_walk.js");

const [nLayers, nHeads] = [3, 4];
const measure = madeUpMeasure(nLayers, nHeads);
const ROWS = sortHeads(nLayers, nHeads, "place", measure);
const valueAt = ([layer, head]) => measure.values[layer][head] ?? Number.NEGATIVE_INFINITY;
const isFalling = (pins) => pins.every((pin, index) => index === 0 || valueAt(pin) <= valueAt(pins[index - 1]));

test("every order shows every head once", () => {
  for (const order of ["place", "layer", "all"]) {
    const rows = sortHeads(nLayers, nHeads, order, measure);
    assert.deepEqual(
      rows.map((row) => row.length),
      [4, 4, 4],
    );
    assert.deepEqual(rows.flat().map(String).sort(), ROWS.flat().map(String).sort());
  }
});

test("heads stay in their layer or are ranked over all, the largest first", () => {
  const inLayers = sortHeads(nLayers, nHeads, "layer", measure);
  inLayers.forEach((row, layer) => {
    assert.ok(row.every((pin) => pin[0] === layer));
    assert.ok(isFalling(row));
  });
  assert.ok(isFalling(sortHeads(nLayers, nHeads, "all", measure).flat()));
});

test("heads without a number come last", () => {
  const values = measure.values.map((row) => [...row]);
  values[0][0] = null;
  const ranked = sortHeads(nLayers, nHeads, "all", { ...measure, values }).flat();
  assert.deepEqual(ranked.at(-1), [0, 0]);
});

test("without a measure heads stand as they are", () => {
  assert.deepEqual(sortHeads(nLayers, nHeads, "all", null), ROWS);
});

test("an arrow and its opposite lead back, unless at an edge", () => {
  const opposites = { ArrowUp: "ArrowDown", ArrowDown: "ArrowUp", ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" };
  for (const pin of ROWS.flat())
    for (const [key, opposite] of Object.entries(opposites)) {
      const next = nextHead(ROWS, pin, key);
      const steps = Math.abs(next[0] - pin[0]) + Math.abs(next[1] - pin[1]);
      assert.ok(steps <= 1);
      if (steps) assert.deepEqual(nextHead(ROWS, next, opposite), pin);
    }
});

test("arrows alone reach every head from every head, in every order", () => {
  for (const order of ["place", "layer", "all"]) {
    const rows = sortHeads(nLayers, nHeads, order, measure);
    for (const start of rows.flat()) {
      const reached = new Set([String(start)]);
      const waiting = [start];
      while (waiting.length) {
        const pin = waiting.pop();
        for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) {
          const next = nextHead(rows, pin, key);
          if (!reached.has(String(next))) waiting.push(next);
          reached.add(String(next));
        }
      }
      assert.equal(reached.size, nLayers * nHeads);
    }
  }
});

test("Home, End, PageUp and PageDown lead to the edges", () => {
  assert.deepEqual(
    ["Home", "End", "PageUp", "PageDown"].map((key) => nextHead(ROWS, [1, 2], key)),
    [
      [1, 0],
      [1, 3],
      [0, 2],
      [2, 2],
    ],
  );
});

test("other keys lead nowhere", () => {
  for (const key of ["a", "Tab", "Enter", "toString"]) assert.equal(nextHead(ROWS, [0, 0], key), null);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { stripLinks, stripRows } from "../../pages/ui/attention/head_grid/strip_rows.js";
import { readWeights } from "../../pages/ui/attention/head_grid/weights.js";
import { madeUpPayload } from "./made_up_payload.js";

const PINS = [
  [0, 1],
  [2, 3],
];
const measure = { label: "Gradient", signed: true, values: [1, 2, 3, 4, 5] };
const sum = (values) => values.reduce((total, value) => total + value, 0);

function snapshotOf(payload, fields = {}) {
  return { payload, weights: readWeights(payload), pins: PINS, linked: 0, queries: [], view: { mass: 1 }, ...fields };
}

test("a row per pinned head comes before the payload's measures", () => {
  const rows = stripRows(snapshotOf(madeUpPayload({ strip: [measure] })));
  assert.deepEqual(
    rows.map(({ label }) => label),
    ["A · L1 H2, mean row", "B · L3 H4, mean row", "Gradient"],
  );
  assert.equal(rows[2], measure);
});

test("without a token in question the mean row is shown, which is the sum of all rows over their number", () => {
  const payload = madeUpPayload();
  const [mean] = stripRows(snapshotOf(payload));
  const [whole] = stripRows(snapshotOf(payload, { queries: [0, 1, 2, 3, 4] }));
  mean.values.forEach((value, token) => {
    assert.ok(Math.abs(5 * value - whole.values[token]) < 1e-9);
  });
});

test("bars of attention add up to the number of rows, as the dotted line of even attention does", () => {
  for (const queries of [[], [2], [0, 3, 4]]) {
    const [row] = stripRows(snapshotOf(madeUpPayload(), { queries }));
    const nRows = Math.max(1, queries.length);
    assert.ok(Math.abs(sum(row.values) - nRows) < 0.02 * nRows);
    assert.ok(Math.abs(5 * row.even - nRows) < 1e-9);
  }
});

test("differences are signed, and have neither an even line nor links", () => {
  const snapshot = snapshotOf(madeUpPayload({ difference: true }), { queries: [1] });
  const [row] = stripRows(snapshot);
  assert.deepEqual([row.signed, row.even], [true, 0]);
  assert.deepEqual(stripLinks(snapshot), { links: [], left: 0 });
});

test("links begin at the tokens in question and belong to the head whose links are shown", () => {
  const snapshot = snapshotOf(madeUpPayload(), { queries: [1, 4], linked: 1 });
  const { links } = stripLinks(snapshot);
  assert.ok(links.length > 0);
  for (const { query, key, weight } of links) {
    assert.ok([1, 4].includes(query));
    assert.equal(weight, snapshot.weights.at(2, 3, query, key));
  }
  assert.deepEqual(stripLinks({ ...snapshot, queries: [] }).links, []);
  assert.deepEqual(stripLinks({ ...snapshot, pins: [] }).links, []);
});

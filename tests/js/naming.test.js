import assert from "node:assert/strict";
import { test } from "node:test";
import {
  barOf,
  chosenMeasure,
  formatMeasure,
  formatNumber,
  headFacts,
  headName,
  measuresOf,
  shareOf,
  shortHeadName,
} from "../../pages/ui/attention/head_grid/naming.js";
import { madeUpMeasure, madeUpPayload } from "./made_up_payload.js";

const measureWith = (fields) => ({ ...madeUpMeasure(3, 4), ...fields });
const toNumber = (text) => Number(text.replace("−", "-"));

test("heads are counted from 1, columns that are no heads have names", () => {
  assert.equal(headName(madeUpPayload(), [0, 3]), "Layer 1, head 4");
  assert.equal(shortHeadName(madeUpPayload(), [2, 0]), "L3 H1");
  const rollout = madeUpPayload({ shape: [2, 1, 3], head_names: ["rollout"] });
  assert.equal(headName(rollout, [1, 0]), "Layer 2, rollout");
  assert.equal(shortHeadName(rollout, [1, 0]), "L2 rollout");
});

test("a number is read back as itself, to half of its last digit", () => {
  for (const [range, step] of [
    [500, 1],
    [50, 0.1],
    [1, 0.01],
    [0.05, 0.001],
  ])
    for (const share of [-1, -0.37, 0.113, 0.5, 0.999]) {
      const value = share * range;
      for (const signed of [false, true])
        assert.ok(Math.abs(toNumber(formatNumber(value, range, signed)) - value) <= 0.5001 * step);
    }
});

test("only signed numbers have a plus, zero has no sign, and a missing number is a dash", () => {
  assert.equal(formatNumber(0.5, 1, true), "+0.50");
  assert.equal(formatNumber(0.5, 1, false), "0.50");
  assert.equal(formatNumber(-0.001, 1, true), "0.00");
  assert.equal(formatNumber(-0.5), "−0.50");
  for (const nothing of [null, Number.NaN]) assert.equal(formatNumber(nothing), "–");
});

test("a measure's ends are the ends of a bar, and of a signed one zero is its middle", () => {
  const values = [[0, 1, 0.5, 7]];
  const plain = measureWith({ values });
  assert.deepEqual(
    values[0].map((_, head) => shareOf(plain, [0, head])),
    [0, 1, 0.5, 1],
  );
  assert.deepEqual(barOf(plain, [0, 2]), [0, 0.5]);
  const signed = measureWith({ signed: true, low: -2, high: 1, values: [[-2, 0, 1, 2]] });
  assert.deepEqual(
    [0, 1, 2, 3].map((head) => shareOf(signed, [0, head])),
    [0, 0.5, 0.75, 1],
  );
  assert.deepEqual(barOf(signed, [0, 0]), [0, 0.5]);
  assert.deepEqual(barOf(signed, [0, 2]), [0.5, 0.75]);
});

test("a head without a number has no bar and says so", () => {
  const measure = measureWith({ values: [[null]] });
  assert.deepEqual(barOf(measure, [0, 0]), [0, 0]);
  assert.deepEqual(barOf(null, [0, 0]), [0, 0]);
  assert.equal(formatMeasure(measure, [0, 0]), "–");
});

test("what is hidden is a measure where something is hidden, and only once", () => {
  const hidden = [[0.2, 0.1]];
  const none = madeUpPayload();
  assert.deepEqual(measuresOf(none), none.measures);
  const some = madeUpPayload({ shape: [1, 2, 3], hidden });
  assert.deepEqual(
    measuresOf(some).map(({ name }) => name),
    ["spread", "hidden"],
  );
  assert.equal(measuresOf(some)[1].values, hidden);
  const named = madeUpPayload({ shape: [1, 2, 3], hidden, measures: [measureWith({ name: "hidden" })] });
  assert.deepEqual(measuresOf(named), named.measures);
});

test("an unknown measure is the first one, and without measures there is none", () => {
  const payload = madeUpPayload();
  assert.equal(chosenMeasure(payload, "no such measure"), payload.measures[0]);
  assert.equal(chosenMeasure({ ...payload, measures: [] }, "spread"), null);
});

test("a head's facts name badge, measure, what is hidden, and that it is switched off", () => {
  const fields = { shape: [1, 2, 3], badges: [["sink", null]], hidden: [[0.25, 0]] };
  const payload = madeUpPayload({ ...fields, off: [[0, 0]] });
  const measure = measureWith({ values: [[0.5, 1]] });
  assert.deepEqual(headFacts(payload, [0, 0], measure), ["switched off", "sink", "Spread 0.50", "25 % on [CLS]/[SEP]"]);
  assert.deepEqual(headFacts(payload, [0, 1], null), []);
});

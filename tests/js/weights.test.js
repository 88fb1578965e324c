import assert from "node:assert/strict";
import { test } from "node:test";
import { STEPS, ZERO_BYTE } from "../../pages/ui/attention/head_grid/scale.js";
import {
  chooseLinks,
  colourIndices,
  LARGEST_THUMBNAIL,
  MOST_LINKS,
  readWeights,
  shrink,
  strongest,
} from "../../pages/ui/attention/head_grid/weights.js";
import { madeUpPayload, randomNumbers } from "./made_up_payload.js";

const SHAPES = [
  [1, 1, 1],
  [2, 3, 4],
  [3, 2, 5],
  [2, 2, 7],
]; // whose heads begin at any of the three bytes that four letters of base64 hold
const random = randomNumbers(3);
const bytesOf = (nTokens) => Uint8Array.from({ length: nTokens ** 2 }, () => 1 + Math.floor(255 * random()));
const sum = (values) => values.reduce((total, value) => total + value, 0);

test("every head's bytes are those of the payload", () => {
  for (const shape of SHAPES) {
    const payload = madeUpPayload({ shape });
    const weights = readWeights(payload);
    const [nLayers, nHeads] = shape;
    const heads = Array.from({ length: nLayers * nHeads }, (_, number) =>
      weights.bytes(Math.floor(number / nHeads), number % nHeads),
    );
    assert.deepEqual(Buffer.concat(heads), Buffer.from(payload.weights, "base64"));
  }
});

test("bytes are decoded alike with and without the newer function of browsers", (context) => {
  const payload = madeUpPayload({ shape: [2, 3, 5] });
  const older = [...readWeights(payload).bytes(1, 2)];
  const before = Object.getOwnPropertyDescriptor(Uint8Array, "fromBase64");
  context.after(() => {
    delete Uint8Array.fromBase64;
    if (before) Object.defineProperty(Uint8Array, "fromBase64", before);
  });
  const fromBase64 = (text) => new Uint8Array(Buffer.from(text, "base64"));
  Object.defineProperty(Uint8Array, "fromBase64", { value: fromBase64, configurable: true });
  assert.deepEqual([...readWeights(payload).bytes(1, 2)], older);
});

test("weights run from 0 to 1, differences from -1 to 1 with an exact zero", () => {
  const plain = readWeights(madeUpPayload());
  assert.deepEqual([0, STEPS - 1].map(plain.value), [0, 1]);
  const signed = readWeights(madeUpPayload({ difference: true }));
  assert.deepEqual([1, ZERO_BYTE, STEPS - 1].map(signed.value), [-1, 0, 1]);
});

test("a row holds its single weights, and rows are added up", () => {
  const weights = readWeights(madeUpPayload());
  for (const query of [0, 3, 4])
    weights.row(2, 1, query).forEach((weight, key) => {
      assert.equal(weight, weights.at(2, 1, query, key));
    });
  const rows = [1, 4].map((query) => weights.row(0, 2, query));
  weights.sumRows(0, 2, [1, 4]).forEach((total, key) => {
    assert.ok(Math.abs(total - rows[0][key] - rows[1][key]) < 1e-12);
  });
  assert.deepEqual([...weights.sumRows(0, 2, [])], [0, 0, 0, 0, 0]);
});

test("links hold the chosen share, and no weaker link could be left out", () => {
  const weights = readWeights(madeUpPayload({ shape: [1, 1, 12] }));
  for (const mass of [0.05, 0.3, 0.7, 1])
    for (let query = 0; query < 12; query++) {
      const row = weights.row(0, 0, query);
      const { links, left } = chooseLinks(weights, [0, 0], [query], mass);
      const kept = links.map(({ weight }) => weight);
      assert.equal(left, 0);
      assert.ok(sum(kept) >= mass * sum(row) - 1e-9);
      assert.ok(sum(kept) - Math.min(...kept) < mass * sum(row));
      const others = [...row.keys()].filter((key) => !links.some((link) => link.key === key));
      for (const key of others) assert.ok(row[key] <= Math.min(...kept));
      for (const link of links) assert.equal(link.weight, row[link.key]);
    }
});

test("of many links the strongest are drawn, and the others are counted", () => {
  const weights = readWeights(madeUpPayload({ shape: [1, 1, 20] }));
  const queries = [...Array(20).keys()];
  const { links, left } = chooseLinks(weights, [0, 0], queries, 1);
  const all = queries.flatMap((query) => [...weights.row(0, 0, query)]).filter((weight) => weight > 0);
  assert.equal(links.length, MOST_LINKS);
  assert.equal(links.length + left, all.length);
  const strongestOnes = all.sort((a, b) => b - a).slice(0, MOST_LINKS);
  assert.deepEqual(
    links.map(({ weight }) => weight),
    strongestOnes,
  );
});

test("a relative scale gives the largest of its stretch the darkest colour and keeps the order", () => {
  const bytes = bytesOf(6).map((byte) => byte >> 1);
  assert.equal(colourIndices(bytes, "absolute", false, 6), bytes);
  for (const [scale, stretch] of [
    ["head", 36],
    ["row", 6],
  ]) {
    const indices = colourIndices(bytes, scale, false, 6);
    for (let start = 0; start < 36; start += stretch) {
      const [before, after] = [bytes, indices].map((all) => [...all.subarray(start, start + stretch)]);
      assert.equal(Math.max(...after), STEPS - 1);
      for (const i of before.keys())
        for (const j of before.keys()) if (before[i] < before[j]) assert.ok(after[i] <= after[j]);
    }
  }
});

test("a relative scale of differences keeps signs and zero", () => {
  const bytes = bytesOf(6);
  bytes[3] = ZERO_BYTE;
  for (const scale of ["head", "row"]) {
    const indices = colourIndices(bytes, scale, true, 6);
    assert.equal(indices[3], ZERO_BYTE);
    assert.equal(strongest(indices, 0, 36, true), ZERO_BYTE - 1);
    indices.forEach((index, at) => {
      assert.ok((index - ZERO_BYTE) * (bytes[at] - ZERO_BYTE) >= 0);
    });
  }
});

test("a short text's thumbnail is the head itself", () => {
  const bytes = bytesOf(LARGEST_THUMBNAIL);
  assert.deepEqual(shrink(bytes, LARGEST_THUMBNAIL, false), { bytes, side: LARGEST_THUMBNAIL });
});

test("a long text's thumbnail is small and shows the strongest weight of every block", () => {
  for (const nTokens of [129, 200, 300]) {
    const bytes = bytesOf(nTokens);
    for (const difference of [false, true]) {
      const size = (byte) => (difference ? Math.abs(byte - ZERO_BYTE) : byte);
      const small = shrink(bytes, nTokens, difference);
      const block = Math.ceil(nTokens / small.side);
      assert.ok(small.side <= LARGEST_THUMBNAIL);
      assert.equal(small.bytes.length, small.side ** 2);
      bytes.forEach((byte, at) => {
        const [query, key] = [Math.floor(at / nTokens), at % nTokens];
        const shown = small.bytes[Math.floor(query / block) * small.side + Math.floor(key / block)];
        assert.ok(size(shown) >= size(byte));
      });
      assert.ok([...small.bytes].every((byte) => bytes.includes(byte)));
    }
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { FRESH, hasHash, MOST_PINS, readHash, writeHash } from "../../pages/ui/attention/head_grid/address.js";

const CHOICES = {
  picture: "map",
  measure: "a measure & more = 100 %",
  order: "layer",
  badge: "sink",
  scale: "row",
  mass: 0.35,
  pins: [
    [1, 2],
    [11, 0],
  ],
  tokens: [0, 5],
  links: 1,
};

test("what is written is read again, all of it and every field alone", () => {
  assert.deepEqual(readHash(writeHash("", "heads", { ...FRESH, ...CHOICES }), "heads"), CHOICES);
  for (const [field, choice] of Object.entries(CHOICES)) {
    const alone = { [field]: choice };
    assert.deepEqual(readHash(writeHash("", "heads", { ...FRESH, ...alone }), "heads"), alone);
  }
});

test("people count from 1", () => {
  assert.equal(writeHash("", "g", { ...FRESH, pins: [[0, 2]], tokens: [4] }), "#g.pins=1.3&g.tokens=5");
});

test("a view as on a fresh page leaves no trace", () => {
  assert.equal(writeHash("", "heads", FRESH), "");
  assert.equal(writeHash("#heads.scale=row", "heads", FRESH), "");
  assert.ok(!hasHash("", "heads"));
});

test("other groups and anchors stay as they are", () => {
  const hash = "#section&other.scale=row&headset.scale=row&text=a%20b";
  const both = writeHash(hash, "heads", { ...FRESH, scale: "head" });
  assert.equal(both, `${hash}&heads.scale=head`);
  assert.deepEqual(readHash(both, "other"), { scale: "row" });
  assert.deepEqual(readHash(both, "heads"), { scale: "head" });
  assert.equal(writeHash(both, "heads", FRESH), hash);
  assert.ok(hasHash(both, "heads"));
  assert.ok(!hasHash(both, "head"));
});

test("nobody chose is not the same as nothing is chosen", () => {
  assert.deepEqual(readHash("#g.tokens=", "g"), { tokens: [] });
  assert.deepEqual(readHash("#g.pins=", "g"), { pins: [] });
  assert.deepEqual(readHash("", "g"), {});
});

test("what makes no sense in an address is left out", () => {
  const nonsense = [
    ...["picture=film", "order=", "scale=absolutely", "mass=2", "mass=0", "mass=no", "links=4", "links=-1"],
    ...["unknown=1", "constructor=1", "__proto__=1", "toString=1"],
  ];
  for (const part of nonsense) assert.deepEqual(readHash(`#g.${part}`, "g"), {}, part);
  assert.deepEqual(readHash("#g.tokens=0,-1,x,2.5,3", "g"), { tokens: [2] });
  assert.deepEqual(readHash("#g.pins=1,2.3.4,x.1,0.1,2.2", "g"), { pins: [[1, 1]] });
  assert.deepEqual(readHash("#g.measure=%E0%A4%A", "g"), { measure: "" });
});

test("an address pins four heads at most", () => {
  const { pins } = readHash("#g.pins=1.1,1.2,1.3,1.4,1.5", "g");
  assert.equal(pins.length, MOST_PINS);
});

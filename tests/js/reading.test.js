import assert from "node:assert/strict";
import { test } from "node:test";
import { FRESH, MOST_PINS } from "../../pages/ui/attention/head_grid/address.js";
import { makeActions, readView, togglePin, toggleToken } from "../../pages/ui/attention/head_grid/reading.js";
import { madeUpPayload } from "./made_up_payload.js";

const NO_START = { pins: null, tokens: null };
const payload = madeUpPayload({ shape: [3, 4, 5] });
const viewWith = (fields) => ({ ...FRESH, lit: null, cell: null, pointed: null, ...fields });
const read = (fields, start = NO_START) => readView(viewWith(fields), payload, start);

/** A view, its actions and what they announce. */
function openView(fields) {
  const opened = { view: viewWith(fields), messages: [] };
  const now = () => ({ payload, ...readView(opened.view, payload, NO_START) });
  const change = (patch) => Object.assign(opened.view, patch);
  return Object.assign(
    opened,
    makeActions(now, change, (message) => opened.messages.push(message)),
    { now },
  );
}

test("only heads and tokens of the data are read", () => {
  const pins = [
    [0, 0],
    [3, 0],
    [0, 4],
    [2, 3],
  ];
  const { pins: shown, tokens, lit, pointed } = read({ pins, tokens: [0, 4, 5, 99], lit: 5, pointed: [9, 9] });
  assert.deepEqual(shown, [
    [0, 0],
    [2, 3],
  ]);
  assert.deepEqual(tokens, [0, 4]);
  assert.deepEqual([lit, pointed], [null, null]);
});

test("a choice comes before the start, and an empty choice is one", () => {
  const start = { pins: [[1, 1]], tokens: [2] };
  assert.deepEqual(read({}, start).pins, [[1, 1]]);
  assert.deepEqual(read({}, start).tokens, [2]);
  assert.deepEqual(read({ pins: [], tokens: [] }, start).pins, []);
  assert.deepEqual(read({ pins: [], tokens: [] }, start).tokens, []);
});

test("a fresh page pins the last content head, else the last layer's first head", () => {
  const badges = [
    ["content", null],
    [null, "content"],
    ["sink", null],
  ];
  const withBadges = madeUpPayload({ shape: [3, 2, 2], badges });
  assert.deepEqual(readView(viewWith({}), withBadges, NO_START).pins, [[1, 1]]);
  assert.deepEqual(readView(viewWith({}), { ...withBadges, badges: [] }, NO_START).pins, [[2, 0]]);
});

test("the links are always those of a pinned head", () => {
  for (let nPins = 0; nPins <= MOST_PINS; nPins++)
    for (let links = 0; links < MOST_PINS; links++) {
      const pins = Array.from({ length: nPins }, (_, head) => [0, head]);
      const { linked } = read({ pins, links });
      assert.ok(linked === 0 || linked < nPins);
      if (links < nPins) assert.equal(linked, links);
    }
});

test("chosen tokens are in question before the one that is pointed at", () => {
  assert.deepEqual(read({ tokens: [1, 3], lit: 2 }).queries, [1, 3]);
  assert.deepEqual(read({ lit: 2 }).queries, [2]);
  assert.deepEqual(read({ cell: { query: 4, key: 0 } }).queries, [4]);
  assert.deepEqual(read({ cell: { query: 9, key: 0 } }).queries, []);
  assert.deepEqual(read({}).queries, []);
});

test("a head that is toggled twice leaves the other pins as they were", () => {
  const pins = [
    [0, 1],
    [2, 2],
  ];
  const pinned = togglePin(pins, [1, 3]);
  assert.deepEqual(pinned, [...pins, [1, 3]]);
  assert.deepEqual(togglePin(pinned, [1, 3]), pins);
});

test("a fifth pin takes the place of the last, and a screen reader hears it", () => {
  const pins = [0, 1, 2, 3].map((head) => [0, head]);
  const opened = openView({ pins, links: 3 });
  opened.togglePin([2, 2]);
  assert.deepEqual(opened.view.pins, [...pins.slice(0, 3), [2, 2]]);
  assert.match(opened.messages[0], /Layer 3, head 3 is pinned as D; Layer 1, head 4 made room/);
  opened.togglePin([2, 2]);
  assert.match(opened.messages[1], /Layer 3, head 3 is unpinned/);
  assert.equal(opened.view.links, 2);
});

test("chosen tokens are in the order of the text, and a second click lets one go", () => {
  let tokens = [];
  for (const token of [3, 0, 4, 1, 3]) tokens = toggleToken(tokens, token);
  assert.deepEqual(tokens, [0, 1, 4]);
});

test("a badge is chosen by one click and let go by the next", () => {
  const opened = openView({});
  opened.toggleBadge("sink");
  assert.equal(opened.view.badge, "sink");
  opened.toggleBadge("broad");
  assert.equal(opened.view.badge, "broad");
  opened.toggleBadge("broad");
  assert.equal(opened.view.badge, "");
});

test("the same matrix cell stays the same object, so that nothing is drawn anew", () => {
  const opened = openView({});
  opened.point({ lit: null, cell: { query: 1, key: 2 } });
  const { cell } = opened.view;
  opened.point({ lit: null, cell: { query: 1, key: 2 } });
  assert.equal(opened.view.cell, cell);
  opened.point({ lit: 3, cell: null });
  assert.deepEqual([opened.view.lit, opened.view.cell], [3, null]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { madeUpPayload, measureWithoutBrowser } from "./made_up_payload.js";

measureWithoutBrowser();
const { sendLabel } = await import("../../pages/ui/attention/head_grid/pinning.js");
const { meaningsOf } = await import("../../pages/ui/attention/head_grid/kinds.js");

const MEANINGS = { sink: "attends to special tokens: more than half", next: "attends to the next token: mostly" };
const badges = [
  ["sink", null],
  [null, "next"],
];
const payload = madeUpPayload({ shape: [2, 2, 2], badges });
const textOf = (parts) => parts.flat().join("");

test("the button names the one head that goes off, and counts several", () => {
  assert.equal(sendLabel("Switch off", payload, [[1, 0]]), "Switch off layer 2, head 1");
  const several = [
    [1, 0],
    [0, 1],
  ];
  assert.equal(sendLabel("Switch off", payload, several), "Switch off the 2 pinned heads");
});

test("a column that is no head is called by its name", () => {
  assert.equal(sendLabel("Use", { head_names: ["mean", "rollout"] }, [[0, 1]]), "Use layer 1, rollout");
});

test("every kind that occurs is explained in few words, and no other", () => {
  const text = textOf(meaningsOf(payload, MEANINGS, "", "Entropy"));
  assert.equal(
    text,
    "A head attends mostly to: next the next token; sink special tokens. 2 heads: no such pattern. Bar under a head: entropy.",
  );
});

test("a chosen kind is explained with its rule", () => {
  const text = textOf(meaningsOf(payload, MEANINGS, "sink", "Entropy"));
  assert.equal(text, "sink attends to special tokens: more than half.");
});

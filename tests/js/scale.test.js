import assert from "node:assert/strict";
import { test } from "node:test";
import {
  colourAt,
  coloursOf,
  DIFFERENCE_COLOURS,
  inkOn,
  luminance,
  packedColours,
  STEPS,
  WEIGHT_COLOURS,
  ZERO_BYTE,
} from "../../pages/ui/attention/head_grid/scale.js";

test("every byte has a colour of its own", () => {
  for (const table of [WEIGHT_COLOURS, DIFFERENCE_COLOURS]) {
    assert.equal(table.length, STEPS);
    assert.equal(new Set(table.map(String)).size, STEPS);
  }
});

test("colours of weights darken from step to step", () => {
  const light = WEIGHT_COLOURS.map(luminance);
  for (let byte = 1; byte < STEPS; byte++) assert.ok(light[byte] <= light[byte - 1] + 1e-4, `byte ${byte}`);
});

test("colours of differences darken away from zero, blue below it and red above it", () => {
  const light = DIFFERENCE_COLOURS.map(luminance);
  assert.equal(Math.max(...light), light[ZERO_BYTE]);
  for (let byte = 1; byte < STEPS; byte++) {
    const [red, , blue] = DIFFERENCE_COLOURS[byte];
    if (byte < ZERO_BYTE - 3) assert.ok(blue > red, `byte ${byte}`);
    if (byte > ZERO_BYTE + 3) assert.ok(red > blue, `byte ${byte}`);
  }
});

test("neighbouring colours of weights are about equally far apart", () => {
  const steps = WEIGHT_COLOURS.slice(1).map((colour, byte) =>
    Math.hypot(...colour.map((channel, axis) => channel - WEIGHT_COLOURS[byte][axis])),
  );
  assert.ok(Math.max(...steps) < 10, "no jump in the ramp");
});

test("the ink on every colour has a contrast of 4.5 at least", () => {
  for (const colour of [...WEIGHT_COLOURS, ...DIFFERENCE_COLOURS]) {
    const [dark, light] = [luminance(colour), inkOn(colour) === "#ffffff" ? 1 : 0].sort((a, b) => a - b);
    assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, String(colour));
  }
});

test("shares outside of 0 to 1 have the colours of the ends", () => {
  for (const difference of [false, true]) {
    assert.deepEqual(colourAt(-1, difference), coloursOf(difference)[0]);
    assert.deepEqual(colourAt(7, difference), coloursOf(difference)[STEPS - 1]);
  }
});

test("packed colours unpack to the table, opaque", () => {
  for (const difference of [false, true]) {
    const bytes = new Uint8Array(packedColours(difference).buffer);
    coloursOf(difference).forEach((colour, byte) => {
      assert.deepEqual([...bytes.subarray(4 * byte, 4 * byte + 4)], [...colour, 255]);
    });
  }
});

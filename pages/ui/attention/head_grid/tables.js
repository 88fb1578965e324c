// The same pictures as tables, for screen readers and for copying; made only when somebody opens them.

import { make } from "./dom.js";
import { badgeOf, formatMeasure, formatNumber, formatWeight, headName } from "./naming.js";
import { stripRows } from "./strip_rows.js";

/** @import { Change, Changes, Head, Measure, Payload, Snapshot, Weights } from "./types.js" */
/** @typedef {"payload" | "weights" | "measure" | "pins" | "linked" | "tokens" | "queries"} TablesField */
/** @typedef {Pick<Snapshot, TablesField>} TablesSnapshot */

/** @type {Change[]} */
const REFILLED_BY = ["data", "measure", "pins", "tokens", "links"];
const MOST_ROWS = 64; // of a matrix; of longer texts the chosen rows, or the first

/** @param {() => TablesSnapshot} read  the view as it is now */
export function makeTables(read) {
  const body = make("div", { class: "tables" });
  const summary = make("summary", {}, "Show as tables");
  const details = make("details", { class: "as-tables" }, summary, body);
  const fill = () => body.replaceChildren(...(details.open ? allTables(read()) : []));
  details.ontoggle = fill;
  return {
    node: details,
    /** @type {(changes: Changes) => void} */
    draw(changes) {
      if (details.open && REFILLED_BY.some((change) => changes.has(change))) fill();
    },
  };
}

/** @param {TablesSnapshot} snapshot */
function allTables(snapshot) {
  const { payload, weights, measure, pins, linked, tokens } = snapshot;
  const pin = pins[linked];
  return [
    ...(measure ? [numbersTable(payload, measure)] : []),
    ...(pin ? [matrixTable(payload, weights, pin, tokens)] : []),
    stripTable(snapshot),
  ];
}

/**
 * @param {Payload} payload
 * @param {Measure} measure
 */
function numbersTable(payload, measure) {
  const [nLayers, nHeads] = payload.shape;
  const heads = Array.from({ length: nHeads }, (_, head) => payload.head_names?.[head] ?? `Head ${head + 1}`);
  const rows = Array.from({ length: nLayers }, (_, layer) => [
    `Layer ${layer + 1}`,
    ...heads.map((_, head) =>
      [formatMeasure(measure, [layer, head]), badgeOf(payload, [layer, head])].filter(Boolean).join(" "),
    ),
  ]);
  const name = measure.unit ? `${measure.label}, ${measure.unit}, of every head` : `${measure.label} of every head`;
  return makeTable(name, ["", ...heads], rows);
}

/**
 * @param {Payload} payload
 * @param {Weights} weights
 * @param {Head} pin
 * @param {number[]} tokens  the chosen ones
 */
function matrixTable(payload, weights, pin, tokens) {
  const nTokens = payload.shape[2];
  const all = [...payload.tokens.keys()];
  const shown = nTokens <= MOST_ROWS ? all : tokens.length ? tokens : all.slice(0, MOST_ROWS);
  const rows = shown.map((query) => [
    payload.tokens[query],
    ...[...weights.row(...pin, query)].map((weight) => formatWeight(weight, weights.difference)),
  ]);
  const part = shown.length < nTokens ? ` (${shown.length} of ${nTokens} rows; choose tokens to see theirs)` : "";
  return makeTable(`${headName(payload, pin)}: each row attends to the columns${part}`, ["", ...payload.tokens], rows);
}

/** @param {Pick<Snapshot, "payload" | "weights" | "pins" | "queries">} snapshot */
function stripTable(snapshot) {
  const rows = stripRows(snapshot);
  const body = snapshot.payload.tokens.map((token, place) => [
    token,
    ...rows.map(({ values, signed }) => formatNumber(values[place], 0.05, signed)),
  ]);
  return makeTable("Every measure of every token", ["", ...rows.map(({ label }) => label)], body);
}

/**
 * @param {string} caption
 * @param {string[]} columns
 * @param {string[][]} rows  each begins with its name
 */
function makeTable(caption, columns, rows) {
  const head = make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, column)));
  const body = rows.map(([name, ...cells]) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((cell) => make("td", {}, cell))),
  );
  const table = make("table", {}, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, table);
}

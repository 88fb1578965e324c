// The same pictures as tables, for screen readers and for copying; made only when somebody opens them.

import { make } from "./dom.js";
import { formatMeasure, formatNumber, formatWeight, headName, precisionNote } from "./naming.js";
import { stripRows } from "./strip.js";

const REFILLED_BY = ["data", "measure", "pins", "tokens", "links"];
const MOST_ROWS = 64; // of a matrix; of longer texts the chosen rows, or the first

export function makeTables(mounted) {
  const body = make("div", { class: "tables" });
  const summary = make("summary", {}, "Show as tables");
  const note = make("p", { class: "hint" });
  const details = make("details", { class: "as-tables" }, summary, body);
  const node = make("div", { class: "foot" }, details, note);
  const fill = () => body.replaceChildren(...(details.open ? allTables(mounted) : []));
  details.ontoggle = fill;
  const draw = (changed) => {
    if (changed.has("data")) note.textContent = precisionNote(Boolean(mounted.payload.difference));
    if (details.open && REFILLED_BY.some((name) => changed.has(name))) fill();
  };
  return { node, draw };
}

function allTables(mounted) {
  const matrix = mounted.pins[mounted.linked] ? [matrixTable(mounted)] : [];
  return [...(mounted.measure ? [numbersTable(mounted)] : []), ...matrix, stripTable(mounted)];
}

function numbersTable({ payload, measure }) {
  const [nLayers, nHeads] = payload.shape;
  const heads = Array.from({ length: nHeads }, (_, head) => payload.head_names?.[head] ?? `Head ${head + 1}`);
  const rows = Array.from({ length: nLayers }, (_, layer) => [
    `Layer ${layer + 1}`,
    ...heads.map((_, head) =>
      [formatMeasure(measure, [layer, head]), payload.badges?.[layer]?.[head]].filter(Boolean).join(" "),
    ),
  ]);
  return makeTable(
    measure.unit ? `${measure.label}, ${measure.unit}, of every head` : `${measure.label} of every head`,
    ["", ...heads],
    rows,
  );
}

function matrixTable({ payload, weights, pins, linked, tokens }) {
  const pin = pins[linked];
  const nTokens = payload.shape[2];
  const all = [...payload.tokens.keys()];
  const shown = nTokens <= MOST_ROWS ? all : tokens.length ? tokens : all.slice(0, MOST_ROWS);
  const rows = shown.map((query) => [
    payload.tokens[query],
    ...[...weights.row(...pin, query)].map((weight) => formatWeight(weight, weights.difference)),
  ]);
  const part = shown.length < nTokens ? ` (${shown.length} of ${nTokens} rows; choose tokens to see theirs)` : "";
  return makeTable(`${headName(payload, pin)}: each row reads from the columns${part}`, ["", ...payload.tokens], rows);
}

function stripTable(mounted) {
  const rows = stripRows(mounted);
  const body = mounted.payload.tokens.map((token, place) => [
    token,
    ...rows.map(({ values, signed }) => formatNumber(values[place], 0.05, signed)),
  ]);
  return makeTable("Every measure of every token", ["", ...rows.map(({ label }) => label)], body);
}

function makeTable(caption, columns, rows) {
  const head = make("tr", {}, ...columns.map((column) => make("th", { scope: "col" }, column)));
  const body = rows.map(([name, ...cells]) =>
    make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((cell) => make("td", {}, cell))),
  );
  const table = make("table", {}, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, table);
}

// The order of the heads in the grid, and how pointer and keys move over it.

const STEPS_OF_KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Rows of [layer, head]: as they stand, sorted within each layer, or ranked over all; the largest first. */
export function sortHeads(nLayers, nHeads, order, measure) {
  const rows = Array.from({ length: nLayers }, (_, layer) =>
    Array.from({ length: nHeads }, (_, head) => [layer, head]),
  );
  if (order === "place" || !measure) return rows;
  const value = ([layer, head]) => measure.values[layer][head] ?? -Infinity;
  const sorted = (pins) => [...pins].sort((a, b) => value(b) - value(a));
  if (order === "layer") return rows.map(sorted);
  const ranked = sorted(rows.flat());
  return rows.map((_, row) => ranked.slice(row * nHeads, (row + 1) * nHeads));
}

/** Pointer and keys: pointing previews, Enter, Space or a click pins, arrows walk what is shown. */
export function listenToCells(grid) {
  const { body, mounted } = grid;
  const pinOf = (event) => event.target.closest?.("[data-cell]")?.dataset.cell.split(".").map(Number) ?? null;
  const point = (event) => mounted.change({ pointed: pinOf(event) });
  body.onpointerover = point;
  body.onpointerleave = () => mounted.change({ pointed: null });
  body.onfocus = null;
  body.addEventListener("focusin", (event) => {
    grid.home = pinOf(event) ?? grid.home;
    for (const { node, pin } of grid.cells.values()) node.tabIndex = pin.join() === grid.home.join() ? 0 : -1;
    if (event.target.matches(":focus-visible")) point(event);
  });
  body.addEventListener("focusout", () => mounted.change({ pointed: null }));
  body.onclick = (event) => pinOf(event) && mounted.togglePin(pinOf(event));
  body.onkeydown = (event) => {
    const pin = pinOf(event);
    if (!pin || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") mounted.togglePin(pin);
    else if (event.key === "Escape") mounted.change({ pointed: null });
    else if (!walk(grid, pin, event.key)) return;
    event.preventDefault();
  };
}

/** Moves the focus from a head to the one that a key leads to; false for other keys. */
function walk(grid, pin, key) {
  const row = grid.order.findIndex((pins) => pins.some((other) => other.join() === pin.join()));
  const column = grid.order[row].findIndex((other) => other.join() === pin.join());
  const last = grid.order[row].length - 1;
  let [toRow, toColumn] = [row, column];
  if (key in STEPS_OF_KEYS) [toRow, toColumn] = [row + STEPS_OF_KEYS[key][0], column + STEPS_OF_KEYS[key][1]];
  else if (key === "Home") toColumn = 0;
  else if (key === "End") toColumn = last;
  else if (key === "PageUp") toRow = 0;
  else if (key === "PageDown") toRow = grid.order.length - 1;
  else return false;
  const target = grid.order[toRow]?.[toColumn];
  if (target) grid.cells.get(target.join(".")).node.focus();
  return true;
}

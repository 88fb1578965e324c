// What somebody chose to see. Components of one group share it, and the address keeps it behind '#', on this side of
// the wire: nothing here ever reaches the server.

export const MOST_PINS = 4;
export const LETTERS = ["A", "B", "C", "D"]; // of the pinned heads, in the order of pinning
const FRESH = {
  picture: "thumbnails", // or "map"
  measure: "", // a measure's name; "" is the first
  order: "place", // "place": layers down, heads across; "layer": sorted within each layer; "all": ranked
  badge: "", // only heads with this badge; "" is all
  scale: "absolute", // or "head", "row"
  mass: 0.7, // links are drawn up to this share of a row
  pins: null, // [[layer, head], ...] from 0; null: nobody has chosen yet
  tokens: null, // chosen places from 0; null: nobody has chosen yet
  links: 0, // whose links are drawn: the place among the pins
};
const PASSING = { lit: null, cell: null, pointed: null }; // a token, a matrix cell, a head: never in the address
const CHOICES = {
  picture: ["thumbnails", "map"],
  order: ["place", "layer", "all"],
  scale: ["absolute", "head", "row"],
};
const WRITTEN_AFTER = 120; // milliseconds
const stores = new Map(); // group -> store; outlives a component that leaves the page and comes back

/** The store of a group: `view`, `change(patch)`, and who listens. */
export function openStore(group) {
  if (!stores.has(group)) stores.set(group, makeStore(group));
  return stores.get(group);
}

function makeStore(group) {
  const listeners = new Set();
  let path = location.pathname; // of the page that the component stands on
  const store = {
    view: { ...FRESH, ...PASSING, ...readHash(group) },
    change(patch) {
      const changed = Object.keys(patch).filter((name) => !Object.is(store.view[name], patch[name]));
      if (!changed.length) return;
      Object.assign(store.view, patch);
      if (changed.some((name) => name in FRESH)) store.keep();
      for (const listener of listeners) listener(new Set(changed));
    },
    /** Writes the address soon: browsers ration how often it may change, and a slider changes the view often. */
    keep() {
      clearTimeout(store.waiting);
      store.waiting = setTimeout(store.keepNow, WRITTEN_AFTER);
    },
    keepNow: () => location.pathname === path && writeHash(group, store.view),
    listen(listener) {
      if (!listeners.size) watch(true);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (!listeners.size) watch(false);
      };
    },
  };
  const follow = () => {
    if (hasHash(group)) store.change({ ...FRESH, ...readHash(group) });
  };
  // A change of the query may drop what stands behind '#': it is written again, unless another anchor is there.
  const restore = () => location.hash === "" && store.keepNow();
  function watch(on) {
    path = location.pathname;
    const act = on ? "addEventListener" : "removeEventListener";
    window[act]("hashchange", follow);
    window.navigation?.[act]("currententrychange", restore);
    if (on && hasHash(group)) follow();
    if (on && !hasHash(group)) restore();
  }
  return store;
}

/** The parts of the address behind '#', as [name, value] pairs still encoded. */
function hashParts() {
  return location.hash
    .slice(1)
    .split("&")
    .filter(Boolean)
    .map((part) => part.split(/=(.*)/s).slice(0, 2));
}

function hasHash(group) {
  return hashParts().some(([name]) => name.startsWith(`${group}.`));
}

function readHash(group) {
  const found = {};
  for (const [name, value = ""] of hashParts()) {
    if (!name.startsWith(`${group}.`)) continue;
    const field = name.slice(group.length + 1);
    const known = readField(field, decode(value));
    if (known !== undefined) found[field] = known;
  }
  return found;
}

/** A field's value from text, or undefined for what makes no sense: addresses are written by strangers too. */
function readField(field, text) {
  if (field in CHOICES) return CHOICES[field].includes(text) ? text : undefined;
  if (field === "measure" || field === "badge") return text;
  if (field === "mass") return Number(text) >= 0.05 && Number(text) <= 1 ? Number(text) : undefined;
  if (field === "links") return Number(text) >= 0 && Number(text) < MOST_PINS ? Math.floor(Number(text)) : undefined;
  if (field === "tokens") return readNumbers(text).map((place) => place - 1);
  if (field === "pins") {
    const pins = text.split(",").map((pair) => readNumbers(pair.replace(".", ",")).map((number) => number - 1));
    return pins.filter((pin) => pin.length === 2).slice(0, MOST_PINS);
  }
  return undefined;
}

function readNumbers(text) {
  return text
    .split(",")
    .map(Number)
    .filter((number) => Number.isInteger(number) && number > 0);
}

function writeHash(group, view) {
  const others = hashParts().filter(([name]) => !name.startsWith(`${group}.`));
  const own = Object.keys(FRESH)
    .filter((field) => String(view[field]) !== String(FRESH[field]) && view[field] !== null)
    .map((field) => [`${group}.${field}`, encode(writeField(field, view[field]))]);
  const parts = [...others, ...own].map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
  const hash = parts.length ? `#${parts.join("&")}` : "";
  if (hash !== location.hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
}

/** People count layers, heads and tokens from 1. */
function writeField(field, value) {
  if (field === "pins") return value.map((pin) => pin.map((number) => number + 1).join(".")).join(",");
  if (field === "tokens") return value.map((place) => place + 1).join(",");
  return String(value);
}

function encode(text) {
  return encodeURIComponent(text).replaceAll("%2C", ",");
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

// What somebody chose to see. Components of one group share it, and the address keeps it behind '#', on this side of
// the wire: nothing here ever reaches the server.

import { FRESH, hasHash, readHash, writeHash } from "./address.js";

/** @import { Changes, Pointing, Store, View } from "./types.js" */

export const LETTERS = ["A", "B", "C", "D"]; // of the pinned heads, in the order of pinning
/** @type {Readonly<Pointing>} */
const NOWHERE = { lit: null, cell: null, pointed: null };
const WRITTEN_AFTER = 120; // milliseconds
/** @type {Map<string, Store>} */
const stores = new Map(); // by group; a store outlives a component that leaves the page and comes back

/**
 * The store of a group: `view`, `change(patch)`, and who listens.
 * @param {string} group
 */
export function openStore(group) {
  const store = stores.get(group) ?? makeStore(group);
  stores.set(group, store);
  return store;
}

/**
 * @param {string} group
 * @returns {Store}
 */
function makeStore(group) {
  /** @type {Set<(changes: Changes) => void>} */
  const listeners = new Set();
  /** @type {View} */
  const view = { ...FRESH, ...NOWHERE, ...readHash(location.hash, group) };
  const writer = makeWriter(group, view);
  /** @type {Store["change"]} */
  const change = (patch) => {
    const changed = changedFields(view, patch);
    if (!changed.length) return;
    Object.assign(view, patch);
    if (changed.some((name) => name in FRESH)) writer.writeSoon();
    for (const listener of listeners) listener(new Set(changed));
  };
  const watch = watchAddress(group, change, writer.write);
  return {
    view,
    change,
    writeAddress: writer.write,
    listen(listener) {
      if (!listeners.size) {
        writer.enterPage();
        watch.start();
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (!listeners.size) watch.stop();
      };
    },
  };
}

/**
 * Writes a view into the address, while the page is the one that the component stands on.
 * @param {string} group
 * @param {View} view
 */
function makeWriter(group, view) {
  let path = location.pathname;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  const write = () => {
    if (location.pathname === path) replaceHash(writeHash(location.hash, group, view));
  };
  return {
    write,
    /** Browsers ration how often the address may change, and a slider changes the view often. */
    writeSoon() {
      clearTimeout(waiting);
      waiting = setTimeout(write, WRITTEN_AFTER);
    },
    enterPage() {
      path = location.pathname;
    },
  };
}

/**
 * Follows an address that somebody changes, and writes one anew that lost its part behind '#'.
 * @param {string} group
 * @param {Store["change"]} change
 * @param {() => void} writeAddress
 */
function watchAddress(group, change, writeAddress) {
  const follow = () => {
    if (hasHash(location.hash, group)) change({ ...FRESH, ...readHash(location.hash, group) });
  };
  // A change of the query may drop what stands behind '#': it is written again, unless another anchor is there.
  const restore = () => {
    if (location.hash === "") writeAddress();
  };
  return {
    start() {
      window.addEventListener("hashchange", follow);
      window.navigation?.addEventListener("currententrychange", restore); // older browsers have no `navigation`
      if (hasHash(location.hash, group)) follow();
      else restore();
    },
    stop() {
      window.removeEventListener("hashchange", follow);
      window.navigation?.removeEventListener("currententrychange", restore);
    },
  };
}

/**
 * @param {View} view
 * @param {Partial<View>} patch
 */
function changedFields(view, patch) {
  const fields = /** @type {(keyof View)[]} */ (Object.keys(patch)); // a patch has no other keys
  return fields.filter((name) => !Object.is(view[name], patch[name]));
}

/** @param {string} hash */
function replaceHash(hash) {
  if (hash !== location.hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
}

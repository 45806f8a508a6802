// SPDX-License-Identifier: Apache-2.0

/** @import { Atom } from '../lib/atom.js' */
/** @import { LitElement } from '../vendor/lit.js' */
/** @import { Key } from './keys.js' */
import { bind } from './keys.js';

/**
 * Calls f when an element that is in the page has another size, and at first.
 * @param {LitElement} host
 * @param {() => void} f
 */
export function onResize(host, f) {
  const resized = new ResizeObserver(f);
  host.addController({ hostConnected: () => resized.observe(host), hostDisconnected: () => resized.disconnect() });
}

/**
 * Renders an element anew when one of the atoms changes, while it is in the page.
 * @param {LitElement} host
 * @param {Atom<any>[]} atoms
 */
export function watch(host, ...atoms) {
  /** @type {(() => void)[]} */
  let stops = [];
  host.addController({
    hostConnected() {
      stops = atoms.map((a) => a.watch(() => host.requestUpdate()));
      host.requestUpdate();
    },
    hostDisconnected() {
      for (const stop of stops) stop();
      stops = [];
    },
  });
}

/**
 * Binds keys while an element is in the page.
 * @param {LitElement} host
 * @param {Key[]} keys
 * @param {(keys: string) => void} run
 */
export function onKeys(host, keys, run) {
  let unbind = () => {};
  host.addController({ hostConnected() { unbind = bind(keys, run); }, hostDisconnected: () => unbind() });
}

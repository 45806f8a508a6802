// SPDX-License-Identifier: Apache-2.0

// One animation frame for everything: what is scheduled runs in the order read,
// write, draw, each function once a frame. Drawing a canvas needs no new DOM.

/** @typedef {'read' | 'write' | 'draw'} Phase */

/** @type {Record<Phase, Set<() => void>>} */
const queues = { read: new Set(), write: new Set(), draw: new Set() };
const order = /** @type {Phase[]} */ (['read', 'write', 'draw']);
let requested = false;

/**
 * Calls f in the next frame. A function that is scheduled twice runs once.
 * @param {Phase} phase
 * @param {() => void} f
 */
export function schedule(phase, f) {
  queues[phase].add(f);
  if (!requested) {
    requested = true;
    requestAnimationFrame(run);
  }
}

/** Whether a frame is due. */
export function pending() {
  return requested;
}

function run() {
  requested = false;
  for (const phase of order) {
    const due = [...queues[phase]];
    queues[phase].clear();
    for (const f of due) {
      try {
        f();
      } catch (error) {
        reportError(error); // and the others go on
      }
    }
  }
}

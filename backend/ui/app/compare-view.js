// SPDX-License-Identifier: Apache-2.0

/** @import { Comparison, Differences, Route, Stretch, Trace } from '../types.js' */
import { Atom } from '../lib/atom.js';
import { memo } from '../lib/memo.js';
import { membersOf, sharedGaps } from '../trace/compare-time.js';
import { compare, compareRows, differences, hashAt, sums } from '../trace/compare.js';
import { pathsOf } from '../trace/paths.js';

/**
 * Two traces as the address and its reader want to see them beside each other.
 * @typedef {object} CompareView
 * @property {Comparison} c
 * @property {Differences} d
 * @property {ReturnType<typeof sums>} sums
 * @property {Int32Array} rows the paths to be seen
 * @property {Uint8Array} fits 1 for paths that are looked for
 * @property {number} count how many they are
 * @property {number} largest difference of a path, ns
 * @property {number} chosen a path of c, -1: none
 * @property {() => ReturnType<typeof membersOf>} inA the spans of the paths of a
 * @property {() => ReturnType<typeof membersOf>} inB
 * @property {() => Stretch[]} gaps when both are idle
 */

/** The hashes of paths whose subtree is not shown, in the traces that were compared last. */
export const closed = new Atom({ of: '', paths: /** @type {ReadonlySet<number>} */ (new Set()) });

/** Makes views; what has not changed is not computed again. */
export function compareViewer() {
  const [pathsA, pathsB, membersA, membersB] = [memo(pathsOf), memo(pathsOf), memo(membersOf), memo(membersOf)];
  const [both, times, whole, gaps] = [memo(compare), memo(differences), memo(sums), memo(sharedGaps)];
  const largest = memo((/** @type {Differences} */ d) => d.delta.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  const rows = memo((/** @type {Comparison} */ c, /** @type {Differences} */ d, /** @type {string} */ only, /** @type {string} */ find, /** @type {string} */ sort, /** @type {ReadonlySet<number>} */ collapsed) =>
    compareRows(c, d, { only, find, sort, collapsed }));
  const chosen = memo((/** @type {Comparison} */ c, /** @type {string} */ id) => {
    const hash = /^[0-9a-f]{8}$/.test(id) ? parseInt(id, 16) : -1;
    for (let at = 0; at < c.count; at++) if (hashAt(c, at) === hash) return at;
    return -1;
  });
  return (/** @type {Trace} */ a, /** @type {Trace} */ b, /** @type {Route['params']} */ params) => {
    const c = both(pathsA(a), pathsB(b));
    const d = times(c, String(params.by));
    const of = `${a.id} ${b.id}`;
    if (closed.value.of !== of) closed.value = { of, paths: new Set() };
    /** @type {CompareView} */
    return {
      c, d, sums: whole(c, d), largest: largest(d), chosen: chosen(c, String(params.path)),
      ...rows(c, d, String(params.only), String(params.find), String(params.sort), closed.value.paths),
      inA: () => membersA(c.a), inB: () => membersB(c.b), gaps: () => gaps(a, b),
    };
  };
}

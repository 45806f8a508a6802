// SPDX-License-Identifier: Apache-2.0

/** @import { OutlineJSON, Trace } from '../types.js' */

/**
 * Makes columns of an outline, its spans in the order of the tree. The result
 * shares nothing with the outline.
 * @param {OutlineJSON} o
 * @returns {Trace}
 */
export function fromOutline(o) {
  const n = o.starts.length;
  const { first, next } = children(o.parent);

  // The walk from the roots; order[i] is the outline's index of span i.
  const order = new Int32Array(n);
  const place = new Int32Array(n);
  const depth = new Int32Array(n);
  const end = new Int32Array(n);
  const parent = new Int32Array(n);
  const open = new Int32Array(n); // the spans above, as places
  let count = 0;
  for (let root = first[n]; root >= 0; root = next[root]) {
    let at = root;
    let level = 0;
    for (;;) {
      order[count] = at;
      place[at] = count;
      depth[count] = level;
      parent[count] = level ? open[level - 1] : o.parent[at];
      open[level] = count++;
      if (first[at] >= 0) {
        at = first[at];
        level++;
        continue;
      }
      // Back to the nearest span above that has another child.
      while (level > 0 && next[at] < 0) {
        end[open[level]] = count;
        level--;
        at = order[open[level]];
      }
      end[open[level]] = count;
      if (level === 0) break;
      at = next[at];
    }
  }

  const pick = (/** @type {number[]} */ column) => Int32Array.from(order, (i) => column[i]);
  let ids = '';
  /** @type {string[]} */
  const parts = new Array(n);
  for (let i = 0; i < n; i++) parts[i] = o.ids.slice(order[i] * 16, order[i] * 16 + 16);
  ids = parts.join('');
  return {
    id: o.traceID,
    start: BigInt(o.start),
    duration: Number(o.duration),
    count: n,
    total: o.spans,
    doubles: o.doubles,
    services: o.services,
    names: o.names,
    service: pick(o.service),
    name: pick(o.name),
    starts: Float64Array.from(order, (i) => o.starts[i]),
    durations: Float64Array.from(order, (i) => o.durations[i]),
    parent,
    depth,
    end,
    kind: Uint8Array.from(order, (i) => o.kind.charCodeAt(i) - 48),
    status: Uint8Array.from(order, (i) => o.status.charCodeAt(i) - 48),
    ids,
  };
}

/**
 * Lists of children, in the order of the outline, which is that of starts: the
 * first child of each, the next of its siblings, or -1. The roots are the
 * children of n.
 * @param {number[]} parent follows no cycle
 */
function children(parent) {
  const n = parent.length;
  const first = new Int32Array(n + 1).fill(-1);
  const next = new Int32Array(n).fill(-1);
  for (let i = n - 1; i >= 0; i--) {
    const p = parent[i] < 0 ? n : parent[i];
    next[i] = first[p];
    first[p] = i;
  }
  return { first, next };
}

/**
 * The id of a span, 16 hex digits.
 * @param {Trace} t
 * @param {number} span
 */
export function spanID(t, span) {
  return t.ids.slice(span * 16, span * 16 + 16);
}

/**
 * The first span with an id, or -1.
 * @param {Trace} t
 * @param {string} id 16 hex digits
 */
export function spanOf(t, id) {
  if (id.length !== 16) return -1;
  for (let at = t.ids.indexOf(id); at >= 0; at = t.ids.indexOf(id, at + 1)) if (at % 16 === 0) return at / 16;
  return -1;
}

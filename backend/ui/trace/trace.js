// SPDX-License-Identifier: Apache-2.0

/** @import { Links, OutlineJSON, Trace } from '../types.js' */

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

  return {
    id: o.traceID,
    start: BigInt(o.start),
    duration: Number(o.duration),
    count: n,
    total: o.spans,
    doubles: o.doubles,
    services: o.services,
    names: o.names,
    service: inOrder(order, new Int32Array(o.service)),
    name: inOrder(order, new Int32Array(o.name)),
    starts: inOrder(order, new Float64Array(o.starts)),
    durations: inOrder(order, new Float64Array(o.durations)),
    parent,
    depth,
    end,
    kind: inOrder(order, digits(o.kind)),
    status: inOrder(order, digits(o.status)),
    ids: idsInOrder(order, o.ids),
    links: o.links ? links(order, o.links) : null,
  };
}

/**
 * @param {Int32Array} order
 * @param {NonNullable<OutlineJSON['links']>} l
 * @returns {Links}
 */
function links(order, l) {
  const place = new Int32Array(order.length);
  order.forEach((from, to) => { place[from] = to; });
  return { ...l, span: Int32Array.from(l.span, (from) => place[from]), trace: Int32Array.from(l.trace) };
}

/**
 * @template {Int32Array | Float64Array | Uint8Array} T
 * @param {Int32Array} order
 * @param {T} column
 */
function inOrder(order, column) {
  const out = column.slice();
  for (let i = 0; i < order.length; i++) out[i] = column[order[i]];
  return /** @type {T} */ (out);
}

/** @param {string} text a digit each */
function digits(text) {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i) - 48;
  return out;
}

/**
 * @param {Int32Array} order
 * @param {string} ids 16 hex digits each
 */
function idsInOrder(order, ids) {
  const bytes = new Uint8Array(ids.length);
  for (let i = 0, to = 0; i < order.length; i++) {
    for (let from = order[i] * 16, end = from + 16; from < end; from++) bytes[to++] = ids.charCodeAt(from);
  }
  return new TextDecoder().decode(bytes);
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
 * The span that stands for the trace: the first root or, when none has arrived,
 * the first span. -1 when there are no spans.
 * @param {Trace} t
 */
export function rootOf(t) {
  return t.count ? Math.max(0, t.parent.indexOf(-1)) : -1;
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

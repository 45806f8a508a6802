// SPDX-License-Identifier: Apache-2.0

/** @import { Paths, Trace } from '../types.js' */
import { selfTimes } from './self-time.js';

/**
 * The paths of a trace: spans whose service, name and kind are the same, and those
 * of all spans above them, are one. A path is its place in their tree, children by
 * the first of their spans: the paths below path p are p+1 … end[p]-1.
 * @param {Trace} t
 * @param {{ self?: Float64Array, focus?: number, hidden?: Uint8Array | null }} [options] self times, if they are known; the
 *   span whose subtree alone counts; 1 for spans that do not: what is below them moves up
 * @returns {Paths}
 */
export function pathsOf(t, { self = selfTimes(t), focus = -1, hidden = null } = {}) {
  const [first, end] = focus < 0 ? [0, t.count] : [focus, t.end[focus]];
  const looks = t.services.length * t.names.length * 6;
  /** Paths in the order of their first spans, by the path above and what they look like. @type {Map<number, number>} */
  const known = new Map();
  const above = /** @type {number[]} */ ([]);
  const heads = /** @type {number[]} */ ([]);
  const found = new Int32Array(t.count).fill(-1); // of hidden spans: the path above
  for (let i = first; i < end; i++) {
    const p = t.parent[i];
    const parent = i > first && p >= 0 ? found[p] : -1;
    if (hidden && hidden[i]) {
      found[i] = parent;
      continue;
    }
    const key = (parent + 1) * looks + (t.service[i] * t.names.length + t.name[i]) * 6 + t.kind[i];
    let at = known.get(key);
    if (at === undefined) {
      known.set(key, (at = above.length));
      above.push(parent);
      heads.push(i);
    }
    found[i] = at;
  }

  const n = above.length;
  const { place, end: ends, depth } = inTreeOrder(above);
  /** @type {Paths} */
  const paths = {
    trace: t, count: n,
    service: new Int32Array(n), name: new Int32Array(n), kind: new Uint8Array(n),
    parent: new Int32Array(n), depth, end: ends,
    spans: new Int32Array(n), errors: new Int32Array(n),
    total: new Float64Array(n), self: new Float64Array(n), max: new Float64Array(n), start: new Float64Array(n).fill(Infinity),
    hash: new Uint32Array(n), of: new Int32Array(t.count).fill(-1),
  };
  for (let old = 0; old < n; old++) {
    const [p, i] = [place[old], heads[old]];
    paths.service[p] = t.service[i];
    paths.name[p] = t.name[i];
    paths.kind[p] = t.kind[i];
    paths.parent[p] = above[old] < 0 ? -1 : place[above[old]];
  }
  const names = t.names.map((name) => hash(0x811c9dc5, name));
  for (let p = 0; p < n; p++) {
    const above = paths.parent[p] < 0 ? 0x811c9dc5 : paths.hash[paths.parent[p]];
    paths.hash[p] = hash(above ^ names[paths.name[p]], t.services[paths.service[p]] + paths.kind[p]);
  }
  for (let i = first; i < end; i++) {
    if (found[i] < 0 || (hidden && hidden[i])) continue;
    const p = place[found[i]];
    paths.of[i] = p;
    paths.spans[p]++;
    if (t.status[i] === 2) paths.errors[p]++;
    paths.total[p] += t.durations[i];
    paths.self[p] += self[i];
    paths.max[p] = Math.max(paths.max[p], t.durations[i]);
    paths.start[p] = Math.min(paths.start[p], t.starts[i]);
  }
  return paths;
}

/**
 * Where each node of a tree comes when it is walked from the roots, and by that
 * place how deep it is and the first place behind its subtree. Siblings keep
 * their order.
 * @param {ArrayLike<number>} parent of each, which comes before it; -1: a root
 */
export function inTreeOrder(parent) {
  const n = parent.length;
  const size = new Int32Array(n).fill(1);
  for (let i = n - 1; i >= 0; i--) if (parent[i] >= 0) size[parent[i]] += size[i];
  const place = new Int32Array(n);
  const end = new Int32Array(n);
  const depth = new Int32Array(n);
  const next = new Int32Array(n); // of each, where its next child comes
  let root = 0;
  for (let i = 0; i < n; i++) {
    const p = parent[i];
    place[i] = p < 0 ? root : next[p];
    if (p < 0) root += size[i];
    else next[p] += size[i];
    next[i] = place[i] + 1;
    end[place[i]] = place[i] + size[i];
    depth[place[i]] = p < 0 ? 0 : depth[place[p]] + 1;
  }
  return { place, end, depth };
}

/**
 * A path as text, the same in all traces: what an address says.
 * @param {Paths} paths
 * @param {number} path
 * @returns {string} 8 hex digits
 */
export function pathID(paths, path) {
  return paths.hash[path].toString(16).padStart(8, '0');
}

/**
 * The path that pathID says, -1: there is none.
 * @param {Paths} paths
 * @param {string} id
 */
export function pathOfID(paths, id) {
  return /^[0-9a-f]{8}$/.test(id) ? paths.hash.indexOf(parseInt(id, 16)) : -1;
}

/**
 * The longest of a path's spans.
 * @param {Paths} paths
 * @param {number} path
 */
export function longestOf({ trace: t, of, max }, path) {
  return of.findIndex((p, i) => p === path && t.durations[i] === max[path]);
}

/**
 * FNV-1a, 32 bits, of a text behind what h is the hash of.
 * @param {number} h
 * @param {string} text
 */
function hash(h, text) {
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return Math.imul(h ^ 0xffff, 0x01000193);
}

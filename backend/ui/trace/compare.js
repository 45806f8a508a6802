// SPDX-License-Identifier: Apache-2.0

/** @import { Comparison, Differences, Paths } from '../types.js' */
import { criticalPath } from './critical-path.js';

/** What can have become of a path: Differences.change is an index in it. */
export const changes = /** @type {const} */ (['same', 'new', 'gone', 'slower', 'faster']);

/**
 * A path is slower or faster when its time differs by more than so much of the
 * larger one, and of the longer trace's duration.
 */
const [part, worth] = [0.1, 0.01];

/**
 * The paths of two traces as one tree. A path of a and one of b are the same when
 * their services, names and kinds, and those of all paths above, are. Siblings
 * come as in b; one that only a has comes behind the sibling before it in a.
 * @param {Paths} a
 * @param {Paths} b
 * @returns {Comparison}
 */
export function compare(a, b) {
  const [looksA, looksB, looks] = looksOf(a, b);
  const most = a.count + b.count;
  const known = /** @type {Map<number, number>} */ (new Map()); // by what is above and the look
  const above = new Int32Array(most).fill(-1);
  const inA = new Int32Array(most).fill(-1);
  const inB = new Int32Array(most).fill(-1);
  // Lists of children: of the roots at 0, of path p at p + 1.
  const first = new Int32Array(most + 1).fill(-1);
  const next = new Int32Array(most).fill(-1);
  for (let p = b.count - 1; p >= 0; p--) {
    above[p] = b.parent[p];
    inB[p] = p;
    known.set((above[p] + 1) * looks + looksB[p], p);
    next[p] = first[above[p] + 1];
    first[above[p] + 1] = p;
  }
  let count = b.count;
  const place = new Int32Array(a.count);
  const last = new Int32Array(most + 1).fill(-1); // the child that came last in a
  for (let p = 0; p < a.count; p++) {
    const up = a.parent[p] < 0 ? -1 : place[a.parent[p]];
    let at = known.get((up + 1) * looks + looksA[p]);
    if (at === undefined) {
      at = count++;
      above[at] = up;
      const before = last[up + 1];
      next[at] = before < 0 ? first[up + 1] : next[before];
      if (before < 0) first[up + 1] = at;
      else next[before] = at;
    }
    inA[at] = p;
    place[p] = last[up + 1] = at;
  }

  const order = walk(first, next, above, count);
  const to = new Int32Array(count);
  order.forEach((old, at) => (to[old] = at));
  /** @type {Comparison} */
  const c = { a, b, count, inA: order.map((old) => inA[old]), inB: order.map((old) => inB[old]), parent: order.map((old) => (above[old] < 0 ? -1 : to[above[old]])), depth: new Int32Array(count), end: Int32Array.from(order, (_, at) => at + 1) };
  for (let at = 0; at < count; at++) if (c.parent[at] >= 0) c.depth[at] = c.depth[c.parent[at]] + 1;
  for (let at = count - 1; at >= 0; at--) if (c.parent[at] >= 0) c.end[c.parent[at]] = Math.max(c.end[c.parent[at]], c.end[at]);
  return c;
}

/**
 * A number for each service, name and kind of paths, the same in both traces, and
 * how many there are.
 * @param {Paths} a
 * @param {Paths} b
 * @returns {[Int32Array, Int32Array, number]}
 */
function looksOf(a, b) {
  const texts = /** @type {Map<string, number>} */ (new Map());
  const looks = /** @type {Map<number, number>} */ (new Map());
  /** @template K @param {Map<K, number>} all @param {K} key */
  const intern = (all, key) => {
    let at = all.get(key);
    if (at === undefined) all.set(key, (at = all.size));
    return at;
  };
  const most = [a, b].reduce((n, { trace: t }) => n + t.services.length + t.names.length, 1);
  const [ofA, ofB] = [a, b].map((paths) => {
    const services = paths.trace.services.map((s) => intern(texts, s));
    const names = paths.trace.names.map((s) => intern(texts, s));
    return Int32Array.from(paths.name, (name, p) => intern(looks, (services[paths.service[p]] * most + names[name]) * 6 + paths.kind[p]));
  });
  return [ofA, ofB, looks.size];
}

/**
 * The nodes of a tree from the roots down.
 * @param {Int32Array} first
 * @param {Int32Array} next
 * @param {Int32Array} above
 * @param {number} count
 */
function walk(first, next, above, count) {
  const order = new Int32Array(count);
  let n = 0;
  for (let at = first[0]; at >= 0;) {
    order[n++] = at;
    if (first[at + 1] >= 0) {
      at = first[at + 1];
      continue;
    }
    while (at >= 0 && next[at] < 0) at = above[at];
    if (at >= 0) at = next[at];
  }
  return order;
}

/**
 * How much more or less time the paths of b took.
 * @param {Comparison} c
 * @param {string} by self: their self times; critical: for how long the trace waited for them
 * @returns {Differences}
 */
export function differences(c, by) {
  const [a, b] = [c.a, c.b].map((paths) => (by === 'critical' ? criticalTimes(paths) : paths.self));
  const long = worth * Math.max(c.a.trace.duration, c.b.trace.duration);
  const d = { a: new Float64Array(c.count), b: new Float64Array(c.count), delta: new Float64Array(c.count), change: new Uint8Array(c.count) };
  for (let at = 0; at < c.count; at++) {
    const [inA, inB] = [c.inA[at], c.inB[at]];
    if (inA >= 0) d.a[at] = a[inA];
    if (inB >= 0) d.b[at] = b[inB];
    const delta = (d.delta[at] = d.b[at] - d.a[at]);
    const counts = Math.abs(delta) > long && Math.abs(delta) > part * Math.max(d.a[at], d.b[at]);
    d.change[at] = inA < 0 ? 1 : inB < 0 ? 2 : counts ? (delta > 0 ? 3 : 4) : 0;
  }
  return d;
}

/** For how long the trace waited for the spans of each path, ns. @param {Paths} paths */
function criticalTimes(paths) {
  const { first, from, to } = criticalPath(paths.trace);
  const times = new Float64Array(paths.count);
  paths.of.forEach((p, i) => {
    for (let s = first[i]; p >= 0 && s < first[i + 1]; s++) times[p] += to[s] - from[s];
  });
  return times;
}

/**
 * What the differences come to: in all, of each service, the largest first, and
 * how many paths changed how. failing: more of their spans failed in b.
 * @param {Comparison} c
 * @param {Differences} d
 */
export function sums(c, d) {
  const services = /** @type {Map<string, number>} */ (new Map());
  /** @type {Record<string, number>} */
  const counts = { new: 0, gone: 0, slower: 0, faster: 0, failing: 0 };
  let delta = 0;
  for (let at = 0; at < c.count; at++) {
    const { service } = pathAt(c, at);
    delta += d.delta[at];
    services.set(service, (services.get(service) ?? 0) + d.delta[at]);
    if (d.change[at]) counts[changes[d.change[at]]]++;
    if (failsMore(c, at)) counts.failing++;
  }
  return { delta, counts, services: [...services].map(([service, delta]) => ({ service, delta })).sort((x, y) => Math.abs(y.delta) - Math.abs(x.delta)) };
}

/** Whether more spans of a path failed in b. @param {Comparison} c @param {number} at */
function failsMore({ a, b, inA, inB }, at) {
  return inB[at] >= 0 && b.errors[inB[at]] > (inA[at] < 0 ? 0 : a.errors[inA[at]]);
}

/**
 * The trace that has a path, b if both do, and the path's names and place there.
 * @param {Comparison} c
 * @param {number} at
 */
export function pathAt({ a, b, inA, inB }, at) {
  const [paths, path] = inB[at] >= 0 ? [b, inB[at]] : [a, inA[at]];
  const t = paths.trace;
  return { paths, path, service: t.services[paths.service[path]], name: t.names[paths.name[path]] };
}

/**
 * The paths to be seen: those that fit, by the size of their difference, or with
 * those above them in the order of the tree.
 * @param {Comparison} c
 * @param {Differences} d
 * @param {{ only?: string, find?: string, sort?: string, collapsed?: ReadonlySet<number> }} [options] only: one of changes, or
 *   failing; a text in service and name; sort: "time", by the difference; the hashes of paths whose subtree is not shown
 * @returns {{ rows: Int32Array, fits: Uint8Array, count: number }} fits: 1 for those that fit; count: how many they are
 */
export function compareRows(c, d, { only = '', find = '', sort = '', collapsed = new Set() } = {}) {
  const change = /** @type {readonly string[]} */ (changes).indexOf(only);
  const wanted = find.trim().toLowerCase();
  const all = !wanted && change < 0 && only !== 'failing';
  const fits = new Uint8Array(c.count);
  const shown = new Uint8Array(c.count);
  let count = 0;
  for (let at = c.count - 1; at >= 0; at--) {
    const { service, name } = pathAt(c, at);
    const hit = all || ((change < 0 || d.change[at] === change) && (only !== 'failing' || failsMore(c, at)) && `${service} ${name}`.toLowerCase().includes(wanted));
    if (hit) {
      fits[at] = shown[at] = 1;
      count++;
    }
    if (shown[at] && sort !== 'time' && c.parent[at] >= 0) shown[c.parent[at]] = 1;
  }
  const rows = new Int32Array(c.count);
  let n = 0;
  for (let at = 0; at < c.count;) {
    if (shown[at]) rows[n++] = at;
    at = shown[at] && sort !== 'time' && collapsed.has(hashAt(c, at)) ? c.end[at] : at + 1;
  }
  const seen = rows.subarray(0, n);
  if (sort === 'time') seen.sort((x, y) => Math.abs(d.delta[y]) - Math.abs(d.delta[x]) || x - y);
  return { rows: seen, fits, count };
}

/** Of a path's names: trace/paths.js. @param {Comparison} c @param {number} at */
export function hashAt(c, at) {
  const { paths, path } = pathAt(c, at);
  return paths.hash[path];
}

// SPDX-License-Identifier: Apache-2.0

/** @import { Flame, Marked, Paths, Trace } from '../types.js' */
import { selfTimes } from './self-time.js';

/**
 * How wide each path is, ns: its total time or, of self, the self times of it
 * and of all paths below.
 * @param {Paths} paths
 * @param {boolean} self
 */
export function weights(paths, self) {
  if (!self) return paths.total;
  const sum = paths.self.slice();
  for (let p = paths.count - 1; p >= 0; p--) if (paths.parent[p] >= 0) sum[paths.parent[p]] += sum[p];
  return sum;
}

/**
 * The paths right below a path, the widest first.
 * @param {Paths} paths
 * @param {Float64Array} weight
 * @param {number} path -1: the roots
 */
export function below(paths, weight, path) {
  const found = [];
  const end = path < 0 ? paths.count : paths.end[path];
  for (let p = path + 1; p < end; p = paths.end[p]) found.push(p);
  return found.sort((a, b) => weight[b] - weight[a] || a - b);
}

/**
 * Where the paths are drawn: below each those that it called, as wide as their
 * share of its time. Where they take more than it has, because they ran at the same
 * time or after it, they share all of it.
 * @param {Paths} paths
 * @param {Float64Array} weight
 * @param {number} top the path that is as wide as all, -1: the roots are
 * @param {number} width px
 * @returns {Flame}
 */
export function layout(paths, weight, top, width) {
  /** @type {Flame} */
  const flame = { path: [], rest: [], x: [], width: [], narrow: [], levels: [0] };
  const add = (/** @type {number} */ path, /** @type {number} */ rest, /** @type {number} */ x, /** @type {number} */ w, narrow = false) => {
    flame.path.push(path);
    flame.rest.push(rest);
    flame.x.push(x);
    flame.width.push(w);
    flame.narrow.push(narrow);
  };
  const spread = (/** @type {number} */ above, /** @type {number} */ x, /** @type {number} */ w) => {
    const list = below(paths, weight, above);
    let sum = 0;
    for (const p of list) sum += weight[p];
    const scale = w / Math.max(sum, above < 0 ? 0 : weight[above]);
    const narrow = above >= 0 && sum > weight[above];
    let n = 0;
    for (; n < list.length && weight[list[n]] * scale >= 1; n++) {
      add(list[n], 0, x, weight[list[n]] * scale, narrow);
      x += weight[list[n]] * scale;
      sum -= weight[list[n]];
    }
    if (n < list.length && sum * scale >= 1) add(above, list.length - n, x, sum * scale, narrow);
  };
  if (top >= 0) add(top, 0, 0, width);
  else spread(-1, 0, width);
  for (let i = 0, end = flame.path.length; i < end; end = flame.path.length) {
    flame.levels.push(end);
    for (; i < end; i++) if (!flame.rest[i]) spread(flame.path[i], flame.x[i], flame.width[i]);
  }
  return flame;
}

/**
 * The box at a place, -1: there is none.
 * @param {Flame} flame
 * @param {number} level
 * @param {number} x px
 */
export function boxAt({ x: lefts, width, levels }, level, x) {
  for (let i = levels[level] ?? 0; i < (levels[level + 1] ?? 0); i++) if (x >= lefts[i] && x < lefts[i] + width[i]) return i;
  return -1;
}

/**
 * The spans to leave out when only those that are found count, and those above them.
 * @param {Trace} t
 * @param {Uint8Array | null} hidden
 * @param {Marked} found
 */
export function unmatched(t, hidden, found) {
  const out = new Uint8Array(t.count).fill(1);
  for (let i = t.count - 1; i >= 0; i--) {
    if (found.mask[i] && !hidden?.[i]) out[i] = 0;
    if (!out[i] && t.parent[i] >= 0) out[t.parent[i]] = 0;
  }
  for (let i = 0; hidden && i < t.count; i++) out[i] |= hidden[i];
  return out;
}

/**
 * How many of the spans are found, by path and together, and their time: the
 * durations of those that are below no other or, of self, all their self times.
 * @param {Paths} paths
 * @param {Marked} found
 * @param {boolean} self
 */
export function matches({ trace: t, of, count }, found, self) {
  const byPath = new Int32Array(count);
  const own = self ? selfTimes(t) : t.durations;
  let [spans, time, until] = [0, 0, 0];
  for (let i = 0; i < t.count; i++) {
    if (of[i] < 0 || !found.mask[i]) continue;
    byPath[of[i]]++;
    spans++;
    if (!self && i < until) continue;
    time += own[i];
    until = t.end[i];
  }
  return { byPath, spans, time };
}

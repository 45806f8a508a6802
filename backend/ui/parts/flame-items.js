// SPDX-License-Identifier: Apache-2.0

/** @import { Paths } from '../types.js' */
import { count, cut, duration, percent } from '../lib/format.js';
import { below } from '../trace/flame.js';
import { html, nothing, repeat } from '../vendor/lit.js';

/** So many children, siblings and paths above are told of. */
const most = 50;

/**
 * The paths around one as items of a tree, for those who do not see the picture:
 * those above it, those beside it, itself, and those below it.
 * @param {Paths} paths
 * @param {Float64Array} weight
 * @param {number} at -1: none
 * @param {number} top the path that is shown as wide as all, -1: the roots are
 */
export function treeItems(paths, weight, at, top) {
  const { parent } = paths;
  /** @type {number[]} */
  const above = [];
  for (let p = at < 0 ? -1 : parent[at]; p >= 0 && above.length < most; p = parent[p]) above.unshift(p);
  const kin = below(paths, weight, at < 0 ? (top < 0 ? -1 : parent[top]) : parent[at]);
  const from = Math.max(0, kin.indexOf(at) - most / 2);
  const kids = at < 0 ? [] : below(paths, weight, at);
  const item = (/** @type {number} */ p, /** @type {number} */ place, /** @type {number} */ size) => ({ p, place, size });
  const items = [
    ...above.map((p) => { const all = below(paths, weight, parent[p]); return item(p, all.indexOf(p) + 1, all.length); }),
    ...kin.slice(from, from + most).flatMap((p, i) => [item(p, from + i + 1, kin.length), ...(p === at ? kids.slice(0, most).map((k, n) => item(k, n + 1, kids.length)) : [])]),
  ];
  return html`<div class="sr" role="none">${repeat(items, ({ p }) => p, ({ p, place, size }) => html`<div role="treeitem" id="p${p}" aria-level=${paths.depth[p] + 1} aria-posinset=${place} aria-setsize=${size}
    aria-selected=${String(p === at)} aria-expanded=${paths.end[p] > p + 1 ? String(p === at || above.includes(p)) : nothing}>${textOf(paths, p)}</div>`)}</div>`;
}

/**
 * @param {Paths} paths
 * @param {number} p
 */
function textOf({ trace: t, service, name, spans, errors, total, self }, p) {
  return `${cut(t.services[service[p]], 80)}: ${cut(t.names[name[p]], 160)}, ${count(spans[p], 'span')}${errors[p] ? `, ${count(errors[p], 'error')}` : ''}, total ${duration(total[p])}, ${percent(total[p] / (t.duration || 1))} of the trace, self ${duration(self[p])}`;
}

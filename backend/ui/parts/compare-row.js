// SPDX-License-Identifier: Apache-2.0

/** @import { CompareView } from '../app/compare-view.js' */
import { rowHeight, theme } from '../app/theme.js';
import { serviceColor } from '../lib/color.js';
import { count, duration, number, since } from '../lib/format.js';
import { kinds } from '../search/words.js';
import { changes, pathAt } from '../trace/compare.js';
import { classMap, css, html, nothing } from '../vendor/lit.js';
import { setStyle } from './set-style.js';

/** What became of a path, never by colour alone. */
const signs = ['', '+', '−', '▲', '▼'];

/**
 * What rows have in common.
 * @typedef {object} Place
 * @property {CompareView} view
 * @property {number} active the path where the keyboard is, -1: none
 * @property {ReadonlySet<number>} closed hashes of paths
 * @property {boolean} flat by difference, not as a tree
 * @property {boolean} beside bars over time, which a canvas draws, are where the numbers were
 * @property {number} names width of the names, px
 */

export const rowStyles = css`
  .row { display: grid; grid-template-columns: minmax(0, 1fr) 68px 108px 92px 164px 164px 204px; gap: 0 10px; height: var(--row); line-height: var(--row); padding: 0 16px 0 0; white-space: nowrap; font-size: 13px; font-variant-numeric: tabular-nums; cursor: default; }
  .beside .row { grid-template-columns: var(--names) 68px 84px minmax(0, 1fr); }
  .rows .row { position: absolute; left: 0; right: 0; }
  .rows .row:hover { background: color-mix(in srgb, var(--text) 6%, transparent); }
  .rows .row[aria-selected='true'] { background: var(--bg-selected); }
  .rows .row.at { box-shadow: inset 3px 0 var(--accent); }
  .name { display: flex; align-items: center; gap: 5px; min-width: 0; overflow: hidden; }
  .texts b { font-weight: 600; }
  bdi, b { unicode-bidi: isolate; }
  .context .texts { color: var(--text-soft); }
  .pair { display: grid; grid-template-columns: 1fr 18px 1fr; text-align: right; }
  .pair i { font-style: normal; text-align: center; color: var(--text-soft); }
  .equal { color: var(--text-soft); }
  .change { font-size: var(--small); }
  .more { color: var(--warning); }
  .less { color: var(--ok); }
  .delta { display: grid; grid-template-columns: 78px 1fr; gap: 8px; align-items: center; text-align: right; }
  .axis { position: relative; height: 100%; }
  .axis::before { content: ''; position: absolute; left: 50%; top: 0; bottom: 0; border-left: 1px solid var(--line-strong); }
  .axis i { position: absolute; top: 7px; height: 10px; min-width: 1px; }
  .axis .more { background: var(--warning); left: calc(50% + 1px); }
  .axis .less { background: var(--ok); right: 50%; }
  @media (max-width: 1080px) {
    .row { grid-template-columns: minmax(0, 1fr) 68px 96px 140px 84px; }
    .row > .errors, .row > .self { display: none; }
    .grid:not(.beside) .delta { grid-template-columns: 1fr; }
    .grid:not(.beside) .axis { display: none; }
  }
  @media (max-width: 700px) {
    .row { grid-template-columns: minmax(0, 1fr) 56px 76px; gap: 0 6px; padding-right: 8px; }
    .row > .spans, .row > .total { display: none; }
    .beside .row { grid-template-columns: 130px minmax(0, 1fr); }
    .beside .row > .change, .beside .row > .delta { display: none; }
  }
`;

/**
 * A path.
 * @param {number} at in view.c
 * @param {number} n the row
 * @param {Place} p
 */
export function row(at, n, p) {
  const { c, d, fits, chosen, largest } = p.view;
  const { paths, path, service, name } = pathAt(c, at);
  const [inA, inB] = [c.inA[at], c.inB[at]];
  const below = !p.flat && c.end[at] > at + 1;
  const open = !p.closed.has(paths.hash[path]);
  const up = p.flat && c.parent[at] >= 0 ? pathAt(c, c.parent[at]) : null;
  const level = p.flat ? 0 : c.depth[at];
  const change = d.change[at];
  const delta = d.delta[at];
  const tone = (/** @type {number} */ x) => (x > 0 ? 'more' : x < 0 ? 'less' : 'equal');
  const pair = (/** @type {string} */ kind, /** @type {string} */ a, /** @type {string} */ b, bad = false) => html`<span role="gridcell" class=${kind}>${
    a === b ? html`<span class="pair equal"><span></span><span></span><span>${b}</span></span>` : html`<span class="pair"><span>${a}</span><i>→</i><span class=${bad ? 'error' : ''}>${b}</span></span>`}</span>`;
  const [errorsA, errorsB] = [inA < 0 ? 0 : c.a.errors[inA], inB < 0 ? 0 : c.b.errors[inB]];
  const value = (/** @type {Float64Array} */ all, /** @type {number} */ i) => (i < 0 ? '–' : duration(all[i]));
  return html`<div role="row" id="r${at}" data-row=${n} class=${classMap({ row: true, at: at === p.active, context: !fits[at] })} aria-rowindex=${n + 2} aria-level=${level + 1}
    aria-expanded=${below ? String(open) : nothing} aria-selected=${String(at === chosen)} ${setStyle({ top: `${n * rowHeight}px` })}>
    <span role="gridcell" class="name" title="${service.slice(0, 300)}: ${name.slice(0, 300)}${paths.kind[path] ? `\n${kinds[paths.kind[path]]}` : ''}" ${setStyle({ 'padding-left': `${indent(level, p.names)}px` })}>
      ${p.flat ? nothing : html`<i class="toggle ${below ? (open ? 'open' : '') : 'none'}"></i>`}
      <i class="swatch" ${setStyle({ background: serviceColor(service, theme.value) })}></i>
      <span class="texts"><b>${service.slice(0, 300)}</b> <bdi>${name.slice(0, 300)}</bdi>${up ? html` <span class="soft">in <bdi>${up.service.slice(0, 100)} ${up.name.slice(0, 100)}</bdi></span>` : nothing}</span>${below && !open ? html`<span class="soft" title="${count(c.end[at] - at - 1, 'path')} below">+${number(c.end[at] - at - 1)}</span>` : nothing}
    </span>
    <span role="gridcell" class="change ${change ? (change % 2 ? 'more' : 'less') : ''}">${change ? `${signs[change]} ${changes[change]}` : nothing}</span>
    ${p.beside ? nothing : html`
      ${pair('spans', inA < 0 ? '–' : number(c.a.spans[inA]), inB < 0 ? '–' : number(c.b.spans[inB]))}
      ${errorsA || errorsB ? pair('errors', number(errorsA), number(errorsB), errorsB > errorsA) : html`<span role="gridcell" class="errors"></span>`}
      ${pair('total', value(c.a.total, inA), value(c.b.total, inB))}
      ${pair('self', inA < 0 ? '–' : duration(d.a[at]), inB < 0 ? '–' : duration(d.b[at]))}`}
    <span role="gridcell" class="delta"><span class=${change ? tone(delta) : 'equal'}>${delta ? since(delta) : '0'}</span>${p.beside ? nothing : html`<span class="axis" aria-hidden="true">${delta ? html`<i class=${tone(delta)} ${setStyle({ width: `${(50 * Math.abs(delta)) / (largest || 1)}%` })}></i>` : nothing}</span>`}</span>
    ${p.beside ? html`<span role="gridcell" aria-label=${`starts ${startOf(c.a.start, inA)} in a, ${startOf(c.b.start, inB)} in b`}></span>` : nothing}
  </div>`;
}

/**
 * @param {Float64Array} starts
 * @param {number} path
 */
function startOf(starts, path) {
  return path < 0 ? 'never' : since(starts[path]) || 'at once';
}

/**
 * Where a name begins, px: deep ones leave room for their text.
 * @param {number} level
 * @param {number} names width of the names, px
 */
function indent(level, names) {
  const [step, room] = names < 300 ? [8, 110] : [14, 190];
  return 6 + Math.min(level * step, Math.max(0, names - room));
}

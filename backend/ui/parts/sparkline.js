// SPDX-License-Identifier: Apache-2.0

/** @import { Axis } from '../lib/chart.js' */
import { paths, place } from '../lib/chart.js';
import { css, html, nothing, svg } from '../vendor/lit.js';

const [width, height] = [84, 20];

/** What curves look like; those of errors are called "failed". */
export const curveStyle = css`
  path { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
  path.failed { stroke: var(--error); }
  path.p50, path.p99 { stroke: var(--line-strong); stroke-width: 1; }
  path.part { stroke-dasharray: 1 3; }
  path.dots { stroke-width: 3.5; }
  .spark { display: block; width: 84px; height: 20px; }
`;

/**
 * Small curves beside the numbers that say the same.
 * @param {[values: Float64Array, name: string][]} curves
 * @param {Axis} axis
 * @param {(i: number) => boolean} partial
 */
export function sparkline(curves, axis, partial) {
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" aria-hidden="true">${curves.map(([values, name]) => {
    const x = (/** @type {number} */ i) => 1 + ((i + 0.5) / values.length) * (width - 2);
    return curve(values, name, partial, x, (value) => height - 2 - place(axis, value) * (height - 4));
  })}</svg>`;
}

/**
 * A curve in SVG.
 * @param {Float64Array} values
 * @param {string} name
 * @param {(i: number) => boolean} partial
 * @param {(i: number) => number} x
 * @param {(value: number) => number} y
 */
export function curve(values, name, partial, x, y) {
  return Object.entries(paths(values, partial, x, y)).map(([kind, d]) => (d ? svg`<path class="${name} ${kind}" d=${d}></path>` : nothing));
}

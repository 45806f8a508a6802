// SPDX-License-Identifier: Apache-2.0

/** @typedef {{ x: number, y: number }} Point */

/** How much lower a line is that leads back to the left: beside the one that leads forth. */
const lower = 7;

/**
 * The line of a call from box to box: its first point, and curves (Bézier's), each
 * of two control points and an end.
 * @param {Point} from the caller's middle
 * @param {Point} to the callee's
 * @param {Point[]} via
 * @param {number} width of a box
 * @returns {Point[]}
 */
export function lineOf(from, to, via, width) {
  const half = width / 2;
  if (Math.abs(from.x - to.x) < width) { // one above the other, or itself
    const x = Math.max(from.x, to.x) + half;
    const out = x + 50;
    const [y, end] = from === to ? [from.y - lower, to.y + lower] : [from.y, to.y];
    return [{ x: from.x + half, y }, { x: out, y }, { x: out, y: end }, { x: to.x + half, y: end }];
  }
  const way = from.x < to.x ? 1 : -1;
  const down = way < 0 ? lower : 0;
  const stops = [{ x: from.x + way * half, y: from.y + down }];
  for (const { x, y } of via) stops.push({ x: x - way * half, y: y + down }, { x: x + way * half, y: y + down });
  stops.push({ x: to.x - way * half, y: to.y + down });
  const line = [stops[0]];
  for (let i = 1; i < stops.length; i++) {
    const [a, b] = [stops[i - 1], stops[i]];
    const bend = (b.x - a.x) / 2;
    line.push({ x: a.x + bend, y: a.y }, { x: b.x - bend, y: b.y }, b);
  }
  return line;
}

/**
 * A point of a line.
 * @param {Point[]} line
 * @param {number} share 0: its beginning, 1: its end
 * @returns {Point}
 */
export function pointAt(line, share) {
  const curves = (line.length - 1) / 3;
  const i = Math.min(curves - 1, Math.floor(share * curves));
  const t = share * curves - i;
  const [a, b, c, d] = line.slice(i * 3, i * 3 + 4);
  const at = (/** @type {'x' | 'y'} */ k) => (1 - t) ** 3 * a[k] + 3 * t * (1 - t) ** 2 * b[k] + 3 * t * t * (1 - t) * c[k] + t ** 3 * d[k];
  return { x: at('x'), y: at('y') };
}

/**
 * How far a point is from a line, Infinity when further than near.
 * @param {Point[]} line
 * @param {Point} point
 * @param {number} near
 */
export function distance(line, point, near) {
  const outside = (/** @type {'x' | 'y'} */ k) => line.every((p) => p[k] < point[k] - near) || line.every((p) => p[k] > point[k] + near);
  if (outside('x') || outside('y')) return Infinity;
  let least = Infinity;
  const steps = ((line.length - 1) / 3) * 16;
  for (let [i, a] = [1, line[0]]; i <= steps; i++) {
    const b = pointAt(line, i / steps);
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const t = Math.max(0, Math.min(1, ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(a.x + t * dx - point.x, a.y + t * dy - point.y));
    a = b;
  }
  return least <= near ? least : Infinity;
}

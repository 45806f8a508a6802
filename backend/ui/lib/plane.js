// SPDX-License-Identifier: Apache-2.0

/**
 * What of a plane is seen: a point (x, y) of it is at x * scale + left,
 * y * scale + top, px.
 * @typedef {{ scale: number, left: number, top: number }} Plane
 */

/** The least and the largest scale. */
export const scales = { least: 0.03, most: 2.5 };

/** Room around what is fitted in, px. */
const margin = 16;

/**
 * All points within the middle of a window, no larger than they are.
 * @param {Iterable<{ x: number, y: number }>} points
 * @param {{ width: number, height: number }} box around each
 * @param {number} width of the window, px
 * @param {number} height
 * @returns {Plane}
 */
export function fitted(points, box, width, height) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  if (left > right) return { scale: 1, left: 0, top: 0 };
  const [w, h] = [right - left + box.width, bottom - top + box.height];
  const scale = Math.max(scales.least, Math.min(1, (width - 2 * margin) / w, (height - 2 * margin) / h));
  return { scale, left: width / 2 - ((left + right) / 2) * scale, top: height / 2 - ((top + bottom) / 2) * scale };
}

/**
 * Larger or smaller by a factor, with the point at (x, y) px where it was.
 * @param {Plane} p
 * @param {number} factor
 * @param {number} x
 * @param {number} y
 * @returns {Plane}
 */
export function zoomed(p, factor, x, y) {
  const scale = Math.max(scales.least, Math.min(scales.most, p.scale * factor));
  const by = scale / p.scale;
  return { scale, left: x - (x - p.left) * by, top: y - (y - p.top) * by };
}

/**
 * Moved by px.
 * @param {Plane} p
 * @param {number} dx
 * @param {number} dy
 * @returns {Plane}
 */
export function moved(p, dx, dy) {
  return { ...p, left: p.left + dx, top: p.top + dy };
}

/**
 * Moved no further than needed to see a point and a box around it.
 * @param {Plane} p
 * @param {{ x: number, y: number }} point
 * @param {{ width: number, height: number }} box
 * @param {number} width of the window, px
 * @param {number} height
 * @returns {Plane}
 */
export function shown(p, point, box, width, height) {
  const by = (/** @type {number} */ at, /** @type {number} */ half, /** @type {number} */ end) => Math.max(0, margin + half - at) || Math.min(0, end - margin - half - at);
  return moved(p, by(point.x * p.scale + p.left, (box.width / 2) * p.scale, width), by(point.y * p.scale + p.top, (box.height / 2) * p.scale, height));
}

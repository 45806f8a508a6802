// SPDX-License-Identifier: Apache-2.0

import { Atom } from '../lib/atom.js';

/** Pixels of the screen in one of CSS, along an edge. */
export const ratio = new Atom(devicePixelRatio);

/** Follows the window to other screens, and the browser's zoom. */
export function listen() {
  matchMedia(`(resolution: ${ratio.value}dppx)`).addEventListener('change', () => {
    ratio.value = devicePixelRatio;
    listen();
  }, { once: true });
}

/**
 * Empties a canvas of a size in px, to be drawn on in px.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function fit(canvas, width, height) {
  const [w, h] = [Math.round(width * ratio.value), Math.round(height * ratio.value)];
  if (canvas.width !== w) canvas.width = w; // which takes long
  if (canvas.height !== h) canvas.height = h;
  canvas.style.setProperty('width', `${width}px`);
  canvas.style.setProperty('height', `${height}px`);
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  g.setTransform(ratio.value, 0, 0, ratio.value, 0, 0);
  g.clearRect(0, 0, width, height);
  return g;
}

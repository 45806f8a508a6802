// SPDX-License-Identifier: Apache-2.0

/**
 * Follows the pointer from a pointerdown until it is released. The pointer is
 * captured by the event's current target. Escape, or the browser, can cancel.
 * @param {PointerEvent} down
 * @param {(event: PointerEvent) => void} move
 * @param {(event: PointerEvent | null) => void} end null: cancelled
 */
export function drag(down, move, end) {
  if (down.button) return;
  const target = /** @type {HTMLElement} */ (down.currentTarget);
  const over = new AbortController();
  const options = { signal: over.signal };
  const finish = (/** @type {PointerEvent | null} */ event) => {
    over.abort();
    end(event);
  };
  target.setPointerCapture(down.pointerId);
  target.addEventListener('pointermove', move, options);
  target.addEventListener('pointerup', finish, options);
  target.addEventListener('pointercancel', () => finish(null), options);
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    finish(null);
  }, { ...options, capture: true });
}

/** A rectangle that was dragged, px in the element: from is left of to, and width is the element's. @typedef {{ from: number, to: number, top: number, bottom: number, width: number }} Box */

/**
 * Follows a rectangle that is dragged across an element, from a pointerdown on it.
 * @param {PointerEvent} down
 * @param {(box: Box | null) => void} show null: none, or no longer
 * @param {(box: Box | null) => void} chosen called when the pointer is released; null: it was a click
 * @param {boolean} [tall] its height matters, too
 */
export function dragBox(down, show, chosen, tall = false) {
  const { left, top, width, height } = /** @type {HTMLElement} */ (down.currentTarget).getBoundingClientRect();
  const x = (/** @type {PointerEvent} */ event) => Math.max(0, Math.min(width, event.clientX - left));
  const y = (/** @type {PointerEvent} */ event) => Math.max(0, Math.min(height, event.clientY - top));
  const [x0, y0] = [x(down), y(down)];
  /** @type {Box | null} */
  let box = null;
  drag(down, (move) => {
    const [x1, y1] = [x(move), y(move)];
    if (!box && Math.max(Math.abs(x1 - x0), tall ? Math.abs(y1 - y0) : 0) < 4) return;
    box = { from: Math.min(x0, x1), to: Math.max(x0, x1), top: Math.min(y0, y1), bottom: Math.max(y0, y1), width };
    show(box);
  }, (up) => {
    show(null);
    if (up) chosen(box);
  });
}

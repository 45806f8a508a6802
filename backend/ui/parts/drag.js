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

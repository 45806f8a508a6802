// SPDX-License-Identifier: Apache-2.0

/**
 * What the wheel does over bars: with Ctrl it zooms about the pointer, across or
 * with Shift it pans.
 * @param {WheelEvent} event
 * @param {number} left of the bars, px in the window
 * @param {number} width of the bars, px
 * @param {(factor: number, share: number) => void} zoom by how much, about which share of the width
 * @param {(by: number) => void} pan by widths of what is shown
 */
export function zoomWheel(event, left, width, zoom, pan) {
  const across = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 200), Math.max(0, Math.min(1, (event.clientX - left) / width)));
  } else if (event.shiftKey || Math.abs(across) > Math.abs(event.deltaY)) {
    event.preventDefault();
    pan(across / Math.max(1, width));
  }
}

// SPDX-License-Identifier: Apache-2.0

import { pending } from './frame.js';

let working = 0;

/**
 * Counts a request, a worker's task or whatever else the page waits for, until
 * the returned function is called.
 */
export function busy() {
  working++;
  let done = false;
  return () => {
    if (!done) working--;
    done = true;
  };
}

/** Whether nothing is loading, due or moving. */
function idle() {
  return working === 0 && !pending() && !document.getAnimations().some((a) => a.playState === 'running' && a.effect?.getComputedTiming().endTime !== Infinity);
}

/** Resolves when the page was idle for two frames in a row. */
export async function uiIdle() {
  for (let quiet = 0; quiet < 2; quiet = idle() ? quiet + 1 : 0) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

// SPDX-License-Identifier: Apache-2.0

/**
 * Calls a function now and again and again while somebody can see the page, one
 * call at a time, until the returned function is called.
 * @param {() => Promise<void>} f
 * @param {number | (() => number)} pause ms between the end of a call and the next
 * @returns {() => void}
 */
export function poll(f, pause) {
  let timer = 0;
  let running = false;
  let stopped = false;

  const run = async () => {
    clearTimeout(timer);
    if (running || stopped || document.hidden) return;
    running = true;
    try {
      await f();
    } finally {
      running = false;
      timer = stopped ? 0 : setTimeout(run, typeof pause === 'number' ? pause : pause());
    }
  };
  document.addEventListener('visibilitychange', run);
  run();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', run);
  };
}

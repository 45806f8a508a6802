// SPDX-License-Identifier: Apache-2.0

// How long a page leaves its user waiting.

/**
 * Does something in the page, and tells how long its frames took meanwhile: the
 * time between two, and the time that scripts and layout took in one.
 * @param {import('playwright-core').Page} page
 * @param {() => Promise<void>} act
 * @returns {Promise<{ frames: number, longest: number, work: number }>} ms
 */
export async function watchFrames(page, act) {
  await page.evaluate(() => {
    const seen = { frames: 0, longest: 0, work: 0, last: performance.now(), on: true };
    const next = (/** @type {number} */ at) => {
      if (!seen.on) return;
      if (seen.frames++) seen.longest = Math.max(seen.longest, at - seen.last);
      seen.last = at;
      const began = performance.now();
      // A message comes after this frame's callbacks, style, layout and paint.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        seen.work = Math.max(seen.work, performance.now() - began);
      };
      port2.postMessage(0);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    window.frameTimes = seen;
  });
  await act();
  return page.evaluate(() => {
    window.frameTimes.on = false;
    const { frames, longest, work } = window.frameTimes;
    return { frames, longest, work };
  });
}

/**
 * Bytes of the page's JavaScript objects and of the buffers of its typed arrays,
 * after a collection.
 * @param {import('playwright-core').Page} page
 */
export async function heap(page) {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
    return usedSize + backingStorageSize;
  } finally {
    await session.detach();
  }
}

/** How many elements a page has. @param {import('playwright-core').Page} page */
export function elements(page) {
  return page.evaluate(() => {
    /** @type {(root: Document | ShadowRoot) => number} */
    const all = (root) => [...root.querySelectorAll('*')].reduce((n, e) => n + 1 + (e.shadowRoot ? all(e.shadowRoot) : 0), 0);
    return all(document);
  });
}

/**
 * Begins to count the processor's time of the page's main thread, which does not
 * grow when others use the machine.
 * @param {import('playwright-core').Page} page
 * @returns a function that tells ms since
 */
export async function watchProcessor(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find((m) => m.name === 'TaskDuration')?.value ?? NaN);
  };
}

// SPDX-License-Identifier: Apache-2.0

// What the eye wants of a page, measured: texts that do not overlap, none cut
// off, nothing wider than the window, nothing that jumps.
import assert from 'node:assert/strict';

/**
 * Fails when texts overlap, are cut without an ellipsis, or when the page is
 * wider than its window. What is painted on a canvas is not seen.
 * @param {import('playwright-core').Page} page
 */
export async function tidy(page) {
  const faults = await page.evaluate(untidy);
  if (faults.length) assert.fail(`${page.url()}\n  ${faults.join('\n  ')}`);
}

/** Runs in the page. @returns {string[]} */
function untidy() {
  /** @type {string[]} */
  const faults = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) faults.push(`the page is ${wide} px wider than its window`);

  /** @type {{ text: string, at: Element, box: DOMRect }[]} */
  const lines = [];
  const hostOf = (/** @type {Node} */ node) => {
    const root = node.getRootNode();
    return root instanceof ShadowRoot ? root.host : null;
  };
  const parentOf = (/** @type {Element} */ e) => e.assignedSlot ?? e.parentElement ?? hostOf(e);
  const meet = (/** @type {DOMRect} */ a, /** @type {DOMRect} */ b) => {
    const [x, y] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
    return new DOMRect(x, y, Math.max(0, Math.min(a.right, b.right) - x), Math.max(0, Math.min(a.bottom, b.bottom) - y));
  };
  const name = (/** @type {Element} */ e) => `<${e.localName}${e.className && typeof e.className === 'string' ? '.' + e.className.trim().replace(/\s+/g, '.') : ''}>`;
  const shorten = (/** @type {string} */ text) => JSON.stringify(text.trim().slice(0, 40));

  /** What of the box is in sight, and whether an ancestor cuts it without an ellipsis. */
  const clip = (/** @type {DOMRect} */ box, /** @type {Element} */ from, /** @type {string} */ text) => {
    let seen = meet(box, new DOMRect(0, 0, innerWidth, innerHeight));
    for (let e = /** @type {Element | null} */ (from); e && e !== document.body; e = parentOf(e)) {
      const css = getComputedStyle(e);
      if (css.clipPath !== 'none') return new DOMRect(0, 0, 0, 0); // for screen readers
      if (css.overflowX !== 'visible' || css.overflowY !== 'visible') {
        const outer = e.getBoundingClientRect();
        const scrolls = /auto|scroll/.test(css.overflowX);
        if (!scrolls && css.overflowX !== 'visible' && css.textOverflow !== 'ellipsis' && seen.width > 0 && seen.right > outer.right + 1 && seen.left < outer.right - 1) {
          faults.push(`${shorten(text)} is cut by ${name(e)} without an ellipsis`);
        }
        seen = meet(seen, outer);
      }
      if (css.position === 'fixed') break;
    }
    return seen;
  };

  const walk = (/** @type {Node} */ node) => {
    if (node instanceof Text) {
      const at = node.parentElement ?? hostOf(node);
      if (!node.data.trim() || !at?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return;
      if (at.closest('option, select, title, style, noscript')) return;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        const box = clip(rect, at, node.data);
        // The box of a line has room above and below its letters.
        if (box.width > 3 && box.height > 6) lines.push({ text: node.data, at, box: new DOMRect(box.x + 1, box.y + box.height * 0.2, box.width - 2, box.height * 0.6) });
      }
      return;
    }
    if (node instanceof HTMLSlotElement) {
      for (const child of node.assignedNodes().length ? node.assignedNodes() : node.childNodes) walk(child);
      return;
    }
    for (const child of ((node instanceof Element && node.shadowRoot) || node).childNodes) walk(child);
  };
  walk(document.body);

  /** The elements at a point, the topmost first, down to the first that hides those below it. */
  const atPoint = (/** @type {number} */ x, /** @type {number} */ y) => {
    /** @type {(root: Document | ShadowRoot) => Element[]} */
    const expand = (root) => root.elementsFromPoint(x, y).filter((e) => e.getRootNode() === root).flatMap((e) => (e.shadowRoot ? [...expand(e.shadowRoot), e] : [e]));
    const list = expand(document);
    const opaque = list.findIndex((e) => !/^rgba\(.*, 0(\.\d+)?\)$|^transparent$/.test(getComputedStyle(e).backgroundColor));
    return new Set(opaque < 0 ? list : list.slice(0, opaque + 1));
  };
  lines.sort((a, b) => a.box.top - b.box.top);
  for (let i = 0; i < lines.length; i++) {
    for (let k = i + 1; k < lines.length && lines[k].box.top < lines[i].box.bottom; k++) {
      const [a, b] = [lines[i], lines[k]];
      const both = meet(a.box, b.box);
      if (both.width < 1 || both.height < 1 || a.at === b.at) continue;
      const seen = atPoint(both.x + both.width / 2, both.y + both.height / 2);
      const shown = (/** @type {{ at: Element }} */ line) => seen.has(line.at) || getComputedStyle(line.at).pointerEvents === 'none';
      if (shown(a) && shown(b)) faults.push(`${shorten(a.text)} in ${name(a.at)} overlaps ${shorten(b.text)} in ${name(b.at)} at ${Math.round(both.x)},${Math.round(both.y)}`);
    }
  }
  return [...new Set(faults)].slice(0, 20);
}

/**
 * Begins to add up what moves without having been asked to (layout shift, as web
 * vitals count it: 0.1 is a tenth of the window).
 * @param {import('playwright-core').Page} page
 * @returns a function that tells the sum since, and what moved
 */
export async function watchShifts(page) {
  await page.evaluate(() => {
    window.shifts?.observer.disconnect();
    const shifts = { sum: 0, moved: /** @type {string[]} */ ([]), observer: new PerformanceObserver((list) => list.getEntries().forEach(add)) };
    const add = (/** @type {PerformanceEntry} */ e) => {
      const entry = /** @type {LayoutShift} */ (e);
      if (entry.hadRecentInput) return;
      shifts.sum += entry.value;
      for (const s of entry.sources) shifts.moved.push(`${(s.node instanceof Element ? s.node : s.node?.parentElement)?.localName ?? '?'} from ${Math.round(s.previousRect.x)},${Math.round(s.previousRect.y)} to ${Math.round(s.currentRect.x)},${Math.round(s.currentRect.y)}`);
    };
    shifts.observer.observe({ type: 'layout-shift' });
    window.shifts = Object.assign(shifts, { add });
  });
  return () =>
    page.evaluate(() => {
      window.shifts.observer.takeRecords().forEach(window.shifts.add);
      return { sum: window.shifts.sum, moved: window.shifts.moved };
    });
}

// SPDX-License-Identifier: Apache-2.0

/**
 * The text of an element that is to be seen, with that of the elements within,
 * which innerText leaves out. What is not in a line with what is before it is
 * on a line of its own, and cells have a space between them.
 * @param {import('playwright-core').Locator} locator
 */
export async function textOf(locator) {
  return locator.evaluate((root) => {
    let text = '';
    const walk = (/** @type {Node} */ node) => {
      if (node instanceof Text) {
        const keep = node.parentElement && getComputedStyle(node.parentElement).whiteSpace.startsWith('pre');
        text += keep ? node.data : node.data.replace(/\s+/g, ' ');
        return;
      }
      if (node instanceof Element) {
        const css = getComputedStyle(node);
        if (css.display === 'none' || css.visibility === 'hidden' || css.clipPath !== 'none' || node.localName === 'style') return;
        const block = !/inline|contents|table-cell/.test(css.display);
        text += block ? '\n' : ' ';
        if (node instanceof HTMLSlotElement) node.assignedNodes({ flatten: true }).forEach(walk);
        (node.shadowRoot ?? node).childNodes.forEach(walk);
        text += block ? '\n' : '';
        return;
      }
    };
    walk(root);
    return text.replace(/[ \t]+/g, ' ').replace(/ ?\n[ \n]*/g, '\n').trim();
  });
}

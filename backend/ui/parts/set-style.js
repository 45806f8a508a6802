// SPDX-License-Identifier: Apache-2.0

/** @import { ElementPart, Part } from 'lit' */
import { Directive, directive, noChange } from '../vendor/lit.js';

// Style attributes are forbidden to pages (Content-Security-Policy), setting
// properties is not.
class SetStyle extends Directive {
  /** @type {Record<string, string>} */ #set = {};

  /** @param {Record<string, string>} _style */
  render(_style) {
    return noChange;
  }

  /**
   * @param {Part} part
   * @param {unknown[]} args
   */
  update(part, args) {
    const css = /** @type {HTMLElement} */ (/** @type {ElementPart} */ (part).element).style;
    const style = /** @type {Record<string, string>} */ (args[0]);
    for (const name of Object.keys(this.#set)) if (!(name in style)) css.removeProperty(name);
    for (const [name, value] of Object.entries(style)) {
      if (this.#set[name] !== value) css.setProperty(name, value);
    }
    this.#set = style;
    return noChange;
  }
}

/** Sets CSS properties of an element: `<i ${setStyle({ left: '3px' })}>`. */
export const setStyle = /** @type {(style: Record<string, string>) => unknown} */ (/** @type {unknown} */ (directive(/** @type {any} */ (SetStyle))));

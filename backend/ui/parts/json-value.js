// SPDX-License-Identifier: Apache-2.0

/** @import { JSONLine, JSONNode } from '../types.js' */
import { controls } from '../app/styles.js';
import { count, cut } from '../lib/format.js';
import { jsonLines } from '../trace/json.js';
import { LitElement, css, html, nothing } from '../vendor/lit.js';
import { setStyle } from './set-style.js';

/** A value of so few lines is open as a whole, of a larger one the first level is. */
const few = 12;
/** Lines that are shown at first, and with each press of the button. */
const some = 200;
/** Characters of a string, and of what a folded value says of itself. */
const [longest, shortest] = [2000, 24];

/** An object or list whose parts can be folded. */
export class JSONValue extends LitElement {
  static properties = { node: { attribute: false }, shown: { state: true } };

  static styles = [controls, css`
    :host { display: block; font-family: var(--mono); font-size: 0.93em; }
    .line > * { display: block; min-height: 24px; line-height: 1.4; padding: 3px 0 3px 1.2em; text-indent: -1.2em; white-space: pre-wrap; overflow-wrap: anywhere; }
    .text { unicode-bidi: isolate; }
    .key { color: var(--text-soft); unicode-bidi: isolate; }
    button { border: 0; background: none; text-align: left; font: inherit; }
    button:hover:not(:disabled) { background: none; color: var(--link); }
    i { display: inline-block; width: 1.2em; text-indent: 0; font-style: normal; color: var(--text-soft); }
    .more { text-indent: 0; color: var(--link); font-family: var(--font); font-size: var(--small); }
  `];

  constructor() {
    super();
    /** @type {JSONNode | null} */
    this.node = null;
    /** What somebody opened or closed, by path. @type {Map<string, boolean>} */
    this.toggled = new Map();
    this.shown = some;
    this.small = true;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('node')) return;
    this.toggled.clear();
    this.shown = some;
    this.small = Boolean(this.node && lines(this.node, few) <= few);
  }

  render() {
    if (!this.node) return nothing;
    const all = jsonLines(this.node, (path, depth) => this.toggled.get(path) ?? (this.small || depth === 0));
    const more = all.length - this.shown;
    return html`${all.slice(0, this.shown).map((line) => this.#line(line))}
      ${more > 0 ? html`<button class="more" @click=${() => { this.shown += some * 5; }}>Show ${count(Math.min(more, some * 5), 'more line')} of ${more}</button>` : nothing}`;
  }

  /** @param {JSONLine} line */
  #line({ path, depth, key, node, open }) {
    const before = key === null ? nothing : html`<span class="key">${key}: </span>`;
    const text = node.kind === 'string' ? JSON.stringify(cut(node.text, longest)) : node.text;
    return html`<div class="line" ${setStyle({ 'padding-left': `${1.2 * Math.min(depth, 12)}em` })}>${
      node.entries.length
        ? html`<button aria-expanded=${open} @click=${() => this.#toggle(path, !open)}><i aria-hidden="true">${open ? '▾' : '▸'}</i>${before}<span class=${open ? 'key' : 'text'}>${open ? size(node) : brief(node)}</span></button>`
        : html`<span><i></i>${before}<span class="text">${text || (node.kind === 'object' ? '{}' : '[]')}</span></span>`
    }</div>`;
  }

  /**
   * @param {string} path
   * @param {boolean} open
   */
  #toggle(path, open) {
    this.toggled.set(path, open);
    this.requestUpdate();
  }
}
customElements.define('json-value', JSONValue);

/**
 * How many lines a value has, or more than most.
 * @param {JSONNode} node
 * @param {number} most
 */
function lines(node, most) {
  let n = 1;
  for (const e of node.entries) if ((n += lines(e.node, most - n)) > most) break;
  return n;
}

/** @param {JSONNode} node */
function size(node) {
  return node.kind === 'object' ? count(node.entries.length, 'key') : count(node.entries.length, 'value');
}

/** What a folded value says: `{a: 1, b: {…}, …}`. @param {JSONNode} node */
function brief(node) {
  const parts = node.entries.slice(0, 4).map(({ key, node: n }) => {
    const value = n.kind === 'object' ? (n.entries.length ? '{…}' : '{}') : n.kind === 'array' ? (n.entries.length ? '[…]' : '[]') : n.kind === 'string' ? JSON.stringify(cut(n.text, shortest)) : cut(n.text, shortest);
    return node.kind === 'object' ? `${cut(key, shortest)}: ${value}` : value;
  });
  if (node.entries.length > 4) parts.push('…');
  return node.kind === 'object' ? `{${parts.join(', ')}}` : `[${parts.join(', ')}]`;
}

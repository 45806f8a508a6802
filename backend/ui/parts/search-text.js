// SPDX-License-Identifier: Apache-2.0

import { tokens } from '../search/tokens.js';
import { fields, limits } from '../search/words.js';
import { html, nothing } from '../vendor/lit.js';

/**
 * The text of a search in colours.
 * @param {string} text
 * @param {number} wrong where something is wrong, -1 for nowhere
 * @param {number} spot what is being written begins here
 */
export function colored(text, wrong, spot) {
  if (text.length > limits.bytes) return [text, '\u200b']; // too long for a search
  let pos = 0;
  const pieces = [];
  for (const t of tokens(text)) {
    const kind = t.kind === 'key' && !t.quoted && fields.has(t.text) ? 'field' : t.kind;
    pieces.push(between(text, pos, t.start, wrong, spot), t.start === spot && html`<i class="spot"></i>`);
    pieces.push(html`<span class="${kind}${t.start <= wrong && wrong < t.end ? ' wrong' : ''}">${text.slice(t.start, t.end)}</span>`);
    pos = t.end;
  }
  pieces.push(between(text, pos, text.length, wrong, spot), spot >= text.length && html`<i class="spot"></i>`);
  // Without something behind it, a line's end would not count.
  pieces.push(html`<span class=${wrong >= text.length ? 'wrong' : nothing}>${wrong >= text.length ? '\u00a0' : '\u200b'}</span>`);
  return pieces.map((p) => p || nothing);
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {number} wrong
 * @param {number} spot
 */
function between(text, from, to, wrong, spot) {
  const space = text.slice(from, to);
  if (wrong >= from && wrong < to) return html`<span class="wrong">${space}</span>`;
  if (spot > from && spot < to) return html`${text.slice(from, spot)}<i class="spot"></i>${text.slice(spot, to)}`;
  return space;
}

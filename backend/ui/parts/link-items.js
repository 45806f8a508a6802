// SPDX-License-Identifier: Apache-2.0

/** @import { Link } from '../types.js' */
import { css, html } from '../vendor/lit.js';

export const linkStyle = css`
  .links { display: flex; flex-wrap: wrap; gap: 0 12px; min-width: 0; }
  .link { max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: var(--small); line-height: 24px; unicode-bidi: isolate; }
`;

/**
 * Links to other pages, which open beside this one.
 * @param {Link[]} links
 */
export function linkItems(links) {
  return links.map(({ url, text }) => html`<a class="link" href=${url} target="_blank" rel="noopener noreferrer" title="${text}: ${url.slice(0, 300)}">${text} ↗</a>`);
}

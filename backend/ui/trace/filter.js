// SPDX-License-Identifier: Apache-2.0

/** @import { Marked, Trace } from '../types.js' */
import { parseDuration } from '../search/values.js';
import { kinds } from '../search/words.js';

/**
 * The spans to hide: "service:NAME", "kind:NAME", "shorter:10ms". What it does
 * not know hides nothing.
 * @param {Trace} t
 * @param {string[]} hide as in the address
 * @returns {Marked | null} null when there is nothing to hide
 */
export function hiddenSpans(t, hide) {
  const services = new Uint8Array(t.services.length);
  const byKind = new Uint8Array(kinds.length);
  let shorter = 0;
  for (const text of hide) {
    const colon = text.indexOf(':');
    const value = text.slice(colon + 1);
    switch (text.slice(0, colon)) {
      case 'service':
        t.services.forEach((s, i) => s === value && (services[i] = 1));
        break;
      case 'kind':
        if (kinds.includes(value)) byKind[kinds.indexOf(value)] = 1;
        break;
      case 'shorter':
        shorter = Math.max(shorter, Number(parseDuration(value.replaceAll(' ', '')) ?? 0));
    }
  }
  const mask = new Uint8Array(t.count);
  const hidden = { mask, count: 0, errors: 0 };
  for (let i = 0; i < t.count; i++) {
    if (!services[t.service[i]] && !byKind[t.kind[i]] && t.durations[i] >= shorter) continue;
    mask[i] = 1;
    hidden.count++;
    if (t.status[i] === 2) hidden.errors++;
  }
  return hidden.count ? hidden : null;
}

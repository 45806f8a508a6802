// SPDX-License-Identifier: Apache-2.0

/**
 * A search whose times are others.
 * @param {string} q docs/search.md
 * @param {{ since?: bigint, until?: bigint, shortest?: bigint, longest?: bigint }} range ns since 1970; of the trace's duration, ns
 */
export function narrow(q, { since, until, shortest, longest }) {
  const durations = shortest !== undefined || longest !== undefined;
  const kept = words(q).filter((w) => !/^(since|until):/.test(w) && !(durations && /^trace\.dur[<>]/.test(w)));
  if (shortest !== undefined) kept.push(`trace.dur>=${shortest}ns`);
  if (longest !== undefined) kept.push(`trace.dur<=${longest}ns`);
  if (since !== undefined) kept.push(`since:${iso(since)}`);
  if (until !== undefined) kept.push(`until:${iso(until)}`);
  return kept.join(' ');
}

/** The words of a text, of which those in quotes, parentheses and braces are one. @param {string} q */
function words(q) {
  return q.match(/(?:"(?:\\["\\]|[^"])*"|[({][^]*[)}]|[^\s"])+/g) ?? [];
}

/** @param {bigint} ns since 1970 */
function iso(ns) {
  const fraction = String(ns % 1_000_000_000n).padStart(9, '0').replace(/0+$/, '');
  return new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19) + (fraction ? '.' + fraction : '') + 'Z';
}

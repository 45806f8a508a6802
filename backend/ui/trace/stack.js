// SPDX-License-Identifier: Apache-2.0

/** @import { StackLine } from '../types.js' */

// How runtimes write a frame: Java and other JVMs, JavaScript, .NET, Python,
// PHP, Ruby, Go's place (its function is the line before), Rust's place.
/** @type {RegExp[]} */
const frames = [
  /^\s+at (?<f>[^\s(][^(]*)\((?<p>[^()]*)\)$/,
  /^\s+at (?:async )?(?<f>[^(]+) \((?<p>.+:\d+:\d+)\)$/,
  /^\s+at (?:async )?(?<f>)(?<p>\S+:\d+:\d+)$/,
  /^\s+at (?<f>.+?\)) in (?<p>.+:line \d+)$/,
  /^\s+at (?<f>.+\))(?<p>)$/,
  /^\s+File "(?<p>[^"]+", line \d+)(?:, in (?<f>.+))?$/,
  /^#\d+ (?<p>[^(]+\(\d+\)): (?<f>.+)$/,
  /^\s*(?:from )?(?<p>\S+\.rb:\d+):in [`'](?<f>.+)'$/,
  /^\t(?<f>)(?<p>\S.*\.(?:go|s):\d+)(?: \+0x[0-9a-f]+)?$/,
  /^\s+at (?<f>)(?<p>\S+\.rs:\d+(?::\d+)?)$/,
  /^(?<f>[^\s@]*)@(?<p>\S+:\d+:\d+)$/,
];

/**
 * Reads a stack trace as the common languages write it.
 * @param {string} text
 * @returns {StackLine[] | null} null when it is none: fewer than two frames
 */
export function parseStack(text) {
  if (!text.includes('\n')) return null;
  /** @type {StackLine[]} */
  const lines = [];
  let count = 0;
  for (const raw of text.trimEnd().split('\n')) {
    const line = raw.trimEnd();
    const match = frames.map((f) => f.exec(line)).find((m) => m);
    if (!match) {
      lines.push({ kind: /^\s*\.{3} \d+ (more|common frames omitted)/.test(line) ? 'more' : 'message', text: line, function: '', place: '' });
      continue;
    }
    count++;
    lines.push({ kind: 'frame', text: line, function: match.groups?.f?.trim() ?? '', place: (match.groups?.p ?? '').replace('", line ', ':') });
  }
  return count >= 2 ? lines : null;
}

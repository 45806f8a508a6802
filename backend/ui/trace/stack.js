// SPDX-License-Identifier: Apache-2.0

/** @import { StackLine } from '../types.js' */

// How runtimes write a frame: its function and its place. Those without a
// function have it on the line before.
const frames = [
  /^\s+at (?:async )?(?<f>[^(]+) \((?<p>.+:\d+:\d+)\)$/, // JavaScript
  /^\s+at (?:async )?(?<f>)(?<p>\S+:\d+(?::\d+)?)$/, // JavaScript without a function, Rust
  /^\s+at (?<f>[^\s(][^(]*)\((?<p>[^()]*)\)$/, // Java and its like
  /^(?<f>[^\s@]*)@(?<p>\S+:\d+:\d+)$/, // JavaScript in Firefox and Safari
  /^\s+at (?<f>.+?\)) in (?<p>.+:line \d+)$/, // .NET
  /^\s+at (?<f>.+\))(?<p>)$/, // .NET without a place
  /^\s+File "(?<p>[^"]+", line \d+)(?:, in (?<f>.+))?$/, // Python
  /^#\d+ (?<p>[^(]+\(\d+\)): (?<f>.+)$/, // PHP
  /^\s*(?:from )?(?<p>\S+\.rb:\d+):in [`'](?<f>.+)'$/, // Ruby
  /^\t(?<f>)(?<p>\S.*\.(?:go|s):\d+)(?: \+0x[0-9a-f]+)?$/, // Go
];
/** Lines that are longer, UTF-16 units, are no frames: reading them could take long. */
const longest = 1000;

// The line before, of Go and Rust.
const functions = [/^created by (\S+)(?: in goroutine \d+)?$/, /^\s*\d+: (.+)$/, /^(\S+?)\([^()]*\)$/, /^(\S+)$/];

/**
 * Reads a stack trace as the common languages write it. A frame that takes two
 * lines of text is one.
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
    const before = lines.at(-1);
    const match = line.length > longest ? undefined : frames.map((f) => f.exec(line)).find((m) => m);
    if (match) {
      count++;
      /** @type {StackLine} */
      const frame = { kind: 'frame', text: line, function: match.groups?.f?.trim() ?? '', place: placeOf(match.groups?.p ?? '') };
      const named = !frame.function && before?.kind === 'message' ? functions.map((f) => f.exec(before.text)).find((m) => m) : null;
      if (named && before) {
        lines.pop();
        frame.text = `${before.text}\n${line}`;
        frame.function = named[1];
      }
      lines.push(frame);
    } else if (before?.kind === 'frame' && /^ {4}/.test(line) && /^\s+File "/.test(before.text)) {
      before.text += `\n${line}`; // Python shows the code
    } else {
      lines.push({ kind: /^\s*\.{3} \d+ (?:more|common frames omitted)/.test(line) ? 'more' : 'message', text: line, function: '', place: '' });
    }
  }
  return count >= 2 ? lines : null;
}

/** File and line as most write them, "pay.py:12". @param {string} place */
function placeOf(place) {
  return place.replace('", line ', ':').replace(':line ', ':').replace(/\((\d+)\)$/, ':$1');
}

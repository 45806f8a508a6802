// SPDX-License-Identifier: Apache-2.0

// Package format turns a value of any type into text, as fmt's %+v does, but within
// bounds and without harm to the program.
//
// [Append] and [String] format values. [Prefix], [Shorten], [Short],
// [ShortenCharacters] and [Line] bound strings.
//
// # Where it differs from fmt
//
//   - Output ends after so many bytes, nesting after [MaxDepth] levels, and a map
//     after [MaxMapEntries] entries; a "…" stands for what is left out. Work is
//     bounded by the output, not by the value.
//   - Slices and arrays of bytes are text if they are valid UTF-8 of printable
//     characters, line breaks and tabs, and hexadecimal otherwise: "0x00ff". Of more
//     than [DefaultMaxBytes] the beginning decides. Bytes of a type with an Error or
//     String method are elements like others.
//   - Invalid UTF-8 in strings becomes U+FFFD, one for each byte.
//   - fmt.Formatter is not asked: it usually formats with fmt, without bounds.
//   - A method that panics leaves "!(PANIC=String method: …)", with at most 256
//     bytes about the panic.
//
// As with fmt, methods of values in unexported fields are not called, and a nil
// pointer whose method panics is "<nil>".
//
// # What it cannot do
//
// It reads the value without locks: a map that another goroutine writes to meanwhile
// may end the process. An Error or String method takes as long and as much memory as it
// takes, and infinite recursion in one is fatal. Callers hold no lock around it.
package format

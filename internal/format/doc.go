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
//     after [MaxMapEntries] entries; a "…" stands for what is left out. Cyclic
//     values therefore end. Work is bounded by the output, not by the value.
//   - Slices and arrays of bytes, wherever they are, are text if they are valid UTF-8
//     of printable characters, line breaks and tabs, and hexadecimal otherwise:
//     "0x00ff". Of more than [DefaultMaxBytes], or than there is room for, the
//     beginning decides. Bytes of a type with an Error or String method are
//     elements like others.
//   - Invalid UTF-8 in strings becomes U+FFFD, one for each byte.
//   - Error and String methods are asked, fmt.Formatter is not: it usually formats
//     with fmt, without bounds.
//   - A method that panics leaves "!(PANIC=String method: …)", with at most 256
//     bytes about the panic.
//
// As with fmt, methods of values in unexported fields are not called, and a nil
// pointer whose method panics is "<nil>".
//
// # What it cannot do
//
// It reads the value on the calling goroutine, without locks. A map that another
// goroutine writes to meanwhile may end the process, and other concurrent writes are
// data races. An Error or String method takes as long and as much memory as it takes;
// infinite recursion in one is fatal, and runtime.Goexit ends the goroutine. Callers
// hold no lock around it.
package format

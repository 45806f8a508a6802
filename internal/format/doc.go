// SPDX-License-Identifier: Apache-2.0

// Package format turns a value of any type into text, as fmt's %+v does, but
// within bounds and without harm to the program: whatever an application hands
// to SetTag or a log field becomes a bounded, valid UTF-8 string there and then.
//
// [Append] and [String] format values. [Clean], [Cut] and [ValidUTF8] bring
// strings into the same shape.
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
//   - fmt.Formatter is not asked, since its usual implementation formats the rest
//     of the value with fmt, without bounds. Error and String methods are.
//   - A method that panics leaves "!(PANIC=String method: …)", with at most 256
//     bytes about the panic.
//
// As with fmt, methods of values in unexported fields are not called, and a
// typed-nil receiver whose method panics is "<nil>".
//
// # What it cannot do
//
// It reads the value on the calling goroutine, without locks. If another
// goroutine writes to a map meanwhile, the runtime may end the process
// ("concurrent map iteration and map write"), which nothing can recover from;
// other concurrent writes are data races with undefined text. An Error or String
// method takes as long and as much memory as it takes, and infinite recursion in
// one is fatal. One that calls runtime.Goexit (as t.FailNow does) ends the calling
// goroutine: deferred functions run, Append does not return, and nothing of this
// package is left behind. Callers hold no lock around it.
package format

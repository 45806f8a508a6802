// SPDX-License-Identifier: Apache-2.0

// Package record holds what a span says. A [Freezer] turns the values that a program
// hands over into plain data that nobody can change any more: numbers, booleans,
// text and bytes, within [Limits] and past a [Redactor]. A [Record] keeps that data
// until the span finishes.
//
// User code (String and Error methods, lazy loggers, the Redactor) runs in the
// methods of Freezer alone, on the caller's goroutine. It may use the span, so the
// caller must hold no lock; a panic in it goes no further.
package record

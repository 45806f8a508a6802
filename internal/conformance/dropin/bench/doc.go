// SPDX-License-Identifier: Apache-2.0

// Package bench measures what a span costs a program that is linked with compat or, with
// -modfile, with the real jaeger-client-go, and what the program's own part of that is.
// "make bench-compat" runs all three.
package bench

// SPDX-License-Identifier: Apache-2.0

// Package bench measures what a span costs a program that is linked with compat or, with
// -modfile, with the real jaeger-client-go. "make bench-compat" runs both.
package bench

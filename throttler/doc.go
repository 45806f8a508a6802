// SPDX-License-Identifier: Apache-2.0

// Package throttler decides how many debug requests from outside are honoured.
// Jaeger's debug flag keeps a backend from downsampling, and anybody who can set a
// header can ask for it.
//
// A [Local] allows so many a second, a [Remote] spends credits that a server gives
// out. Give either to spur.WithDebugThrottler; a [Throttler] of your own works as
// well.
package throttler

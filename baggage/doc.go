// SPDX-License-Identifier: Apache-2.0

// Package baggage says which baggage items a process may add to its traces. A key
// travels with every request downstream, so it had better be one that somebody has
// agreed to.
//
// An [AllowList] is a list that the program has, a [Remote] fetches one from a
// server. Give either to spur.WithBaggageRestrictions; [Restrictions] of your own
// work as well.
package baggage

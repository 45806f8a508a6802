// SPDX-License-Identifier: Apache-2.0

// Package forward is a store that keeps nothing: it sends spans on to one or several
// receivers, over any protocol of package send. What they have not taken yet waits in
// memory or, with a spool, in files that the next process sends.
//
// [Store.Books] says at any time what became of every span.
package forward

// SPDX-License-Identifier: Apache-2.0

package thrift

// Sizes in bytes; those that a program can change are in [TConfiguration].
const (
	smallString = 64      // up to which strings are read into a buffer of the protocol
	maxJSONWord = 64      // of a number or word
	maxPooled   = 1 << 16 // of a serializer's buffer, above which a pool does not keep it
)

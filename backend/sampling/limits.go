// SPDX-License-Identifier: Apache-2.0

package sampling

import "time"

const (
	// A file of strategies has so many bytes at most, and takes so long to come
	// from a URL.
	maxFileBytes = 4 << 20
	fetchTimeout = 5 * time.Second
	// So many operations of the default are added to services that have operations
	// of their own, in all: a short file can ask for very many.
	maxInherited = 200_000
)

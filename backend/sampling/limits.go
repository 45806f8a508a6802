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

	// Operations that adaptive sampling counts, and computes a probability for: of
	// all services, and of one (as many as clients of Jaeger look at). What a client
	// is told of the others is what it is told of new ones.
	maxOperations        = 20_000
	maxServiceOperations = 2_000
	maxNameBytes         = 1_024
	maxProbabilities     = 10 // of one operation in an interval

	// storeTimeout bounds what is waited for the store.
	storeTimeout = 10 * time.Second
	// What does not change is saved again, since stores forget what is old.
	saveAgain = time.Hour
	// giveUpTimeout is less than a server has for stopping.
	giveUpTimeout = 300 * time.Millisecond

	// What a collector has answered is not asked for again within fresh, and after
	// a failure within pause. An answer that is older is waited for so long before
	// the old one is given, and one that there is none of for as long as all
	// collectors together may take.
	fresh    = 10 * time.Second
	pause    = 2 * time.Second
	patience = time.Second
	askTime  = 5 * time.Second
	// So many requests are under way at a time, and so many bytes of services and
	// their strategies are kept: who was not asked for longest is forgotten.
	mostAsked = 32
	mostKept  = 32 << 20
)

// SPDX-License-Identifier: Apache-2.0

package utils

import (
	"math/rand" //nolint:depguard // its Rand is in the API
	"sync"
)

// lockedSource is a source for any number of goroutines.
type lockedSource struct {
	mu     sync.Mutex
	source rand.Source
}

// NewRand returns a generator for any number of goroutines. Its numbers follow from seed.
func NewRand(seed int64) *rand.Rand {
	return rand.New(&lockedSource{source: rand.NewSource(seed)})
}

func (s *lockedSource) Int63() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source.Int63()
}

func (s *lockedSource) Seed(seed int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.source.Seed(seed)
}

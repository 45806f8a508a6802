// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"sync"
	"time"
)

const (
	// maxKnown is the number of operations that are remembered, and knownFor how long,
	// so that their documents come back when someone removes them.
	maxKnown = 100_000
	knownFor = 12 * time.Hour
)

// knownSet are the documents of services that the server has. There are two
// generations: a full or old one is kept as the one before.
type knownSet struct {
	mu            sync.Mutex
	young, before map[string]struct{}
	begun         time.Time
}

func (k *knownSet) has(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turn()
	if _, ok := k.young[key]; ok {
		return true
	}
	_, ok := k.before[key]
	return ok
}

func (k *knownSet) add(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turn()
	k.young[key] = struct{}{}
}

// forget makes all unknown.
func (k *knownSet) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.young, k.before = nil, nil
}

func (k *knownSet) turn() {
	if k.young == nil || len(k.young) >= maxKnown/2 || time.Since(k.begun) > knownFor/2 {
		k.before, k.young, k.begun = k.young, map[string]struct{}{}, time.Now()
	}
}

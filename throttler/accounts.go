// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxAccounts     = 1000
	maxAccountNames = 64 << 10 // bytes of all names together, as they stand in queries
	maxCreditsQuery = 8 << 10  // bytes of the operations in one request
	accountIdle     = 10 * time.Minute
)

// maxCredits is what an operation can save up.
const maxCredits = 10_000

// accounts are the operations of a Remote and what each may spend.
// The zero value has none.
type accounts struct {
	mu    sync.Mutex
	of    map[string]*account
	names int // bytes of the queries
}

type account struct {
	query   string // "&operations=name"
	credits float64
	used    time.Time
}

// spend takes a credit of an operation, if it has one, and makes it known.
func (a *accounts) spend(operation string) bool {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	acc := a.of[operation]
	if acc == nil {
		a.openLocked(operation, now)
		return false
	}
	acc.used = now
	if acc.credits < 1 {
		return false
	}
	acc.credits--
	return true
}

// openLocked adds an operation if there is room.
func (a *accounts) openLocked(operation string, now time.Time) {
	if len(a.of) >= maxAccounts || len(operation) > maxCreditsQuery {
		return
	}
	query := "&operations=" + url.QueryEscape(operation)
	if len(query) > maxCreditsQuery || a.names+len(query) > maxAccountNames {
		return
	}
	if a.of == nil {
		a.of = map[string]*account{}
	}
	a.of[strings.Clone(operation)] = &account{query: query, used: now}
	a.names += len(query)
}

// queries forgets idle operations and asks about the others, in as few requests
// as their length allows.
func (a *accounts) queries() []string {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	for operation, acc := range a.of {
		if now.Sub(acc.used) >= accountIdle {
			a.names -= len(acc.query)
			delete(a.of, operation)
		}
	}
	var all []string
	length := maxCreditsQuery // of the last one
	for _, operation := range slices.Sorted(maps.Keys(a.of)) {
		q := a.of[operation].query
		if length+len(q) > maxCreditsQuery {
			all = append(all, "")
			length = 0
		}
		all[len(all)-1] += q
		length += len(q)
	}
	return all
}

// add credits operations with what the server gives, up to maxCredits. Those nobody
// asked about are ignored.
func (a *accounts) add(balances []balance) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range balances {
		if acc := a.of[b.operation]; acc != nil {
			acc.credits = min(acc.credits+b.credits, maxCredits)
		}
	}
}

func (a *accounts) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.of)
}

// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-spur/spur/internal/jsonread"
)

const (
	maxAccounts     = 1000
	maxAccountNames = 64 << 10 // bytes of all names together, as they stand in queries
	maxCreditsQuery = 8 << 10  // bytes of the operations in one request
	accountIdle     = 10 * time.Minute

	maxBalances = 10_000 // in one answer
)

var errCredits = errors.New("throttler: bad credits")

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

// add credits operations with what the server gives. Those nobody asked about are
// ignored.
func (a *accounts) add(balances []creditBalance) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range balances {
		if acc := a.of[b.operation]; acc != nil {
			acc.credits += b.credits
		}
	}
}

func (a *accounts) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.of)
}

type creditBalance struct {
	operation string
	credits   float64
}

// parse reads {"balances": [{"operation", "balance"}, …]}. One bad entry
// spoils the answer.
func parse(body []byte) ([]creditBalance, error) {
	doc, err := jsonread.Parse(body, maxBytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCredits, err)
	}
	list := doc.Get("balances")
	if err := cmp.Or(doc.Want(jsonread.Object), list.Want(jsonread.Array)); err != nil {
		return nil, fmt.Errorf("%w: %w", errCredits, err)
	}
	if list.Empty() {
		return nil, fmt.Errorf("%w: no balances", errCredits)
	}
	balances := []creditBalance{}
	for i, entry := range list.Elements() {
		if i == maxBalances {
			return nil, fmt.Errorf("%w: more than %d balances", errCredits, maxBalances)
		}
		operation, balance := entry.Get("operation"), entry.Get("balance")
		if err := cmp.Or(entry.Want(jsonread.Object), operation.Want(jsonread.String), balance.Want(jsonread.Number)); err != nil {
			return nil, fmt.Errorf("%w: balance %d: %w", errCredits, i, err)
		}
		credits, err := strconv.ParseFloat(string(balance.Raw()), 64)
		switch { // null leaves the entry empty
		case operation.Empty():
			return nil, fmt.Errorf("%w: balance %d has no operation", errCredits, i)
		case balance.Empty() || credits < 0:
			return nil, fmt.Errorf("%w: balance %d is not a number of 0 or more", errCredits, i)
		case err != nil:
			return nil, fmt.Errorf("%w: balance %d: %.32s is out of range", errCredits, i, balance.Raw())
		}
		balances = append(balances, creditBalance{operation.Text(), credits})
	}
	return balances, nil
}

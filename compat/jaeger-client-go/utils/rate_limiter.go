// SPDX-License-Identifier: Apache-2.0

package utils

import (
	"sync"
	"time"
)

// RateLimiter says whether something that costs itemCost is within a rate.
//
// Deprecated: use [ReconfigurableRateLimiter].
type RateLimiter interface {
	CheckCredit(itemCost float64) bool
}

// ReconfigurableRateLimiter is a balance of credits that grows with time up to a maximum.
// Its methods may be called by any number of goroutines.
type ReconfigurableRateLimiter struct {
	mu      sync.Mutex
	rate    float64 // credits a second
	balance float64
	max     float64
	updated time.Time // when the balance last grew
}

// NewRateLimiter returns a rate limiter whose balance is at its maximum.
func NewRateLimiter(creditsPerSecond, maxBalance float64) *ReconfigurableRateLimiter {
	return &ReconfigurableRateLimiter{
		rate:    creditsPerSecond,
		balance: maxBalance,
		max:     maxBalance,
		updated: time.Now(),
	}
}

// CheckCredit takes itemCost from the balance, if it is there, and says whether it was.
func (l *ReconfigurableRateLimiter) CheckCredit(itemCost float64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.balance < itemCost {
		l.growLocked()
	}
	if l.balance < itemCost {
		return false
	}
	l.balance -= itemCost
	return true
}

// Update changes rate and maximum. The balance stays the same part of its maximum.
func (l *ReconfigurableRateLimiter) Update(creditsPerSecond, maxBalance float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.growLocked()
	if l.max > 0 {
		l.balance *= maxBalance / l.max
	} else {
		l.balance = maxBalance // of nothing there is no part
	}
	l.rate, l.max = creditsPerSecond, maxBalance
}

func (l *ReconfigurableRateLimiter) growLocked() {
	now := time.Now()
	l.balance = min(l.balance+now.Sub(l.updated).Seconds()*l.rate, l.max)
	l.updated = now
}

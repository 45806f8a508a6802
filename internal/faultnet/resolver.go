// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"
)

// Resolver is a transport.Resolver whose names move. The zero value knows no name:
// every lookup ends with "no such host".
type Resolver struct {
	mu      sync.Mutex
	names   map[string][]string
	delay   time.Duration
	fail    error
	lookups []time.Time
}

// Set gives host its addresses; none takes it away.
func (r *Resolver) Set(host string, addrs ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.names == nil {
		r.names = make(map[string][]string)
	}
	r.names[host] = slices.Clone(addrs)
}

// SetDelay has each lookup take d, or until its context ends.
func (r *Resolver) SetDelay(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = d
}

// Fail has every lookup fail with err; nil ends that.
func (r *Resolver) Fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = err
}

// Lookups returns when each lookup began.
func (r *Resolver) Lookups() []time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lookups)
}

// LookupHost implements transport.Resolver. It answers with what is known at its
// end, not at its beginning.
func (r *Resolver) LookupHost(ctx context.Context, host string) ([]string, error) {
	r.mu.Lock()
	r.lookups = append(r.lookups, time.Now())
	delay := r.delay
	r.mu.Unlock()
	if delay > 0 {
		t := time.NewTimer(delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return nil, &net.DNSError{Err: ctx.Err().Error(), Name: host, IsTimeout: true}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return nil, r.fail
	}
	if len(r.names[host]) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return slices.Clone(r.names[host]), nil
}

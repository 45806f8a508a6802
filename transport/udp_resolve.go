// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/go-spur/spur/internal/guard"
)

const (
	lookupTimeout = 2 * time.Second
	lookupPause   = time.Second            // between two lookups, at least
	laterWait     = 200 * time.Millisecond // what Send waits once a lookup has failed
	maxAddrs      = 16                     // of a name that are kept
)

var (
	errNoAnswer = errors.New("no answer yet")
	errNoConn   = errors.New("the Dial function returned neither a connection nor an error")
)

// names looks a host name up, one lookup at a time, each on a goroutine that ends
// with it. The fields belong to the goroutine of Send; an answer comes through ch.
type names struct {
	target   target
	resolver Resolver
	interval time.Duration
	once     bool // no lookup after one that succeeded

	ch     chan answer        // holds one
	cancel context.CancelFunc // of the lookup on its way; nil when there is none
	waited bool               // Send has waited for it
	failed bool               // a lookup failed since the last that succeeded
	found  bool               // a lookup succeeded
	last   time.Time          // when the last lookup ended
	next   time.Time          // when the next may begin
	err    error              // of the last lookup
}

// answer is the outcome of one lookup.
type answer struct {
	hosts []string
	err   error
	at    time.Time
}

func newNames(t target, o UDPOptions) *names {
	return &names{
		target: t, resolver: o.Resolver, once: o.DisableReconnect,
		interval: max(o.ResolveInterval, lookupPause), ch: make(chan answer, 1),
	}
}

// poll begins a lookup when it is time and takes the answer of one that ended:
// addresses with port, or nil when there is no news. Without known addresses it
// waits for the answer a while, and no news is an error.
func (n *names) poll(ctx context.Context, known bool) ([]string, error) {
	addrs := n.receive()
	n.start()
	if known || addrs != nil {
		return addrs, nil
	}
	if n.cancel != nil && !n.waited {
		if addrs = n.wait(ctx); addrs != nil {
			return addrs, nil
		}
	}
	err := n.err
	if n.cancel != nil {
		err = errNoAnswer
		n.failed = true
	}
	return nil, fmt.Errorf("resolving %s: %w", n.target.host, err)
}

// start begins a lookup unless one is on its way or it is too early.
func (n *names) start() {
	if n.cancel != nil || n.once && n.found || time.Now().Before(n.next) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
	n.cancel, n.waited = cancel, false
	go lookup(ctx, n.resolver, n.target.host, n.ch)
}

// lookup asks r and always answers, even when r panics or ends the goroutine.
func lookup(ctx context.Context, r Resolver, host string, ch chan<- answer) {
	a := answer{err: guard.ErrGoexit}
	defer func() {
		a.at = time.Now()
		ch <- a
	}()
	var hosts []string
	err := guard.Try(func() (err error) {
		hosts, err = r.LookupHost(ctx, host)
		return err
	})
	a.hosts, a.err = hosts, err
}

// receive takes the answer of a lookup that has ended.
func (n *names) receive() []string {
	select {
	case a := <-n.ch:
		return n.take(a)
	default:
		return nil
	}
}

// wait takes the answer of the lookup on its way, if it comes in time.
func (n *names) wait(ctx context.Context) []string {
	n.waited = true
	limit := lookupTimeout
	if n.failed {
		limit = laterWait
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case a := <-n.ch:
		return n.take(a)
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

func (n *names) take(a answer) []string {
	n.cancel()
	n.cancel = nil
	n.last = a.at
	addrs := usable(a.hosts, n.target.port)
	if a.err == nil && len(addrs) == 0 {
		a.err = fmt.Errorf("no usable address among %d", len(a.hosts))
	}
	n.err = a.err
	if a.err != nil {
		n.failed = true
		n.next = n.last.Add(lookupPause)
		if n.found {
			n.next = n.last.Add(n.interval)
		}
		return nil
	}
	n.failed, n.found = false, true
	n.next = n.last.Add(n.interval)
	return addrs
}

// hurry brings the next lookup forward, because the address in use has failed.
func (n *names) hurry() {
	n.next = n.last.Add(lookupPause)
	n.start()
}

// stop ends the lookup on its way and waits until its goroutine is done, but not
// for ever: it runs foreign code.
func (n *names) stop() {
	if n.cancel == nil {
		return
	}
	n.cancel()
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-n.ch:
	case <-timer.C:
	}
	n.cancel = nil
}

// usable returns the IP addresses among hosts with port, each once, IPv4 first as
// agents listen there, otherwise in order.
func usable(hosts []string, port string) []string {
	var v4, v6 []string
	seen := make(map[netip.Addr]bool, min(len(hosts), maxAddrs))
	for _, h := range hosts {
		ip, err := netip.ParseAddr(h)
		ip = ip.Unmap()
		if err != nil || seen[ip] {
			continue
		}
		if len(seen) == maxAddrs {
			break
		}
		seen[ip] = true
		if a := net.JoinHostPort(ip.String(), port); ip.Is4() {
			v4 = append(v4, a)
		} else {
			v6 = append(v6, a)
		}
	}
	return append(v4, v6...)
}

// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/send"
)

// dnsPrefix begins an endpoint whose name stands for all addresses that it has.
const dnsPrefix = "dns:///"

// endpoint is one of Config.Endpoints, with its targets.
type endpoint struct {
	text    string // without dnsPrefix
	host    string // to be looked up, or ""
	port    string
	targets map[string]*target // by address; "" is that of an endpoint that is not looked up
}

// parse reads an endpoint.
func parse(p send.Protocol, text string) (*endpoint, error) {
	name, isDNS := strings.CutPrefix(text, dnsPrefix)
	hostPort, err := send.HostPort(p, name)
	if err != nil {
		return nil, err
	}
	e := &endpoint{text: name, targets: map[string]*target{}}
	if isDNS {
		if e.host, e.port, err = net.SplitHostPort(hostPort); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// parseAll reads the endpoints of c.
func parseAll(c *Config) (all []*endpoint, _ error) {
	if len(c.Endpoints) == 0 {
		return nil, fmt.Errorf("no endpoint to send spans to")
	}
	for _, text := range c.Endpoints {
		e, err := parse(c.Send.Protocol, text)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// hasNames reports whether any endpoint is to be looked up.
func (s *Store) hasNames() bool {
	return slices.ContainsFunc(s.endpoints, func(e *endpoint) bool { return e.host != "" })
}

// follow looks names up until the store stops: now and then, and when a target has
// failed.
func (s *Store) follow() {
	for {
		s.resolve()
		if !s.wait(resolveLeast, nil) {
			return
		}
		if !s.unresolved() && !s.wait(resolveEvery-resolveLeast, s.trouble) {
			return
		}
	}
}

// wait waits for so long, or until something comes. It is false when the store stops.
func (s *Store) wait(d time.Duration, something <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-s.stopped.Done():
		return false
	case <-timer.C:
	case <-something:
	}
	return true
}

// unresolved reports whether there is a name without any address.
func (s *Store) unresolved() bool {
	return slices.ContainsFunc(s.endpoints, func(e *endpoint) bool { return len(e.targets) == 0 })
}

// resolve looks all names up, and makes what they stand for the targets. A name
// that cannot be looked up keeps its addresses. Only one goroutine calls it at a
// time.
func (s *Store) resolve() {
	var all []*target
	names := map[string]bool{}
	for _, e := range s.endpoints {
		addresses := []string{""}
		if e.host != "" {
			addresses = s.lookUp(e)
		}
		kept := map[string]*target{}
		for _, address := range addresses {
			name := cmp.Or(address, e.text)
			if names[name] {
				continue // another endpoint has it
			}
			names[name] = true
			t := e.targets[address]
			if t == nil {
				t = s.newTarget(e, address)
			}
			if t != nil {
				kept[address] = t
				all = append(all, t)
			}
		}
		e.targets = kept
	}
	s.targets.set(all)
}

// lookUp returns the addresses of a name, or those that it had.
func (s *Store) lookUp(e *endpoint) (addresses []string) {
	ctx, cancel := context.WithTimeout(s.stopped, resolveTime)
	defer cancel()
	hosts, err := s.deps.lookup(ctx, e.host)
	if err != nil || len(hosts) == 0 {
		if s.stopped.Err() == nil {
			s.log.Warn("a name cannot be looked up", "name", e.host, "error", err)
		}
		for address := range e.targets {
			addresses = append(addresses, address)
		}
		return addresses
	}
	for _, host := range hosts[:min(len(hosts), mostAddresses)] {
		addresses = append(addresses, net.JoinHostPort(host, e.port))
	}
	slices.Sort(addresses)
	return addresses
}

// newTarget returns a target of e at address, or nil, which is logged.
func (s *Store) newTarget(e *endpoint, address string) *target {
	c := s.config.Send
	c.Endpoint, c.Address = e.text, address
	sender, err := s.deps.dial(c)
	if err != nil {
		s.log.Warn("a target cannot be used", "target", e.text, "address", address, "error", err)
		return nil
	}
	return &target{name: cmp.Or(address, e.text), sender: sender, requests: map[string]int64{}}
}

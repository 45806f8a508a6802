// SPDX-License-Identifier: Apache-2.0

// Package observe is a program written against jaeger-client-go that tells what it sees:
// headers, spans on the wire, metrics, decisions, errors and lines of logs, each under a
// name. It imports nothing but github.com/uber/jaeger-client-go and what belongs to
// neither side, so that the real module and compat can be told apart by nothing else.
package observe

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// patience is how long a scenario may take.
const patience = 20 * time.Second

// All runs every scenario, and returns what they saw by name: "headers/out/HTTP/root".
// A scenario that panics or hangs says so under its name.
func All() map[string]string {
	seen := map[string]string{}
	for _, s := range scenarios {
		maps.Copy(seen, s.run())
	}
	return seen
}

type scenario struct {
	name string
	f    func(*recorder)
}

var scenarios = slices.Concat(
	headerScenarios,
	spanScenarios,
	thriftScenarios,
	metricScenarios,
	hookScenarios,
	samplingScenarios,
	remoteScenarios,
	wireScenarios,
	textScenarios,
	configScenarios,
	valueScenarios,
	wrapperScenarios,
)

func (s scenario) run() map[string]string {
	r := &recorder{prefix: s.name + "/", seen: map[string]string{}}
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		s.f(r)
	}()
	select {
	case p := <-done:
		if p != nil {
			r.say("panic", "%v", p)
		}
	case <-time.After(patience):
		r.say("hangs", "for longer than %s", patience)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.seen)
}

// recorder keeps what a scenario sees.
type recorder struct {
	prefix string
	mu     sync.Mutex
	seen   map[string]string
}

// say keeps one observation.
func (r *recorder) say(name, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, twice := r.seen[r.prefix+name]; twice {
		panic("two observations are called " + r.prefix + name)
	}
	r.seen[r.prefix+name] = text
}

// try says what f returns, or that it panics.
func (r *recorder) try(name string, f func() string) { r.say(name, "%s", guarded(f)) }

// guarded returns what f returns, or that it panics.
func guarded(f func() string) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprintf("panic(%v)", p)
		}
	}()
	return f()
}

// sorted yields a map in the order of its keys.
func sorted[K cmp.Ordered, V any](m map[K]V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// lines writes a map in the order of its keys.
func lines[K cmp.Ordered, V any](m map[K]V) string {
	var b strings.Builder
	for k, v := range sorted(m) {
		fmt.Fprintf(&b, "%v: %v\n", k, v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// errText is an error's text, or "ok".
func errText(err error) string {
	if err == nil {
		return "ok"
	}
	return "error: " + err.Error()
}

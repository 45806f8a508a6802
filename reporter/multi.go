// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
)

// Multi gives each span to several reporters, its destinations.
type Multi struct {
	all []Reporter
}

// NewMulti returns a reporter for all of rs, each made to count as Counted does.
// Nil ones are left out.
func NewMulti(rs ...Reporter) *Multi {
	m := new(Multi)
	for _, r := range rs {
		if r != nil {
			m.all = append(m.all, Counted(r))
		}
	}
	return m
}

// Report implements Reporter: one destination after the other, in order. One that
// panics (see Counted) does so to the caller when the others have got the span.
func (m *Multi) Report(s *model.Span) {
	next := 0
	defer func() {
		if next < len(m.all) {
			(&Multi{m.all[next:]}).Report(s)
		}
	}()
	for next < len(m.all) {
		r := m.all[next]
		next++
		r.Report(s)
	}
}

// Flush implements Reporter: all destinations at the same time, so that a slow
// one does not use up ctx for the others. Their errors are joined. One that hangs
// is left alone 100 ms after ctx ended, as it is by Close.
func (m *Multi) Flush(ctx context.Context) error {
	return m.each(func(r Reporter) error { return r.Flush(ctx) })
}

// Close implements Reporter: all destinations at the same time, errors joined.
func (m *Multi) Close(ctx context.Context) error {
	return m.each(func(r Reporter) error { return r.Close(ctx) })
}

func (m *Multi) each(f func(Reporter) error) error {
	errs := make([]error, len(m.all))
	var wait sync.WaitGroup
	for i, r := range m.all {
		wait.Add(1)
		go func() {
			defer wait.Done()
			errs[i] = guard.Try(func() error { return f(r) })
		}()
	}
	wait.Wait()
	return errors.Join(errs...)
}

// KeepsSpans implements SpanKeeper: true when one of the destinations does.
func (m *Multi) KeepsSpans() bool {
	for _, r := range m.all {
		if k, ok := r.(SpanKeeper); ok && k.KeepsSpans() {
			return true
		}
	}
	return false
}

// Stats implements Statser: those of all destinations, in order. Each one is
// consistent in itself, and has a name of its own: the second "otlp" is "otlp-2".
func (m *Multi) Stats() []DestinationStats {
	var all []DestinationStats
	for _, r := range m.all {
		if s, ok := r.(Statser); ok {
			all = append(all, s.Stats()...)
		}
	}
	taken := make(map[string]bool, len(all))
	for i := range all {
		d := &all[i]
		first := d.Name
		for n := 2; taken[d.Name]; n++ {
			d.Name = fmt.Sprintf("%s-%d", first, n)
		}
		taken[d.Name] = true
	}
	return all
}

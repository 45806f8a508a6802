// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"context"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
)

var (
	_ reporter.Reporter   = (*Recorder)(nil)
	_ reporter.SpanKeeper = (*Recorder)(nil)
)

// Recorder keeps the sampled spans that tracers finish, at most
// reporter.DefaultMemoryLimit of them. New makes one with its tracer; as a
// reporter.Reporter it can also be given to others, to any number of them with
// spur.WithReporter. Tracers that close do not close it. The zero value is ready
// to use, from any goroutine.
type Recorder struct {
	lab     *lab // nil unless New made it
	memory  reporter.Memory
	arrived arrivals
}

// Report implements reporter.Reporter: it keeps a copy of s.
func (r *Recorder) Report(s *model.Span) {
	if s == nil {
		return
	}
	r.memory.Report(s)
	r.arrived.add(1)
}

// Flush implements reporter.Reporter: there is nothing to wait for.
func (r *Recorder) Flush(context.Context) error { return nil }

// Close implements reporter.Reporter. It does nothing: each tracer keeps the
// books of its own end.
func (r *Recorder) Close(context.Context) error { return nil }

// KeepsSpans implements reporter.SpanKeeper: tags and logs of finished spans stay
// readable through their handles, too.
func (r *Recorder) KeepsSpans() bool { return true }

// Spans returns a copy of each span, in the order they finished.
func (r *Recorder) Spans() []model.Span { return r.memory.Spans() }

// ByOperation returns a copy of each span with that operation name, in the order
// they finished.
func (r *Recorder) ByOperation(name string) []model.Span {
	return byOperation(r.memory.Spans(), name)
}

// Tree prints the spans as Tree does.
func (r *Recorder) Tree(opts ...TreeOption) string { return Tree(r.memory.Spans(), opts...) }

// Wait returns nil once n spans have finished since the start or the last Reset,
// for spans that other goroutines finish: a server's may do so after its client
// has the answer. When ctx ends first the error says how many there were and
// wraps ctx's.
func (r *Recorder) Wait(ctx context.Context, n int) error { return r.arrived.wait(ctx, n, nil) }

// Reset forgets the spans. Clock and ids go on.
func (r *Recorder) Reset() {
	r.memory.Reset()
	r.arrived.reset()
}

func (r *Recorder) dropped() (n uint64) {
	for _, d := range r.memory.Stats() {
		n += d.DroppedTotal()
	}
	return n
}

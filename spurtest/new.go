// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/sampler"
)

// New returns a tracer for a test, and the recorder of its spans.
//
// The service is called "test". Every trace is sampled, without the tags that
// tell why, unless a remote caller decided against it. Times come from
// NewClock(time.Millisecond), which the tracer reads once when a span starts,
// once for each log and once when the span finishes; ids come from an IDs. The
// tracer's own log is silent. opts come after all that and win: for other
// samplers, limits or clocks, or more destinations.
//
// When the test ends the tracer is closed, and the test fails if the books of a
// destination do not balance (see Balance). If spans were left open their number is
// logged; FailUnfinished makes the test fail and tell which. An Example has no t and
// passes nil: it closes the tracer itself. Options that spur.New refuses end the test; with a
// nil t they panic.
func New(t testing.TB, opts ...spur.Option) (*spur.Tracer, *Recorder) {
	if t == nil {
		t = example{}
	}
	t.Helper()
	r := &Recorder{lab: &lab{t: t, clock: NewClock(time.Millisecond)}}
	return r.lab.tracer("test", r, opts), r
}

// Tracer returns one more tracer under the conditions of New, for another service
// whose spans meet those of the first: it shares the recorder, the clock and the
// ids. opts are of this tracer alone. On a Recorder that New did not make it
// panics.
func (r *Recorder) Tracer(service string, opts ...spur.Option) *spur.Tracer {
	if r.lab == nil {
		panic("spurtest: Recorder.Tracer on a recorder that New did not make")
	}
	r.lab.t.Helper()
	return r.lab.tracer(service, r, opts)
}

// lab is what the tracers of one recorder share.
type lab struct {
	t     testing.TB
	clock *Clock
	ids   IDs
}

func (l *lab) tracer(service string, r *Recorder, opts []spur.Option) *spur.Tracer {
	l.t.Helper()
	all := append([]spur.Option{
		spur.WithSampler(always{}),
		spur.WithReporter(r),
		spur.WithClock(l.clock.Now),
		spur.WithIDGenerator(&l.ids),
		spur.WithLogger(nil),
	}, opts...)
	tracer, err := spur.New(service, all...)
	if err != nil {
		l.t.Fatalf("spurtest: %v", err)
	}
	named := namesUnfinished(opts)
	l.t.Cleanup(func() {
		l.t.Helper()
		audit(l.t, tracer, r)
		if !named {
			logUnfinished(l.t, tracer.Stats().Spans)
		}
	})
	return tracer
}

// example stands in for the t that an Example has not.
type example struct{ testing.TB }

func (example) Helper()                           {}
func (example) Cleanup(func())                    {}
func (example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// always samples every trace and, unlike sampler.Const, puts no tags on it.
type always struct{}

func (always) Sample(sampler.Params) sampler.Decision { return sampler.Decision{Sample: true} }

// Status implements sampler.Statuser.
func (always) Status() sampler.Status {
	return sampler.Status{Type: "const", Param: 1, Description: "spurtest: always, without tags"}
}

// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
)

const (
	unfinishedTimeout = time.Second // that goroutines get to finish their spans
	unfinishedStack   = 32          // calls that are remembered
	unfinishedCallers = 3           // calls that are shown
	unfinishedShown   = 20          // spans that are shown
)

// FailUnfinished is an option for New, or any other tracer of a test: the test
// fails if spans were started and are not finished a second after it has ended. The
// failure tells of each its operation, its age by the tracer's clock, and which code
// outside of spur and OpenTracing started it. Spans whose operation is among excused
// may stay open. One option may serve several tracers.
//
// It is an option and not what New does because a span may be left open with good
// reason, as by code that is tested for how it fails, and because it costs a look at
// the stack for each span. Without it New logs how many spans were left open.
//
// To know the time it starts one more span of a tracer with open spans, after New
// has closed that tracer.
func FailUnfinished(t testing.TB, excused ...string) spur.Option {
	t.Helper()
	return failUnfinished(t, unfinishedTimeout, excused)
}

func failUnfinished(t testing.TB, timeout time.Duration, excused []string) spur.Option {
	u := &unfinished{excused: slices.Clone(excused), open: map[*spur.Span][]uintptr{}}
	t.Cleanup(func() {
		t.Helper()
		eventually(timeout, func() bool { return len(u.left()) == 0 })
		if report := u.report(); report != "" {
			t.Errorf("spurtest: spans never finished:\n%s", report)
		}
	})
	return unfinishedOption{spur.WithObserver(u)}
}

// unfinishedOption is a type of its own so that New can see it.
type unfinishedOption struct{ spur.Option }

func namesUnfinished(opts []spur.Option) bool {
	return slices.ContainsFunc(opts, func(o spur.Option) bool {
		_, ok := o.(unfinishedOption)
		return ok
	})
}

// logUnfinished is what New does without FailUnfinished. It only reads counters.
func logUnfinished(t testing.TB, st spur.SpanStats) {
	t.Helper()
	finished := st.FinishedSampled + st.FinishedUnsampled + st.FinishedUndecided
	if st.Started > finished {
		t.Logf("spurtest: %d of %d spans not finished; the option spurtest.FailUnfinished(t) tells which",
			st.Started-finished, st.Started)
	}
}

// unfinished is an observer that knows the open spans.
type unfinished struct {
	excused []string

	mu   sync.Mutex
	open map[*spur.Span][]uintptr // with the calls that started them
	done bool                     // what starts from now on does not count
}

var (
	_ spur.StartObserver  = (*unfinished)(nil)
	_ spur.FinishObserver = (*unfinished)(nil)
)

// OnStart implements spur.StartObserver.
func (u *unfinished) OnStart(s *spur.Span, _ []model.Tag) {
	var calls [unfinishedStack]uintptr
	n := runtime.Callers(2, calls[:])
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.done {
		u.open[s] = slices.Clone(calls[:n])
	}
}

// OnFinish implements spur.FinishObserver.
func (u *unfinished) OnFinish(s *spur.Span, _ *model.Span) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.open, s)
}

// left returns the open spans that are not excused, by start time and id.
func (u *unfinished) left() []*spur.Span {
	u.mu.Lock()
	defer u.mu.Unlock()
	var left []*spur.Span
	for s := range u.open {
		if !slices.Contains(u.excused, s.OperationName()) {
			left = append(left, s)
		}
	}
	slices.SortFunc(left, func(a, b *spur.Span) int {
		return cmp.Or(a.StartTime().Compare(b.StartTime()), cmp.Compare(a.SpanContext().SpanID(), b.SpanContext().SpanID()))
	})
	return left
}

func (u *unfinished) report() string {
	left := u.left()
	u.mu.Lock()
	u.done = true
	u.mu.Unlock()
	now := map[opentracing.Tracer]time.Time{}
	var out strings.Builder
	for i, s := range left {
		if i == unfinishedShown {
			fmt.Fprintf(&out, "  … and %d more\n", len(left)-i)
			break
		}
		tracer := s.Tracer()
		if _, known := now[tracer]; !known {
			if probe, ok := tracer.StartSpan("spurtest: what time is it?").(*spur.Span); ok {
				now[tracer] = probe.StartTime()
			}
		}
		fmt.Fprintf(&out, "  %s  open for %s\n", phrase(s.OperationName()), duration(now[tracer].Sub(s.StartTime())))
		u.mu.Lock()
		calls := u.open[s]
		u.mu.Unlock()
		for _, c := range callers(calls) {
			fmt.Fprintf(&out, "    %s\n      %s:%d\n", c.Function, c.File, c.Line)
		}
	}
	return out.String()
}

// callers returns the innermost calls that are none of the tracer's.
func callers(calls []uintptr) (outside []runtime.Frame) {
	frames := runtime.CallersFrames(calls)
	for more := len(calls) > 0; more && len(outside) < unfinishedCallers; {
		var f runtime.Frame
		f, more = frames.Next()
		if len(outside) == 0 && tracing(f) || strings.HasPrefix(f.Function, "runtime.") || strings.HasPrefix(f.Function, "testing.") {
			continue
		}
		outside = append(outside, f)
	}
	return outside
}

// tracing reports whether a call is of a package that starts spans for others.
// Tests in these packages start their own.
func tracing(f runtime.Frame) bool {
	if strings.HasSuffix(f.File, "_test.go") {
		return false
	}
	for _, pkg := range []string{
		"github.com/go-spur/spur.", "github.com/go-spur/spur/internal/guard.", "github.com/go-spur/spur/spurhttp.", "github.com/go-spur/spur/spurgrpc.",
		"github.com/go-spur/spur/spurtest.", "github.com/opentracing/opentracing-go.", "github.com/uber/jaeger-client-go.",
	} {
		if strings.HasPrefix(f.Function, pkg) {
			return true
		}
	}
	return false
}

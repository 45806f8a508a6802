// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/spantree"
	"github.com/go-spur/spur/model"
)

const (
	unfinishedTimeout = time.Second // that goroutines get to finish their spans
	unfinishedStack   = 1 << 16     // calls that are remembered at most
	unfinishedCallers = 3           // calls that are shown, and one of the program's own
	unfinishedShown   = 20          // spans that are shown
)

// FailUnfinished is an option for New, or any other tracer of a test: the test
// fails if spans were started and are not finished a second after it has ended. The
// failure tells of each its operation, its age by the tracer's clock, and which code
// outside of spur, OpenTracing and the standard library started it, down to a line of
// the module that is tested. Spans whose operation is among excused may stay open. One
// option may serve several tracers.
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
	if st.Open > 0 {
		t.Logf("spurtest: %d of %d spans not finished; the option spurtest.FailUnfinished(t) tells which", st.Open, st.Started)
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
	calls := stack()
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.done {
		u.open[s] = calls
	}
}

// stack returns the calls that led to the observer.
func stack() []uintptr {
	calls := make([]uintptr, 64)
	for {
		n := runtime.Callers(3, calls)
		if n < len(calls) || n >= unfinishedStack {
			return calls[:n]
		}
		calls = make([]uintptr, 2*n)
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
		fmt.Fprintf(&out, "  %s  open for %s\n", spantree.Phrase(s.OperationName()), spantree.Duration(now[tracer].Sub(s.StartTime())))
		u.mu.Lock()
		calls := u.open[s]
		u.mu.Unlock()
		for _, c := range callers(calls) {
			fmt.Fprintf(&out, "    %s\n      %s:%d\n", c.Function, c.File, c.Line)
		}
	}
	return out.String()
}

// callers returns the innermost calls that are none of the tracer's nor of the
// standard library's and, if none of them is the program's own, the innermost that is.
// Where there are no such calls it returns the standard library's.
func callers(calls []uintptr) []runtime.Frame {
	var outside, library []runtime.Frame
	module := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		module = info.Main.Path
	}
	own := false
	frames := runtime.CallersFrames(calls)
	for more := len(calls) > 0; more; {
		var f runtime.Frame
		f, more = frames.Next()
		pkg := packageOf(f.Function)
		mine := within(pkg, module) || pkg == "main"
		switch {
		case len(outside) == 0 && tracing(f) || pkg == "runtime" || pkg == "testing":
		case !mine && !strings.Contains(strings.Split(pkg, "/")[0], "."):
			library = append(library, f)
		case len(outside) < unfinishedCallers || mine && !own:
			outside = append(outside, f)
			own = own || mine
		}
	}
	if len(outside) == 0 {
		return library[:min(len(library), unfinishedCallers)]
	}
	return outside
}

// packageOf returns the import path in a function's full name.
func packageOf(function string) string {
	slash := strings.LastIndexByte(function, '/') + 1
	name, _, _ := strings.Cut(function[slash:], ".")
	return function[:slash] + name
}

// within reports whether a package, or the one it tests, belongs to a module.
func within(pkg, module string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(pkg, "_test"), module)
	return ok && module != "" && (rest == "" || rest[0] == '/')
}

// tracing reports whether a call is of a package that starts spans for others.
// Tests in these packages start their own.
func tracing(f runtime.Frame) bool {
	if strings.HasSuffix(f.File, "_test.go") {
		return false
	}
	switch pkg := packageOf(f.Function); pkg {
	case "github.com/go-spur/spur", "github.com/go-spur/spur/spurhttp", "github.com/go-spur/spur/spurgrpc", "github.com/go-spur/spur/spurtest",
		"github.com/opentracing/opentracing-go", "github.com/uber/jaeger-client-go":
		return true
	default:
		return strings.HasPrefix(pkg, "github.com/go-spur/spur/internal/")
	}
}

// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest/internal/fake"
)

func TestNewIsDeterministic(t *testing.T) {
	tracer, spans := New(t)
	ctx, root := tracer.Start(context.Background(), "root")
	_, child := tracer.Start(ctx, "child")
	child.Finish()
	root.Finish()

	got := spans.Spans()
	if len(got) != 2 {
		t.Fatalf("%d spans, want 2", len(got))
	}
	epoch := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	ms := int64(time.Millisecond)
	for i, want := range []model.Span{
		{Context: model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, ParentID: 1}, Start: epoch + ms},
		{Context: model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1}, Start: epoch},
	} {
		s := got[i]
		if s.TraceID != want.TraceID || s.SpanID != want.SpanID || s.ParentID != want.ParentID || s.Start != want.Start {
			t.Errorf("span %d is %v:%v:%v at %d, want %v:%v:%v at %d", i, s.TraceID, s.SpanID, s.ParentID, s.Start,
				want.TraceID, want.SpanID, want.ParentID, want.Start)
		}
		if len(s.Tags) != 0 || s.Process.Service != "test" {
			t.Errorf("span %d has tags %v and service %q", i, s.Tags, s.Process.Service)
		}
	}
}

func TestNewFollowsRemoteDecisions(t *testing.T) {
	tracer, spans := New(t)
	no := spur.NewSpanContext(model.Context{TraceID: model.TraceID{Low: 77}, SpanID: 77})
	tracer.StartSpan("not sampled", opentracing.ChildOf(no)).Finish()
	if got := spans.Tree(); got != "" {
		t.Errorf("recorded %q", got)
	}
}

func TestNewOptionsWin(t *testing.T) {
	extra := new(reporter.Memory)
	tracer, spans := New(t, spur.WithReporter(extra), spur.WithSampler(sampler.NewConst(true)))
	tracer.StartSpan("x").Finish()
	const want = "x  1ms  sampler.type=const sampler.param=true\n"
	if got := spans.Tree(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Tree(extra.Spans()); got != want {
		t.Errorf("the other destination got %q, want %q", got, want)
	}
}

func TestNewClosesTheTracer(t *testing.T) {
	var tracer, second *spur.Tracer
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		var spans *Recorder
		tracer, spans = New(t)
		second = spans.Tracer("second")
	})
	f.WantFailures(t)
	for _, tr := range []*spur.Tracer{tracer, second} {
		tr.StartSpan("late").Finish()
		if d := tr.Stats().Destinations[0]; d.Dropped[reporter.Closed] != 1 || d.Sent != 0 {
			t.Errorf("after the test: %+v", d)
		}
	}
}

func TestNewBadOption(t *testing.T) {
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		New(t, spur.WithSampler(nil))
		t.Error("still running")
	})
	f.WantFailures(t, "WithSampler")

	defer func() {
		if p, _ := recover().(string); !strings.Contains(p, "WithSampler") {
			t.Errorf("panic is %q", p)
		}
	}()
	New(nil, spur.WithSampler(nil))
}

// cook is a destination that counts a span less than it got.
type cook struct{ reporter.Memory }

func (c *cook) Stats() []reporter.DestinationStats {
	st := c.Memory.Stats()
	st[0].Name = "cooked"
	st[0].Sent -= min(st[0].Sent, 1)
	return st
}

func TestNewFindsCookedBooks(t *testing.T) {
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		tracer, _ := New(t, spur.WithReporter(new(cook)))
		tracer.StartSpan("x").Finish()
		tracer.StartSpan("y").Finish()
	})
	f.WantFailures(t, "cooked: 2 spans finished, but 1 sent + 0 unconfirmed + 0 dropped + 0 waiting")
}

func TestNewFindsFullRecorder(t *testing.T) {
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		tracer, spans := New(t)
		spans.memory.Limit = 1
		tracer.StartSpan("x").Finish()
		tracer.StartSpan("y").Finish()
	})
	f.WantFailures(t, "1 spans are missing")
}

// broken cannot be closed.
type broken struct{ reporter.Memory }

var errBroken = errors.New("stuck")

func (b *broken) Close(context.Context) error { return errBroken }

func TestNewReportsCloseErrors(t *testing.T) {
	f := new(fake.T)
	f.Run(func(t testing.TB) { New(t, spur.WithReporter(new(broken))) })
	f.WantFailures(t, "stuck")
}

func TestTracerOfForeignRecorderPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	new(Recorder).Tracer("x")
}

func TestBalance(t *testing.T) {
	st := spur.Stats{Spans: spur.SpanStats{FinishedSampled: 10}}
	good := reporter.DestinationStats{Name: "good", Sent: 3, Unconfirmed: 2, BufferedSpans: 1}
	good.Dropped[reporter.QueueFull], good.Dropped[reporter.Closed] = 3, 1
	lost, twice := good, good
	lost.Name, lost.BufferedSpans = "lost", 0
	twice.Name, twice.Sent = "twice", 4
	for _, tc := range []struct {
		name string
		all  []reporter.DestinationStats
		want []string
	}{
		{"no destination", nil, nil},
		{"balanced", []reporter.DestinationStats{good}, nil},
		{"one lost, one counted twice", []reporter.DestinationStats{lost, good, twice}, []string{
			"lost: 10 spans finished, but 3 sent + 2 unconfirmed + 4 dropped + 0 waiting",
			"twice: 10 spans finished, but 4 sent + 2 unconfirmed + 4 dropped + 1 waiting",
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			st.Destinations = tc.all
			err := Balance(st)
			if len(tc.want) == 0 {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if !errors.Is(err, ErrBooks) {
				t.Fatalf("got %v, want ErrBooks", err)
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(tc.want) {
				t.Fatalf("got %q, want %d lines", lines, len(tc.want))
			}
			for i := range lines {
				if !strings.HasSuffix(lines[i], tc.want[i]) {
					t.Errorf("got %q, want %q", lines[i], tc.want[i])
				}
			}
		})
	}
}

func TestRecorderWait(t *testing.T) {
	tracer, spans := New(t)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	tracer.StartSpan("x").Finish()
	if err := spans.Wait(ended, 1); err != nil {
		t.Errorf("waiting for what is there: %v", err)
	}
	err := spans.Wait(ended, 2)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "1 of 2 spans") {
		t.Errorf("got %v", err)
	}
	spans.Reset()
	if err := spans.Wait(ended, 1); err == nil {
		t.Error("Reset does not count from 0")
	}
	if got := spans.Tree(); got != "" {
		t.Errorf("after Reset: %q", got)
	}
}

func TestRecorderReturnsCopies(t *testing.T) {
	tracer, spans := New(t)
	tracer.StartSpan("x", opentracing.Tag{Key: "k", Value: "v"}).Finish()
	got := spans.Spans()
	got[0].Operation, got[0].Tags[0].Key = "changed", "changed"
	got = spans.ByOperation("x")
	if len(got) != 1 || got[0].Tags[0].Key != "k" {
		t.Errorf("got %+v", got)
	}
	spans.Report(nil)
	if len(spans.Spans()) != 1 {
		t.Error("a nil span was recorded")
	}
}

func TestRecorderConcurrentSafe(t *testing.T) {
	tracer, spans := New(t)
	other := spans.Tracer("other")
	const workers, each = 8, 50
	var wait sync.WaitGroup
	for w := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			tr := tracer
			if w%2 == 1 {
				tr = other
			}
			for range each {
				tr.StartSpan("x").Finish()
				_ = spans.Tree()
				_ = spans.ByOperation("y")
			}
		}()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := spans.Wait(ctx, workers*each); err != nil {
		t.Error(err)
	}
	wait.Wait()
	seen := map[model.SpanID]bool{}
	for _, s := range spans.Spans() {
		if seen[s.SpanID] {
			t.Fatalf("span id %v twice", s.SpanID)
		}
		seen[s.SpanID] = true
	}
	if len(seen) != workers*each {
		t.Errorf("%d spans, want %d", len(seen), workers*each)
	}
}

func TestClock(t *testing.T) {
	start := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)
	c := NewClock(time.Second)
	got := []time.Time{c.Now(), c.Now()}
	c.Advance(time.Hour)
	got = append(got, c.Now())
	c.Advance(-2 * time.Hour)
	got = append(got, c.Now())
	for i, want := range []time.Duration{0, time.Second, time.Hour + 2*time.Second, 3*time.Second - time.Hour} {
		if d := got[i].Sub(start); d != want {
			t.Errorf("reading %d is %v after the start, want %v", i, d, want)
		}
	}
}

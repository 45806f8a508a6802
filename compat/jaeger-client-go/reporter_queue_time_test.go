// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package jaeger_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/internal/reporterstats"
	"github.com/uber/jaeger-client-go/log"
)

// fakeTransport is a transport of a program's own that keeps count of its calls.
type fakeTransport struct {
	size    int // it sends that many spans at once
	fail    error
	panics  any
	hang    chan struct{} // Append waits for it, unless nil
	mu      sync.Mutex
	waiting []string
	sent    []string
	closed  int
	stats   reporterstats.ReporterStats
}

func (f *fakeTransport) SetReporterStats(s reporterstats.ReporterStats) { f.stats = s }

func (f *fakeTransport) Append(s *jaeger.Span) (int, error) {
	if f.hang != nil {
		<-f.hang
	}
	f.mu.Lock()
	f.waiting = append(f.waiting, s.OperationName())
	full := len(f.waiting) == f.size
	f.mu.Unlock()
	if full {
		return f.Flush()
	}
	return 0, nil
}

func (f *fakeTransport) Flush() (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.panics != nil {
		panic(f.panics)
	}
	n := len(f.waiting)
	if f.fail == nil {
		f.sent = append(f.sent, f.waiting...)
	}
	f.waiting = nil
	return n, f.fail
}

func (f *fakeTransport) Close() error {
	f.closed++
	return errors.New("ignored")
}

func (f *fakeTransport) text() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return fmt.Sprintf("waiting %v sent %v closed %d", f.waiting, f.sent, f.closed)
}

// queueRig is a tracer with a fakeTransport.
type queueRig struct {
	reporter jaeger.Reporter
	metrics  *counters
	logger   *log.BytesBufferLogger
	finish   func(names ...string) // finishes spans and waits until nothing happens any more
	close    func()
}

func newQueueRig(f *fakeTransport, o ...jaeger.ReporterOption) *queueRig {
	r := &queueRig{metrics: newCounters(), logger: &log.BytesBufferLogger{}}
	o = append([]jaeger.ReporterOption{
		jaeger.ReporterOptions.Metrics(jaeger.NewMetrics(r.metrics, nil)), jaeger.ReporterOptions.Logger(r.logger),
	}, o...)
	r.reporter = jaeger.NewRemoteReporter(f, o...)
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), r.reporter)
	r.close = func() { _ = closer.Close() }
	r.finish = func(names ...string) {
		for _, name := range names {
			start(tracer, name).Finish()
		}
		synctest.Wait()
	}
	return r
}

// expect compares what has been logged since the last call, and counted in all.
func (r *queueRig) expect(t *testing.T, lines, metrics string) {
	t.Helper()
	if got := r.logger.String(); got != lines {
		t.Errorf("logged:\n%s\nwant:\n%s", got, lines)
	}
	r.logger.Flush()
	if got := r.metrics.String(); got != metrics {
		t.Errorf("counted:\n%s\nwant:\n%s", got, metrics)
	}
}

func TestQueueReporter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTransport{size: 2}
		r := newQueueRig(f, jaeger.ReporterOptions.BufferFlushInterval(time.Minute))
		r.finish("a")
		r.expect(t, "", "")
		r.finish("b")
		r.expect(t, "DEBUG: flushed 2 spans\n", "reporter_spans|result=ok 2")
		r.finish("c")
		time.Sleep(time.Minute + time.Second)
		r.expect(t, "", "reporter_spans|result=ok 3")
		r.finish("d")
		r.close()
		r.expect(t, "DEBUG: closing reporter\n", "reporter_spans|result=ok 4")
		if got, want := f.text(), "waiting [] sent [a b c d] closed 1"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		r.finish("late")
		r.reporter.Close()
		r.expect(t, "DEBUG: closing reporter\nERROR: Repeated attempt to close the reporter is ignored\n",
			"reporter_spans|result=dropped 1\nreporter_spans|result=ok 4")
		if n := f.stats.SpansDroppedFromQueue(); n != 1 {
			t.Errorf("the transport was told of %d lost spans", n)
		}
	})
}

func TestQueueReporterFailures(t *testing.T) {
	for name, tt := range map[string]struct {
		f             *fakeTransport
		lines, counts string
		last          string // lines of Close
	}{
		"errors": {
			f:      &fakeTransport{size: 2, fail: errors.New("no")},
			lines:  "ERROR: error reporting Jaeger span \"b\": no\n",
			counts: "reporter_spans|result=err 2",
			last:   "DEBUG: closing reporter\nERROR: failed to flush Jaeger spans to server: no\n",
		},
		"panics": {
			f:      &fakeTransport{size: 2, panics: "help"},
			lines:  "ERROR: error reporting Jaeger span \"b\": the transport panicked: help\n",
			counts: "reporter_spans|result=err 1",
			last:   "DEBUG: closing reporter\nERROR: failed to flush Jaeger spans to server: the transport panicked: help\n",
		},
		"typed nil": {
			f:      &fakeTransport{size: 2, fail: (*nilError)(nil)},
			lines:  "ERROR: error reporting Jaeger span \"b\": *jaeger_test.nilError\n",
			counts: "reporter_spans|result=err 2",
			last:   "DEBUG: closing reporter\nERROR: failed to flush Jaeger spans to server: *jaeger_test.nilError\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newQueueRig(tt.f, jaeger.ReporterOptions.BufferFlushInterval(time.Hour))
				r.finish("a", "b")
				r.expect(t, tt.lines, tt.counts)
				r.finish("c")
				r.close()
				r.expect(t, tt.last, "reporter_spans|result=err 3")
				if tt.f.closed != 1 {
					t.Error("not closed")
				}
			})
		})
	}
}

// A transport that hangs costs the spans in the queue's place, and Close five seconds.
func TestQueueReporterWithATransportThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTransport{size: 10, hang: make(chan struct{})}
		r := newQueueRig(f, jaeger.ReporterOptions.QueueSize(2))
		r.finish("in hand")
		r.finish("b", "c", "dropped")
		r.expect(t, "", "reporter_spans|result=dropped 1")
		begin := time.Now()
		r.close()
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("Close took %v", took)
		}
		r.expect(t, "DEBUG: closing reporter\nERROR: failed to flush Jaeger spans to server: the transport hangs and is left behind with 3 spans\n",
			"reporter_spans|result=dropped 1\nreporter_spans|result=err 3")
		close(f.hang)
		synctest.Wait()
		r.expect(t, "", "reporter_spans|result=dropped 1\nreporter_spans|result=err 3")
		if got, want := f.text(), "waiting [] sent [in hand] closed 1"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

func TestDefaultQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTransport{hang: make(chan struct{})}
		r := newQueueRig(f)
		r.finish("in hand")
		for range 100 {
			r.finish("x")
		}
		r.expect(t, "", "")
		r.finish("dropped")
		r.expect(t, "", "reporter_spans|result=dropped 1")
		close(f.hang)
		r.close()
	})
}

// Without a transport spans are lost, and nothing else.
func TestNoTransport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newCounters()
		r := jaeger.NewRemoteReporter(nil, jaeger.ReporterOptions.Metrics(jaeger.NewMetrics(m, nil)))
		tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), r)
		start(tracer, "lost").Finish()
		_ = closer.Close()
		if got := m.String(); got != "reporter_spans|result=err 1" {
			t.Error(got)
		}
	})
}

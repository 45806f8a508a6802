// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uber/jaeger-lib/metrics"

	"github.com/uber/jaeger-client-go/internal/reporterstats"
	"github.com/uber/jaeger-client-go/log"
)

// queueReporter is a remote reporter with a transport that wants spans: the program's own,
// or one for Zipkin. A goroutine takes them from a queue. What the transport does wrong
// costs the spans that it has, and nothing else.
type queueReporter struct {
	sender  Transport
	logger  log.DebugLogger
	metrics *Metrics
	dropped queueStats
	queue   chan *Span

	state  sync.RWMutex // guards closed, and queue against spans after Close
	closed bool
	stop   chan struct{}
	done   chan struct{}

	books sync.Mutex // guards held and left
	held  int        // spans that the transport has and has not told of
	left  bool       // Close has given up: nothing more is counted
}

// queueStats is what a transport is told of the reporter.
type queueStats struct{ atomic.Int64 }

// SpansDroppedFromQueue implements reporterstats.ReporterStats.
func (s *queueStats) SpansDroppedFromQueue() int64 { return s.Load() }

func newQueueReporter(sender Transport, o *reporterOptions) *queueReporter {
	size := o.queueSize
	if size == 0 {
		size = defaultQueueSize
	}
	r := &queueReporter{
		sender: sender, logger: o.logger, metrics: o.metrics.complete(),
		queue: make(chan *Span, size), stop: make(chan struct{}), done: make(chan struct{}),
	}
	if receiver, ok := sender.(reporterstats.Receiver); ok {
		survive(func() { receiver.SetReporterStats(&r.dropped) })
	}
	go r.run(o.bufferFlushInterval)
	return r
}

// Report implements Reporter. It drops the span if the queue is full.
func (r *queueReporter) Report(span *Span) {
	if span != nil && !r.enqueue(span) {
		r.dropped.Add(1)
		r.metrics.ReporterDropped.Inc(1)
	}
}

func (r *queueReporter) enqueue(span *Span) bool {
	r.state.RLock()
	defer r.state.RUnlock()
	if r.closed {
		return false
	}
	select {
	case r.queue <- span:
		return true
	default:
		return false
	}
}

// Close implements Reporter.
func (r *queueReporter) Close() {
	r.logger.Debugf("closing reporter")
	r.state.Lock()
	again := r.closed
	r.closed = true
	r.state.Unlock()
	if again {
		r.logger.Error("Repeated attempt to close the reporter is ignored")
		return
	}
	close(r.stop)
	timer := time.NewTimer(reporterTimeout)
	defer timer.Stop()
	select {
	case <-r.done:
	case <-timer.C:
		r.abandon()
	}
}

// abandon counts what waits for a transport that hangs.
func (r *queueReporter) abandon() {
	lost := 0
	for span := r.next(); span != nil; span = r.next() {
		lost++
	}
	r.books.Lock()
	lost += r.held
	r.left = true
	r.books.Unlock()
	r.metrics.ReporterFailure.Inc(int64(lost))
	r.logger.Error(fmt.Sprintf("failed to flush Jaeger spans to server: the transport hangs and is left behind with %d spans", lost))
}

// next takes a span from the queue, or returns nil when it is empty.
func (r *queueReporter) next() *Span {
	select {
	case span := <-r.queue:
		return span
	default:
		return nil
	}
}

// run is the goroutine that calls the transport.
func (r *queueReporter) run(interval time.Duration) {
	defer close(r.done)
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case span := <-r.queue:
			survive(func() { r.append(span) })
		case <-tick.C:
			survive(r.flush)
		case <-r.stop:
			r.finish()
			return
		}
	}
}

// finish sends what waits. Nothing is added to the queue any more, but Close may empty it.
func (r *queueReporter) finish() {
	for span := r.next(); span != nil; span = r.next() {
		survive(func() { r.append(span) })
	}
	survive(r.flush)
	survive(func() { _ = r.sender.Close() })
}

func (r *queueReporter) append(span *Span) {
	r.books.Lock()
	r.held++
	r.books.Unlock()
	n, err := attempt(1, func() (int, error) { return r.sender.Append(span) })
	switch {
	case err != nil:
		r.count(r.metrics.ReporterFailure, n)
		r.logger.Error(fmt.Sprintf("error reporting Jaeger span %q: %s", span.OperationName(), errorText(err)))
	case n > 0:
		r.count(r.metrics.ReporterSuccess, n)
		r.metrics.ReporterQueueLength.Update(int64(len(r.queue)))
		r.logger.Debugf("flushed %d spans", n)
	}
}

func (r *queueReporter) flush() {
	n, err := attempt(r.holds(), func() (int, error) { return r.sender.Flush() })
	switch {
	case err != nil:
		r.count(r.metrics.ReporterFailure, n)
		r.logger.Error("failed to flush Jaeger spans to server: " + errorText(err))
	case n > 0:
		r.count(r.metrics.ReporterSuccess, n)
	}
}

func (r *queueReporter) holds() int {
	r.books.Lock()
	defer r.books.Unlock()
	return r.held
}

// count books n spans of which the transport has told, unless Close has booked them.
func (r *queueReporter) count(c metrics.Counter, n int) {
	r.books.Lock()
	r.held = max(r.held-n, 0)
	left := r.left
	r.books.Unlock()
	if !left {
		c.Inc(int64(n))
	}
}

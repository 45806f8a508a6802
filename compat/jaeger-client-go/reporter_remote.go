// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/reporter"
	"github.com/uber/jaeger-client-go/internal/native"
	"github.com/uber/jaeger-client-go/log"
)

// NewRemoteReporter makes a reporter that sends spans with a transport, in batches and in
// the background. If sender comes from NewUDPTransport or package transport, spur sends in
// its place: a batch that does not get through is sent again, and a span that is too large
// is trimmed. Any other sender is called on one goroutine. Close sends what waits, closes
// sender and returns after 5 seconds at the latest.
func NewRemoteReporter(sender Transport, opts ...ReporterOption) Reporter {
	var o reporterOptions
	o.complete(opts)
	if r := newBatchingReporter(sender, &o); r != nil {
		return r
	}
	return newQueueReporter(sender, &o)
}

// batchingReporter is a remote reporter that spur feeds and runs.
type batchingReporter struct {
	batching *reporter.Batching
	logger   log.DebugLogger
	closed   atomic.Bool

	metrics *Metrics      // nil: not counted
	stop    chan struct{} // ends the counting
	stopped sync.WaitGroup
	counted reporter.DestinationStats
}

// newBatchingReporter returns nil when spur cannot stand in for sender.
func newBatchingReporter(sender Transport, o *reporterOptions) Reporter {
	t, batchSpans := native.Open(sender)
	if t == nil {
		return nil
	}
	batching := reporter.BatchingOptions{
		FlushInterval: o.bufferFlushInterval,
		QueueSpans:    o.queueSize,
		BatchSpans:    batchSpans,
		Logger:        slogger(failures(o.logger)),
	}
	if batchSpans > 0 {
		batching.Shards = 1 // for batches as large as the program wants
	}
	b, err := reporter.NewBatching(t, batching)
	if err != nil {
		_ = t.Close() // which has sent nothing
		return nil
	}
	r := &batchingReporter{batching: b, logger: o.logger}
	if o.metrics != nil {
		r.metrics, r.stop = o.metrics.complete(), make(chan struct{})
		r.stopped.Add(1)
		go r.countEvery(o.bufferFlushInterval)
	}
	return r
}

// split implements nativeReporter.
func (r *batchingReporter) split() ([]reporter.Reporter, []Reporter) {
	return []reporter.Reporter{r.batching}, nil
}

// Report implements Reporter, for reporters of the program's own that hand spans on.
func (r *batchingReporter) Report(span *Span) {
	if s := span.SpurSpan(); s != nil {
		r.batching.Report(s.Data())
	}
}

// Close implements Reporter.
func (r *batchingReporter) Close() {
	r.logger.Debugf("closing reporter")
	if r.closed.Swap(true) {
		r.logger.Error("Repeated attempt to close the reporter is ignored")
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), reporterTimeout)
	defer cancel()
	_ = r.batching.Close(ctx) // which logs what it has lost
	if r.metrics != nil {
		close(r.stop)
		r.stopped.Wait()
		survive(r.count)
	}
}

// countEvery counts at each interval, until Close.
func (r *batchingReporter) countEvery(interval time.Duration) {
	defer r.stopped.Done()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			survive(r.count)
		case <-r.stop:
			return
		}
	}
}

// count adds to the metrics what has become of spans since it was called last. Spans that
// may have arrived count as failed.
func (r *batchingReporter) count() {
	now, before := r.batching.Stats()[0], r.counted
	r.counted = now
	dropped := now.Dropped[reporter.QueueFull] - before.Dropped[reporter.QueueFull]
	failed := now.DroppedTotal() + now.Unconfirmed - before.DroppedTotal() - before.Unconfirmed - dropped
	add := func(c interface{ Inc(int64) }, n uint64) {
		if n > 0 {
			c.Inc(int64(n)) //nolint:gosec // G115: nobody finishes 2⁶³ spans
		}
	}
	add(r.metrics.ReporterSuccess, now.Sent-before.Sent)
	add(r.metrics.ReporterFailure, failed)
	add(r.metrics.ReporterDropped, dropped)
	r.metrics.ReporterQueueLength.Update(int64(now.BufferedSpans)) //nolint:gosec // likewise
}

// failures returns a logger whose errors begin like those about transports do.
func failures(l log.DebugLogger) log.DebugLogger {
	if l == log.NullLogger {
		return l
	}
	return failureLogger{l}
}

type failureLogger struct{ log.DebugLogger }

func (l failureLogger) Error(msg string) {
	l.DebugLogger.Error("failed to flush Jaeger spans to server: " + msg)
}

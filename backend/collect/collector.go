// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/trouble"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Config has the limits and tags of a Collector. A zero field stands for its
// default.
type Config struct {
	// QueueSpans and QueueBytes bound what waits to be written, the batch that
	// the store is writing included. Bytes are those in memory, as an estimate.
	// A single Take that is larger is taken when nothing waits.
	QueueSpans int
	QueueBytes int64
	// A batch is written when it has BatchSpans, or BatchDelay after its first
	// span came.
	BatchSpans int
	BatchDelay time.Duration
	// AckStored makes Take wait until the store has the spans, or has failed to take
	// them, unless they came as a datagram.
	AckStored bool
	// MaxSpanBytes bounds a span as OTLP, its resource and scope included: these
	// as an estimate that is never too low.
	MaxSpanBytes int
	// Budget bounds the memory that Reserve gives out.
	Budget int64
	// Tags are added to the resource of every span, unless it has an attribute of
	// that name.
	Tags map[string]string
}

// Collector takes spans and writes them to a store. Its methods may be called
// from any goroutine.
type Collector struct {
	config  Config
	store   store.Store
	encoded store.EncodedWriter // the store, or nil
	log     *slog.Logger
	latency latencies

	inFlight atomic.Int64 // what Reserve has given out

	stop    context.CancelFunc // gives up writing
	stopped context.Context
	wake    chan struct{} // the queue has something new for the writer
	done    chan struct{} // the writer has ended

	mu      sync.Mutex
	books   books
	queue   queue
	failure error                      // of the last write, if it failed
	told    trouble.Log                // of writes
	warned  map[trace.Reason]time.Time // when refusals were last logged
	closed  bool                       // nothing more is taken
}

// New returns a Collector that writes to s until Close, in one goroutine. It
// registers its metrics with reg, which may be nil, and panics when another
// Collector's are there.
func New(config Config, s store.Store, reg prometheus.Registerer, log *slog.Logger) *Collector {
	if b, ok := s.(store.Batcher); ok && config.BatchSpans == 0 && config.BatchDelay == 0 {
		config.BatchSpans, config.BatchDelay = b.Batch()
	}
	config.QueueSpans = cmp.Or(config.QueueSpans, DefaultQueueSpans)
	config.QueueBytes = cmp.Or(config.QueueBytes, DefaultQueueBytes)
	config.BatchSpans = cmp.Or(config.BatchSpans, DefaultBatchSpans)
	config.BatchDelay = cmp.Or(config.BatchDelay, DefaultBatchDelay)
	config.MaxSpanBytes = cmp.Or(config.MaxSpanBytes, DefaultMaxSpanBytes)
	config.Budget = cmp.Or(config.Budget, DefaultBudget)
	config.Tags = maps.Clone(config.Tags)
	c := &Collector{
		config:  config,
		store:   s,
		log:     log,
		latency: newLatencies(),
		books:   newBooks(),
		warned:  map[trace.Reason]time.Time{},
		wake:    make(chan struct{}, 1),
		done:    make(chan struct{}),
	}
	c.encoded, _ = s.(store.EncodedWriter)
	c.stopped, c.stop = context.WithCancel(context.Background())
	if reg != nil {
		reg.MustRegister(metrics{c}, c.latency.queued, c.latency.saved)
	}
	go c.run()
	return c
}

var (
	errQueueFull = fmt.Errorf("%w: the queue is full", trace.ErrBusy)
	errStopping  = fmt.Errorf("%w: stopping", trace.ErrBusy)
	errNotStored = fmt.Errorf("%w: the store has not taken the spans", trace.ErrBusy)
)

// Take takes over td: the caller no longer uses it. The spans it refuses are
// counted by reason, all others are queued. With an error, which is
// trace.ErrBusy, none was taken and the sender should come back. It does not
// block, unless Config.AckStored says so: then it returns trace.ErrBusy also when
// ctx is done or ackTime is over, and the spans may be stored all the same.
func (c *Collector) Take(ctx context.Context, td ptrace.Traces, from trace.Origin) ([]trace.Refused, error) {
	spans := td.SpanCount()
	if spans == 0 {
		return nil, nil
	}
	if err := c.enter(from, spans, nil); err != nil {
		c.warn(from, trace.ReasonQueueFull)
		return nil, err // full as it is: nothing is spent on td
	}
	p := c.validate(td)
	c.tag(td)
	if err := c.enter(from, spans, &p); err != nil {
		c.warn(from, trace.ReasonQueueFull)
		return nil, err
	}
	for _, r := range p.refused {
		c.warn(from, r.Reason)
	}
	return p.refused, c.await(ctx, from, p.into)
}

// TakeEncoded is Take of spans as they came. It takes them over only when Take
// would neither mend nor refuse any, and the store takes them so. Otherwise, and
// without an error, taken is false, nothing is counted, and they are to be decoded
// for Take.
func (c *Collector) TakeEncoded(ctx context.Context, spans []trace.Encoded, from trace.Origin) (taken bool, err error) {
	if c.encoded == nil || len(c.config.Tags) > 0 || len(spans) == 0 {
		return false, nil
	}
	var p parcel
	err = c.enter(from, len(spans), nil)
	if err == nil {
		var ok bool
		if p, ok = c.sound(spans); !ok {
			return false, nil
		}
		err = c.enter(from, len(spans), &p)
	}
	if err != nil {
		c.warn(from, trace.ReasonQueueFull)
		return false, err
	}
	err = c.await(ctx, from, p.into)
	return err == nil, err
}

// enter says whether there is room. If not, it books the spans as refused; if so,
// it books and queues p, unless that is nil.
func (c *Collector) enter(from trace.Origin, spans int, p *parcel) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		c.books.refuse(from, trace.ReasonShutdown, spans)
		return errStopping
	}
	if !c.queue.hasRoom(&c.config, p) {
		c.books.refuse(from, trace.ReasonQueueFull, spans)
		return errQueueFull
	}
	if p == nil {
		return nil
	}
	for _, r := range p.refused {
		c.books.refuse(from, r.Reason, r.Count)
	}
	c.books.receive(from, p.spans)
	c.books.mended += int64(p.mended)
	if p.spans > 0 && c.queue.push(p, c.config.BatchSpans) {
		select {
		case c.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// Refuse books spans that a receiver refused before they were a ptrace.Traces.
func (c *Collector) Refuse(from trace.Origin, reason trace.Reason, spans int) {
	c.mu.Lock()
	c.books.refuse(from, reason, spans)
	c.mu.Unlock()
	c.warn(from, reason)
}

// Unread books n datagrams or bodies whose spans cannot be counted.
func (c *Collector) Unread(from trace.Origin, reason trace.Reason, n int) {
	c.mu.Lock()
	c.books.unread[reason] += int64(n)
	c.mu.Unlock()
	if reason != trace.ReasonMalformed { // who could not read it knows more
		c.warn(from, reason)
	}
}

// warn logs, once in logEvery for each reason, that something is refused, and
// what was so far.
func (c *Collector) warn(from trace.Origin, reason trace.Reason) {
	if b, due := c.warning(reason); due {
		c.log.Warn("spans are refused", "reason", reason, "protocol", from.Protocol, "transport", from.Transport,
			"refused", b.Refused, "unread", b.Unread)
	}
}

// warning reports whether it is time to log refusals for a reason again, with the
// books of now.
func (c *Collector) warning(reason trace.Reason) (b trace.Books, due bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.warned[reason]
	if c.closed || !last.IsZero() && time.Since(last) < logEvery {
		return b, false
	}
	c.warned[reason] = time.Now()
	return c.books.sum(c.queue.spans), true
}

// Reserve sets n bytes of a body that is going to be read against the budget, as
// much as they can take in memory. When they do not fit ok is false and release
// does nothing; else release gives them back.
func (c *Collector) Reserve(n int64) (release func(), ok bool) {
	if n <= 0 {
		return func() {}, true
	}
	if n > c.config.Budget/bodyExpansion {
		return func() {}, false
	}
	n *= bodyExpansion
	if c.inFlight.Add(n) > c.config.Budget {
		c.inFlight.Add(-n)
		return func() {}, false
	}
	var once sync.Once
	return func() { once.Do(func() { c.inFlight.Add(-n) }) }, true
}

// Books returns what became of all spans so far. They balance at any time.
func (c *Collector) Books() trace.Books {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.books.sum(c.queue.spans)
}

// Ready returns nil, or why spans are not being stored: the error of the store's
// last write, or that the Collector is closed.
func (c *Collector) Ready() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errStopping
	}
	return c.failure
}

// Close stops taking spans and returns when what waits is written. When ctx is
// done before, the rest is refused for ReasonShutdown, and the error says how
// many spans that were. It does not close the store.
func (c *Collector) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
	select {
	case <-c.done:
		c.stop()
		return nil
	case <-ctx.Done():
	}

	c.mu.Lock()
	lost := c.queue.drop()
	c.books.refused[trace.ReasonShutdown] += int64(lost)
	c.mu.Unlock()
	c.stop()
	if lost == 0 {
		return nil
	}
	return fmt.Errorf("%d spans were not written: %w", lost, context.Cause(ctx))
}

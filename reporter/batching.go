// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

var (
	_ Reporter = (*Batching)(nil)
	_ Statser  = (*Batching)(nil)
)

// The errors of this package.
var (
	// ErrOption is what constructors wrap.
	ErrOption = errors.New("reporter: bad option")
	// ErrClosed is what Flush returns when Close gave up on spans that Flush was
	// waiting for.
	ErrClosed = errors.New("reporter: closed")
	// ErrLost is what Close returns, wrapped, when spans that were waiting did not
	// arrive, or nothing says that they did.
	ErrLost = errors.New("reporter: spans were lost")
)

// The defaults of BatchingOptions.
const (
	DefaultFlushInterval = time.Second
	DefaultQueueBytes    = 16 << 20
	DefaultQueueSpans    = 1_000_000
	DefaultRetryBudget   = 5 * time.Minute
)

// BatchingOptions changes what NewBatching makes. The zero value is right for an
// agent on the same host. Negative numbers are errors.
type BatchingOptions struct {
	// Name is the destination's name in Stats and log lines; when empty "agent",
	// "collector" or "otlp", after the transport's format.
	Name string
	// FlushInterval is how long a span waits at most for its batch to become
	// full; DefaultFlushInterval when 0.
	FlushInterval time.Duration
	// QueueBytes bounds the memory of full batches that wait to be sent, the one
	// being sent included; DefaultQueueBytes when 0. Beside it each shard holds
	// one batch under construction, of the size of a request but at most 125,000
	// bytes, and the sender at most three requests: with requests of 1,000,000
	// bytes all in all less than QueueBytes + 8 MiB.
	QueueBytes int
	// QueueSpans bounds the spans in full batches that wait to be sent;
	// DefaultQueueSpans when 0. Two batches of a shard may always wait, whatever
	// QueueBytes and QueueSpans say.
	QueueSpans int
	// Shards is how many batches are under construction at a time; when 0 twice
	// GOMAXPROCS and at most 8.
	Shards int
	// NoPacing lets datagrams follow each other without a pause. By default two
	// full ones do, because the receive buffer that Linux gives a socket holds
	// no more than three of 65,000 bytes. Agents with larger buffers take more.
	NoPacing bool
	// RetryBudget is how long after its first attempt a batch is tried again;
	// DefaultRetryBudget when 0. A wait that would end later is not begun. Close
	// has one such budget for all that waits.
	RetryBudget time.Duration
	// NoRetry makes one attempt at each batch. It contradicts RetryBudget.
	NoRetry bool
	// InBandStats sends the totals of lost spans with each OTLP batch, as
	// attributes of the instrumentation scope. The Jaeger formats for agents
	// always carry them, and the one for collectors never does.
	InBandStats bool
	// SemanticNames writes OTLP attributes under OpenTelemetry's current names
	// where a span's tags have OpenTracing's. Other formats keep the tags' names.
	SemanticNames bool
	// Logger gets a line when loss for a Reason begins, one a minute while it
	// lasts, and one when it has ended; likewise for spans that are Unconfirmed
	// and for batches that have to be tried again. slog.Default() when nil.
	Logger *slog.Logger
}

// complete checks o and fills in the defaults.
func (o *BatchingOptions) complete(f transport.Format) error {
	switch {
	case o.FlushInterval < 0:
		return fmt.Errorf("%w: FlushInterval %v is negative", ErrOption, o.FlushInterval)
	case o.QueueBytes < 0:
		return fmt.Errorf("%w: QueueBytes %d is negative", ErrOption, o.QueueBytes)
	case o.QueueSpans < 0:
		return fmt.Errorf("%w: QueueSpans %d is negative", ErrOption, o.QueueSpans)
	case o.Shards < 0:
		return fmt.Errorf("%w: Shards %d is negative", ErrOption, o.Shards)
	case o.RetryBudget < 0:
		return fmt.Errorf("%w: RetryBudget %v is negative", ErrOption, o.RetryBudget)
	case o.NoRetry && o.RetryBudget > 0:
		return fmt.Errorf("%w: RetryBudget %v contradicts NoRetry", ErrOption, o.RetryBudget)
	}
	if o.Name == "" {
		o.Name = defaultName(f)
	}
	if o.FlushInterval == 0 {
		o.FlushInterval = DefaultFlushInterval
	}
	if o.QueueBytes == 0 {
		o.QueueBytes = DefaultQueueBytes
	}
	if o.QueueSpans == 0 {
		o.QueueSpans = DefaultQueueSpans
	}
	if o.RetryBudget == 0 {
		o.RetryBudget = DefaultRetryBudget
	}
	if o.Shards == 0 {
		o.Shards = min(8, 2*runtime.GOMAXPROCS(0))
	}
	return nil
}

func defaultName(f transport.Format) string {
	switch f {
	case transport.JaegerBatch:
		return "collector"
	case transport.OTLP:
		return "otlp"
	default:
		return "agent"
	}
}

// Batching encodes spans where they finish, in Report, and sends them in batches
// through a transport, in a goroutine of its own.
//
// It holds at most QueueBytes, one batch for each shard, and while spans are sent
// three requests more. Spans that find no room are dropped and counted queue_full. A
// span too large for a batch is trimmed: logs go first, oldest first, then the
// longest texts are cut, then tags go; ids, times and the error tag stay. It is
// dropped as too_large only if even that does not help.
//
// A batch whose error the transport calls Retryable (the receiver could not be
// reached, did not answer, or was busy) is sent again, the same bytes, until
// RetryBudget is spent: after 250 ms, then twice as long each time up to 5 s, each
// wait shortened by chance by up to a half; or after what the receiver asked for,
// 60 s at most. Meanwhile later spans wait in the queue, and a line is logged.
// Delivery is therefore at least once: a request that went unanswered may have
// arrived, and a receiver that does not recognize span ids shows its spans twice.
// When the budget is spent, spans are dropped as retry_exhausted, but Unconfirmed
// when any attempt at them went unanswered. Nothing else is sent again: what the
// receiver refused is dropped as rejected, what failed for good as send_error; the
// latter is Unconfirmed, too, when an attempt before it went unanswered.
//
// One batch is tried at a time, in the order of the spans. So a batch that the
// receiver answers with "try again" for ever (a proxy's 504 for what upsets a
// collector, say) holds up those behind it for RetryBudget, and the queue may
// overflow meanwhile. Retries, LastError and the log line tell. Where that matters
// more than outages, a RetryBudget of seconds is the remedy.
//
// A batch that is larger than the path takes is split between spans. A single
// span that is, having been encoded before the limit was known, is dropped as
// too_large; later ones are trimmed to the new limit.
//
// A transport that panics loses the batch in hand, as send_error, and nothing else.
type Batching struct {
	t         transport.Transport // called in foreign.go only
	confirmer transport.Confirmer // t, or nil
	addresser transport.Addresser // t, or nil
	limit     atomic.Int64        // what MaxBatch said last
	enc       encoding
	name      string
	format    transport.Format
	interval  time.Duration
	budget    time.Duration // for retries
	noRetry   bool
	store     store

	shards []*shard
	hints  sync.Pool     // of *shard: the one this processor used last
	next   atomic.Uint32 // shard for a processor without a hint

	processMu sync.Mutex
	processes []*process

	wake    chan struct{} // capacity 1: something waits, or somebody wants a flush
	flushes flushes

	closeOnce  sync.Once
	closeBegan time.Time          // when Close was called; to be read after closing
	closeBy    time.Time          // Close's deadline or zero; likewise
	closing    chan struct{}      // closed by Close: send what is left, then end
	ctx        context.Context    // for Send; ended when the context of Close is
	cancel     context.CancelFunc // ends ctx
	done       chan struct{}      // closed when the sender has ended
	closeErr   error              // of t.Close; to be read after done

	sender
}

// NewBatching returns a reporter that sends through t, which it owns from then
// on: Close closes it. Its goroutine runs until Close. The error wraps ErrOption
// and names the option and its value.
func NewBatching(t transport.Transport, o BatchingOptions) (*Batching, error) {
	if t == nil {
		return nil, fmt.Errorf("%w: transport is nil", ErrOption)
	}
	format := t.Format()
	enc, err := encodingOf(format, &o)
	if err != nil {
		return nil, err
	}
	if err := o.complete(format); err != nil {
		return nil, err
	}
	r := &Batching{
		t: t, enc: enc, name: o.Name, format: format, interval: o.FlushInterval, budget: o.RetryBudget, noRetry: o.NoRetry,
		store:   store{maxSpans: uint64(o.QueueSpans), maxMemory: int64(o.QueueBytes)},
		shards:  make([]*shard, o.Shards),
		wake:    make(chan struct{}, 1),
		closing: make(chan struct{}),
		done:    make(chan struct{}),
	}
	for i := range r.shards {
		r.shards[i] = new(shard)
	}
	r.confirmer, _ = t.(transport.Confirmer)
	r.addresser, _ = t.(transport.Addresser)
	r.flushes.answered = make(chan struct{})
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.sender.init(o.Logger, format, enc.paced && !o.NoPacing)
	r.measure()
	go r.run()
	return r, nil
}

// Report implements Reporter: it encodes s. It allocates nothing, but for a batch
// buffer when those in use are all waiting to be sent, and for a span that must
// be trimmed.
func (r *Batching) Report(s *model.Span) {
	if s == nil {
		return
	}
	sh, _ := r.hints.Get().(*shard)
	if sh == nil { // a new processor, or the garbage collector emptied the pool
		sh = r.shards[r.next.Add(1)%uint32(len(r.shards))]
	}
	if !r.add(sh, s) {
		r.addTrimmed(sh, s)
	}
	r.hints.Put(sh)
	if r.store.crowded.Load() && r.store.crowded.CompareAndSwap(true, false) {
		runtime.Gosched() // all processors are busy: the sender's turn (BenchmarkReportRPC/parallel)
	}
}

// addTrimmed reports a span that is larger than a batch. Trimming encodes the
// span many times, so no lock is held meanwhile.
func (r *Batching) addTrimmed(sh *shard, s *model.Span) {
	for range 3 { // the limit may shrink between trim and addEncoded
		room := r.maxBatch() - r.process(s.Process).headroom - r.enc.tailMax
		span, ok := trim(s, room, r.enc.span)
		if !ok {
			break
		}
		if r.addEncoded(sh, s.Process, span) {
			return
		}
	}
	r.store.dropNew(TooLarge)
}

// poke makes the sender look at the queue and the flush requests.
func (r *Batching) poke() {
	select {
	case r.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Flush implements Reporter. It returns nil when every span reported before the
// call has been given to the transport, or dropped and counted, and the transport
// knows nothing more of their fate; ctx's error as soon as ctx ends, when that
// comes first; and ErrClosed when Close gave up on some spans meanwhile. Attempts
// at a batch go on while it waits, so without a deadline it may take as long as
// RetryBudget for each. After Close it returns nil. Any number of goroutines may call it.
func (r *Batching) Flush(ctx context.Context) error {
	select {
	case <-r.done:
		return nil
	default:
	}
	mine, answered := r.flushes.request()
	for {
		r.poke()
		select {
		case <-answered:
			var done bool
			if done, answered = r.flushes.state(mine); done {
				return nil
			}
		case <-r.done:
			if done, _ := r.flushes.state(mine); !done {
				if r.abandoned() {
					return ErrClosed
				}
			}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close implements Reporter. Spans reported from now on are counted as dropped,
// reason closed. What waits is sent until ctx ends and then dropped for the same
// reason, or Unconfirmed when an attempt at it went unanswered, and the transport
// is closed. A batch that is waiting for its next attempt gets one at once, unless
// the receiver asked to wait; a wait that would outlast ctx's deadline is not
// begun. Close returns then, or 100 ms after ctx ended when the transport still
// does not let go; its spans stay buffered until it does.
//
// With a receiver that is down, Close takes all the time that ctx gives, because
// the receiver may come back. A ctx without a deadline gives RetryBudget in all:
// the first attempt that fails so late, or whose next one would come so late, ends
// the attempts at everything.
//
// The error wraps ErrLost and says how many spans that were waiting got lost, and
// why; it wraps ctx's error, too, when there was no time for some. Or it is the
// transport's. Later calls wait likewise, do nothing and return nil unless their
// ctx ends.
func (r *Batching) Close(ctx context.Context) error {
	first := false
	var before [numLosses]uint64
	r.closeOnce.Do(func() {
		first = true
		for _, sh := range r.shards {
			sh.close()
		}
		before = r.store.losses()
		if ctx.Err() != nil {
			r.cancel() // at once: nothing more is sent
		}
		r.closeBegan = time.Now()
		r.closeBy, _ = ctx.Deadline()
		close(r.closing)
	})
	if !first {
		return awaitOther(ctx, r.done)
	}
	stop := context.AfterFunc(ctx, r.cancel)
	defer stop()
	if !awaitEnd(ctx, r.done) {
		stuck := fmt.Errorf("reporter: %s: the transport, or the logger, did not return: %w", r.name, ctx.Err())
		return errors.Join(r.lostSince(ctx, &before), stuck)
	}
	return errors.Join(r.lostSince(ctx, &before), r.closeErr)
}

// lostSince is Close's error about the spans that were lost since before.
func (r *Batching) lostSince(ctx context.Context, before *[numLosses]uint64) error {
	var list []string
	for why, now := range r.store.losses() {
		if n := now - before[why]; n > 0 {
			cause, _, _ := lossText(Reason(why))
			list = append(list, fmt.Sprintf("%d %s", n, cause))
		}
	}
	if list == nil {
		return nil
	}
	err := fmt.Errorf("%w at close of %s: %s", ErrLost, r.name, strings.Join(list, ", "))
	switch {
	case !r.abandoned():
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", err, ctx.Err())
	default: // it, or the budget, would have ended before the next attempt
		return fmt.Errorf("%w: %w", err, context.DeadlineExceeded)
	}
}

// abandoned says whether Close had no time for some spans.
func (r *Batching) abandoned() bool {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	return r.store.abandoned > 0
}

// Stats implements Statser: one destination, one consistent snapshot.
func (r *Batching) Stats() []DestinationStats {
	d := DestinationStats{Name: r.name, Format: r.format.String(), Address: r.address()}
	for _, sh := range r.shards {
		sh.mu.Lock()
		defer sh.mu.Unlock()
	}
	s := &r.store
	s.mu.Lock()
	defer s.mu.Unlock()
	d.Sent, d.Unconfirmed, d.Dropped = s.sent, s.unconfirmed, s.dropped
	d.BufferedSpans = s.waiting + s.hand + s.doubt
	d.BufferedBytes = uint64(s.memory)
	d.Retries, d.LastError, d.LastErrorTime = s.retries, s.lastError, s.lastErrorTime
	for _, sh := range r.shards {
		d.Dropped[Closed] += sh.late
		if sh.batch != nil && sh.batch.len() > 0 {
			d.BufferedSpans += uint64(sh.batch.len())
			d.BufferedBytes += uint64(sh.batch.memory())
		}
	}
	return []DestinationStats{d}
}

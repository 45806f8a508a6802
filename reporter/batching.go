// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
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

// Batching encodes spans where they finish, in Report, and sends them in batches
// through a transport, in a goroutine of its own. The package's documentation says
// in which column each span ends.
//
// It holds at most QueueBytes, one batch for each shard, and while spans are sent
// three requests more. A span too large for a batch is trimmed: logs go first, oldest
// first, then the longest texts are cut, then tags go; ids, times and the error tag
// stay.
//
// A batch that the transport calls Retryable (the receiver could not be reached, did
// not answer, or was busy) is sent again, the same bytes, until RetryBudget is spent:
// after 250 ms, then twice as long each time up to 5 s, each wait shortened by chance
// by up to a half; or after what the receiver asked for, 60 s at most. A datagram
// that turns out refused when it had been accepted (transport.Confirmer) is sent
// again likewise, once for each refusal. An attempt that was written and not answered
// may have arrived, so delivery is at least once: a receiver that does not recognize
// span ids shows its spans twice.
//
// One batch is tried at a time, in the order of the spans: one that never gets through
// holds up those behind it for RetryBudget. A batch that is larger than the path takes
// is split between spans.
//
// A transport that panics loses the batch that it was given, as send_error, and
// nothing else. The Logger is called on a goroutine of its own and may call any
// method.
type Batching struct {
	t         transport.Transport // called in foreign.go only
	confirmer transport.Confirmer // t, or nil
	addresser transport.Addresser // t, or nil
	limit     atomic.Int64        // what MaxBatch said last
	enc       encoding
	name      string
	format    transport.Format
	interval  time.Duration
	most      int // spans of a batch; 0: no limit
	deadline  deadline
	store     store

	shards []*shard

	processMu sync.Mutex
	processes []*process

	wake    chan struct{} // capacity 1: something waits, or somebody wants a flush
	flushes flushes

	closing  atomic.Bool
	before   ledger        // when Close began
	done     chan struct{} // closed when the sender has ended
	closeErr error         // of t.Close; to be read after done

	sender
}

// NewBatching returns a reporter that sends through t, which it owns from then
// on: Close closes it. Its goroutine runs until Close. The error wraps ErrOption
// and names the option and its value.
func NewBatching(t transport.Transport, o BatchingOptions) (*Batching, error) {
	if t == nil {
		return nil, fmt.Errorf("%w: transport is nil", ErrOption)
	}
	var format transport.Format
	if p := guard.Run(func() { format = t.Format() }); p != nil {
		return nil, fmt.Errorf("%w: %w", ErrOption, inMethod("Format", p))
	}
	enc, err := encodingOf(format, &o)
	if err != nil {
		return nil, err
	}
	if err := o.complete(format); err != nil {
		return nil, err
	}
	r := &Batching{
		t: t, enc: enc, name: o.Name, format: format, interval: o.FlushInterval, most: o.BatchSpans,
		deadline: newDeadline(&o),
		store:    newStore(&o),
		shards:   make([]*shard, o.Shards),
		wake:     make(chan struct{}, 1),
		done:     make(chan struct{}),
	}
	for i := range r.shards {
		r.shards[i] = new(shard)
	}
	r.confirmer, _ = t.(transport.Confirmer)
	r.addresser, _ = t.(transport.Addresser)
	r.flushes.answered = make(chan struct{})
	r.pace = enc.paced && !o.NoPacing
	r.backoff = newBackoff(rand.Uint64(), rand.Uint64())
	r.loss.init(&o, format)
	r.measure()
	go r.run()
	return r, nil
}

// Report implements Reporter: it encodes s. It allocates only new batches, and what
// trimming a span takes.
func (r *Batching) Report(s *model.Span) {
	if s == nil {
		return
	}
	if isGiant(s, r.maxBatch()) || !r.add(s, nil) {
		r.addTrimmed(s)
	}
	if r.store.crowded.Load() && r.store.crowded.CompareAndSwap(true, false) {
		runtime.Gosched() // all processors are busy: the sender's turn (BenchmarkReportRPC/parallel)
	}
}

// addTrimmed reports a span that is larger than a batch. Trimming encodes the
// span many times, so no lock is held meanwhile.
func (r *Batching) addTrimmed(s *model.Span) {
	for range 3 { // the limit may shrink between trim and add
		room := r.maxBatch() - r.process(s.Process).headroom - r.enc.tailMax
		span, ok := trim(s, room, r.enc.span)
		if !ok {
			break
		}
		if r.add(s, span) {
			return
		}
	}
	r.store.dropNew(TooLarge)
}

// wakeUp makes the sender look at the queue and the flush requests.
func (r *Batching) wakeUp() { poke(r.wake) }

// poke wakes who waits for c, of capacity 1.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // somebody has
	}
}

// Flush implements Reporter. It returns nil when every span reported before the call
// has been sent, or dropped and counted, and after Close; ctx's error as soon as
// ctx ends (nil never does); and ErrClosed when Close gave up on some spans meanwhile.
// With a receiver that is down it waits as long as RetryBudget for each batch.
func (r *Batching) Flush(ctx context.Context) error {
	if isClosed(r.done) {
		return nil
	}
	answered, err := r.flushes.wait(ctx, r.wake, r.done)
	if err == nil && !answered && r.store.books().abandoned > 0 {
		return ErrClosed
	}
	return err
}

// Stats implements Statser: one destination, one consistent snapshot.
func (r *Batching) Stats() []DestinationStats {
	d := DestinationStats{Name: r.name, Format: r.format.String(), Address: r.address()}
	for _, sh := range r.shards {
		sh.mu.Lock()
		defer sh.mu.Unlock()
	}
	s := r.store.books()
	d.Sent, d.Unconfirmed, d.Dropped = s.sent, s.unconfirmed, s.dropped
	d.BufferedSpans = s.waiting + s.sending + s.unproven
	d.BufferedBytes = uint64(s.memory)
	d.Retries, d.LastError, d.LastErrorTime = s.retries, s.explained(), s.lastErrorTime
	for _, sh := range r.shards {
		d.Dropped[Closed] += sh.late
		if sh.batch != nil && sh.batch.len() > 0 {
			d.BufferedSpans += uint64(sh.batch.len())
			d.BufferedBytes += uint64(sh.batch.memory())
		}
	}
	return []DestinationStats{d}
}

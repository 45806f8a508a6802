// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Config says where spans go. A zero number stands for its default.
type Config struct {
	// Endpoints are the receivers: host:port or, for HTTP, a URL. All take spans by
	// turns; one that fails is left alone for a while. With dns:/// in front of it,
	// an endpoint stands for all addresses that its name has.
	Endpoints []string
	// Send is the protocol and how to speak it. Its Endpoint and Address are not
	// used.
	Send send.Config
	// QueueBytes bounds what waits in memory, as OTLP, what is on its way included.
	// It is not used with a Spool.
	QueueBytes int64
	// Spool, if not empty, is a folder for what waits, and SpoolBytes, at least
	// LeastSpoolBytes, what its files may take. What waits there when the store is
	// opened is sent first. Two stores cannot use the same one.
	Spool      string
	SpoolBytes int64
}

// Store is a store.Store that sends spans on and can read none.
//
// Without a spool, Write waits for room in memory, and a batch that no receiver takes
// within five minutes is dropped. With one, Write returns when the file has the spans,
// which stay until a receiver takes them or there is no more room: then the oldest are
// dropped.
type Store struct {
	store.WriteOnly
	config Config
	deps   deps
	log    *slog.Logger

	ledger    *ledger
	queue     queue
	endpoints []*endpoint // their targets are resolve's
	targets   *targets
	trouble   chan struct{} // a target has failed

	closing context.Context // done when no Write may wait any more
	noMore  context.CancelFunc
	stopped context.Context // done when nothing is sent any more
	stop    context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	closed bool
	writes sync.WaitGroup             // Writes under way; none begins when it is closed
	warned map[trace.Reason]time.Time // when drops were last logged
}

// deps are what tests replace.
type deps struct {
	dial   func(send.Config) (send.Sender, error)
	lookup func(ctx context.Context, host string) ([]string, error)
}

var (
	_ store.Store         = (*Store)(nil)
	_ store.EncodedWriter = (*Store)(nil)
)

var errWriteOnly = fmt.Errorf("spans are sent on, and not kept here: %w", errors.ErrUnsupported)

// Open returns a store that sends until Close. It registers its metrics with reg,
// which may be nil.
func Open(c Config, reg prometheus.Registerer, log *slog.Logger) (*Store, error) {
	return open(c, deps{send.New, net.DefaultResolver.LookupHost}, reg, log)
}

func open(c Config, d deps, reg prometheus.Registerer, log *slog.Logger) (*Store, error) {
	c.QueueBytes = cmp.Or(c.QueueBytes, DefaultQueueBytes)
	c.SpoolBytes = cmp.Or(c.SpoolBytes, DefaultSpoolBytes)
	endpoints, err := parseAll(&c)
	if err != nil {
		return nil, err
	}
	for _, e := range endpoints { // what is wrong is said now
		try := c.Send
		try.Endpoint = e.text
		sender, err := d.dial(try)
		if err != nil {
			return nil, err
		}
		_ = sender.Close() // it was not used
	}
	s := &Store{
		WriteOnly: store.WriteOnly{Err: errWriteOnly},
		config:    c, deps: d, log: log, ledger: newLedger(), endpoints: endpoints,
		trouble: make(chan struct{}, 1), warned: map[trace.Reason]time.Time{},
	}
	s.closing, s.noMore = context.WithCancel(context.Background())
	s.stopped, s.stop = context.WithCancel(context.Background())
	s.targets = newTargets(log, func() {
		select {
		case s.trouble <- struct{}{}:
		default:
		}
	})
	if s.queue = queue(newMemory(c.QueueBytes, s.ledger)); c.Spool != "" {
		if s.queue, err = openSpool(c.Spool, c.SpoolBytes, s.ledger, log); err != nil {
			return nil, fmt.Errorf("the spool: %w", err)
		}
	}
	if reg != nil {
		reg.MustRegister(metrics{s})
	}
	if s.hasNames() {
		s.running.Go(s.follow) // a look-up takes its time
	} else {
		s.resolve()
	}
	for range workers {
		s.running.Go(s.work)
	}
	return s, nil
}

// Write implements store.Store. It waits for room, or for the disk. Spans that are
// written twice are sent twice.
func (s *Store) Write(ctx context.Context, td ptrace.Traces) error {
	batches, err := send.PackTraces(td)
	if err != nil {
		return err
	}
	return s.put(ctx, batches)
}

// WriteEncoded implements store.EncodedWriter.
func (s *Store) WriteEncoded(ctx context.Context, spans []trace.Encoded) error {
	return s.put(ctx, send.Pack(spans))
}

func (s *Store) put(ctx context.Context, batches []send.Batch) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return store.ErrClosed
	}
	s.writes.Add(1)
	s.mu.Unlock()
	defer s.writes.Done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(s.closing, func() { cancel(store.ErrClosed) })()
	return s.queue.put(ctx, batches)
}

func (s *Store) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// Books returns what became of all spans so far.
func (s *Store) Books() Books { return s.ledger.read() }

// Status implements store.Store: what waits, and what was dropped.
func (s *Store) Status(context.Context) (store.Status, error) {
	if s.isClosed() {
		return store.Status{}, store.ErrClosed
	}
	b := s.Books()
	st := store.Status{Engine: "forward", Path: s.config.Spool, Spans: b.Waiting, Bytes: s.queue.size(), MaxBytes: s.config.QueueBytes}
	if s.config.Spool != "" {
		st.MaxBytes = s.config.SpoolBytes
	}
	for _, n := range b.Dropped {
		st.Evicted += n
	}
	return st, nil
}

// Caps implements store.Store.
func (s *Store) Caps() store.Caps {
	return store.Caps{Volatile: s.config.Spool == "", WriteOnly: true}
}

// Close takes no more spans and waits up to 1.5 s for those that wait to be sent.
// With a spool, what is left stays there; else it is dropped, and the error says how
// many spans that were.
func (s *Store) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		return store.ErrClosed
	}
	s.noMore()
	s.writes.Wait()
	s.drain()
	s.stop()
	s.running.Wait()
	s.targets.set(nil)

	lost := s.Books().Waiting
	if s.config.Spool == "" {
		s.ledger.drop(trace.ReasonShutdown, int(lost))
		lost = s.Books().Dropped[trace.ReasonShutdown]
	}
	err := s.queue.close()
	b := s.Books()
	s.log.Info("nothing more is sent", "taken", b.Taken, "replayed", b.Replayed, "sent", b.Sent, "rejected", b.Rejected, "dropped", b.Dropped)
	switch {
	case lost == 0:
	case s.config.Spool != "":
		s.log.Info("spans stay in the spool", "waiting", lost)
	default:
		err = errors.Join(err, fmt.Errorf("%d spans were not sent", lost))
	}
	return err
}

// drain waits until nothing waits, or closeTime has passed.
func (s *Store) drain() {
	late := time.NewTimer(closeTime)
	defer late.Stop()
	look := time.NewTicker(closeTime / 100)
	defer look.Stop()
	for s.Books().Waiting > 0 {
		select {
		case <-late.C:
			return
		case <-look.C:
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/internal/trouble"
	"github.com/go-spur/spur/backend/store"
)

const (
	// openWait is how long Open waits for the server.
	openWait = 5 * time.Second
	// closeWait is how long Close waits for calls before it ends them.
	closeWait = 3 * time.Second
)

// Store is an engine of spans. Its methods may be called from any goroutine.
type Store struct {
	config   Config
	client   *client
	names    names
	encoder  *encoder
	decoder  decoder
	known    knownSet
	counters *counters
	log      *slog.Logger
	now      func() time.Time // the clock
	instance string           // different in each process
	// throughputs are the documents of throughput that have an id.
	throughputs atomic.Int64
	status      atomic.Pointer[status]
	// mostBytes is how large documents that are read may be together.
	mostBytes int
	large     trouble.Log   // says which traces are too large
	alone     chan struct{} // has room for one walk, while it or its caller has a trace that is large
	gate      gate
	link      link
	closing   context.Context // done when calls that are under way must end
	end       context.CancelCauseFunc
	watched   chan struct{} // closed when nobody asks the server any more
}

var (
	_ store.Store      = (*Store)(nil)
	_ store.Archiver   = (*Store)(nil)
	_ store.Batcher    = (*Store)(nil)
	_ store.LinkWriter = (*Store)(nil)
	_ store.ReadProber = (*Store)(nil)
	_ store.Sampler    = (*Store)(nil)
	_ store.Walker     = (*Store)(nil)
)

// Open opens the store at the server. A server that cannot be reached is no error: the
// store is there when the server is. It is one if the server is no Elasticsearch or
// OpenSearch that the engine knows, refuses the credentials or the templates, or shows a
// certificate that is not trusted. Metrics are registered with reg, which may be nil.
func Open(ctx context.Context, c Config, reg prometheus.Registerer, log *slog.Logger) (*Store, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &Store{
		config: c, names: newNames(&c), encoder: newEncoder(&c), decoder: decoder{c.DotReplacement},
		counters: newCounters(), log: log, now: time.Now, instance: rand.Text(), mostBytes: maxTraceBytes, alone: make(chan struct{}, 1),
		link: link{turn: make(chan struct{}, 1), log: log}, watched: make(chan struct{}),
	}
	s.gate.init()
	s.link.aliases.init(s.names.needed())
	s.closing, s.end = context.WithCancelCause(context.WithoutCancel(ctx))
	var err error
	if s.client, err = newClient(&s.config, s.counters); err != nil {
		return nil, err
	}
	wait, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	switch err := s.connect(wait); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil:
	case refuses(err):
		return nil, fmt.Errorf("the server refuses the credentials: %w", err)
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return nil, fmt.Errorf("the server's certificate: %w", err)
	case errors.Is(err, context.DeadlineExceeded): // openWait's, so that nothing is noted yet
		s.link.note(unavailable(fmt.Errorf("no answer within %v", openWait)))
	case errors.Is(err, store.ErrUnavailable):
	default:
		return nil, err
	}
	if reg != nil {
		reg.MustRegister(s.counters)
	}
	go func() {
		defer close(s.watched)
		s.watch(s.closing, probeEvery)
	}()
	return s, nil
}

// begin begins a call: the context is done when the caller's is, or when Close does not wait
// any longer. done must be called.
func (s *Store) begin(ctx context.Context) (_ context.Context, done func(), err error) {
	if err := s.gate.enter(); err != nil {
		return nil, nil, err
	}
	if err := ctx.Err(); err != nil {
		s.gate.leave()
		return nil, nil, err
	}
	call, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.closing, func() { cancel(store.ErrClosed) })
	done = func() {
		stop()
		cancel(nil)
		s.gate.leave()
	}
	if err := s.connect(call); err != nil {
		defer done()
		if call.Err() != nil {
			err = ended(call)
		}
		return nil, nil, err
	}
	return call, done, nil
}

// ended is why the context of a call is done: the caller's error, or ErrClosed.
func ended(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), store.ErrClosed) {
		return store.ErrClosed
	}
	return ctx.Err()
}

// Caps implements store.Store.
func (s *Store) Caps() store.Caps {
	return store.Caps{Shared: true, Uncounted: true, NoArrivals: true, StoredLinks: true}
}

// Close implements store.Store. It waits 3 s for calls that are under way, and then ends
// them with ErrClosed.
func (s *Store) Close() error {
	late := time.AfterFunc(closeWait, func() { s.end(nil) })
	defer late.Stop()
	if !s.gate.close() {
		return store.ErrClosed
	}
	s.end(nil)
	<-s.watched
	s.client.idle.CloseIdleConnections()
	return nil
}

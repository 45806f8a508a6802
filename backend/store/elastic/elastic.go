// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/store"
)

const (
	// openWait is how long Open waits for the server.
	openWait = 5 * time.Second
	// againAfter is how long a server that did not answer is left alone.
	againAfter = time.Second
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
	gate     gate
	link     link
}

var (
	_ store.Store      = (*Store)(nil)
	_ store.Archiver   = (*Store)(nil)
	_ store.Batcher    = (*Store)(nil)
	_ store.LinkWriter = (*Store)(nil)
	_ store.Sampler    = (*Store)(nil)
)

// Open opens the store at the server. A server that cannot be reached is no error: the
// store is there when the server is. It is one if the server is no Elasticsearch or
// OpenSearch that the engine knows, refuses the credentials or the templates. Metrics are registered
// with reg, which may be nil.
func Open(ctx context.Context, c Config, reg prometheus.Registerer, log *slog.Logger) (*Store, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &Store{
		config: c, names: newNames(&c), encoder: newEncoder(&c), decoder: decoder{c.DotReplacement},
		counters: newCounters(), log: log, now: time.Now, instance: rand.Text(),
	}
	s.gate.init()
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
	case errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded):
		log.Warn("the server cannot be reached yet", "servers", c.servers(), "error", err)
	default:
		return nil, err
	}
	if reg != nil {
		reg.MustRegister(s.counters)
	}
	return s, nil
}

// link is whether the server has been seen, and what it is.
type link struct {
	version atomic.Pointer[version] // nil before
	mu      sync.Mutex              // of a connect
	tried   time.Time
	err     error // of that
}

// connect finds out what the server is and writes the templates, unless that has been
// done since the server was last away.
func (s *Store) connect(ctx context.Context) error {
	if s.link.version.Load() != nil {
		return nil
	}
	s.link.mu.Lock()
	defer s.link.mu.Unlock()
	if s.link.version.Load() != nil {
		return nil
	}
	if s.link.err != nil && time.Since(s.link.tried) < againAfter {
		return s.link.err
	}
	v, err := s.client.detect(ctx)
	if err == nil && !s.config.KeepTemplates {
		err = s.installTemplates(ctx, v)
	}
	if ctx.Err() != nil && err != nil {
		return err // the caller's, not the server's
	}
	s.link.tried, s.link.err = time.Now(), err
	if err == nil {
		s.link.version.Store(&v)
		s.log.Info("connected", "server", v.String(), "servers", s.config.servers())
	}
	return err
}

// failed returns err. After one of a server that is away, the next call looks whether it is
// the same as before when it is back.
func (s *Store) failed(err error) error {
	if errors.Is(err, store.ErrUnavailable) {
		s.link.version.Store(nil)
		s.known.forget()
	}
	return err
}

// begin begins a call: the context is done when the caller's is, or the store is closed in
// spite of it. done must be called.
func (s *Store) begin(ctx context.Context) (_ context.Context, done func(), err error) {
	if err := s.gate.enter(); err != nil {
		return nil, nil, err
	}
	if err := ctx.Err(); err != nil {
		s.gate.leave()
		return nil, nil, err
	}
	if err := s.connect(ctx); err != nil {
		s.gate.leave()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, nil, err
	}
	return ctx, s.gate.leave, nil
}

// Caps implements store.Store.
func (s *Store) Caps() store.Caps {
	return store.Caps{Shared: true, Uncounted: true, NoArrivals: true, StoredLinks: true}
}

// Close implements store.Store.
func (s *Store) Close() error {
	if !s.gate.close() {
		return store.ErrClosed
	}
	s.client.idle.CloseIdleConnections()
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Store is a keyspace. It implements store.Store, store.Sampler, store.Leaser,
// store.LinkWriter and store.Walker.
type Store struct {
	config  Config
	link    *link
	names   *names
	metrics metrics
	log     *slog.Logger
	round   int64         // maxRound, but for tests
	alone   chan struct{} // has room for one walk, while it or its caller has a trace that is large

	leftOut struct {
		mu     sync.Mutex
		logged time.Time
	}

	ending  sync.Once
	closing chan struct{} // closed when calls that wait for others must end
	calls   sync.RWMutex  // held while a method runs
	closed  bool
}

// Open connects to the keyspace that c names, and creates or compares its schema. When no
// server can be reached it returns a store that goes on trying, and that says what is
// wrong: see Ready. What a server refuses, such as a password, is an error.
func Open(ctx context.Context, c Config, reg prometheus.Registerer, log *slog.Logger) (*Store, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("cassandra: %w", err)
	}
	m, err := newMetrics(reg)
	if err != nil {
		return nil, fmt.Errorf("cassandra: %w", err)
	}
	s := &Store{config: c, names: newNames(), metrics: m, log: log, round: maxRound, alone: make(chan struct{}, 1), closing: make(chan struct{})}
	if s.link, err = dial(ctx, &s.config, log); err != nil {
		return nil, err
	}
	return s, nil
}

// Ready returns nil, or why the keyspace cannot be used at the moment. It does not wait.
func (s *Store) Ready() error {
	if err := s.link.ready(); err != nil {
		return err
	}
	return nil
}

// Where says where spans are, for people.
func (s *Store) Where() string { return s.config.where() }

// Caps implements store.Store.
func (s *Store) Caps() store.Caps {
	return store.Caps{Shared: true, Uncounted: true, NoArrivals: true, NoKeys: true, NoRates: true, StoredLinks: true}
}

// Status implements store.Store.
func (s *Store) Status(ctx context.Context) (store.Status, error) {
	if err := s.enter(ctx); err != nil {
		return store.Status{}, err
	}
	defer s.calls.RUnlock()
	return store.Status{Engine: "cassandra", Path: s.Where(), MaxAge: s.link.kept("traces")}, nil
}

// Close implements store.Store. It waits for calls that are under way.
func (s *Store) Close() error {
	s.ending.Do(func() { close(s.closing) })
	s.calls.Lock()
	defer s.calls.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.link.close()
	return nil
}

var errClosed = fmt.Errorf("cassandra: %w", store.ErrClosed)

// enter begins a call, which ends with calls.RUnlock, unless there is an error.
func (s *Store) enter(ctx context.Context) error {
	s.calls.RLock()
	err := ctx.Err()
	if s.closed {
		err = errClosed
	}
	if err != nil {
		s.calls.RUnlock()
	}
	return err
}

// begin begins a call that needs the servers, and returns what ends it.
func (s *Store) begin(ctx context.Context) (session, func(), error) {
	if err := s.enter(ctx); err != nil {
		return nil, nil, err
	}
	db, err := s.link.use()
	if err != nil {
		s.calls.RUnlock()
		return nil, nil, err
	}
	return db, s.calls.RUnlock, nil
}

// leaveOut counts what is missing in an answer, and logs one of them once in logEvery.
func (s *Store) leaveOut(reason, what string, err error) {
	s.metrics.leftOut.WithLabelValues(reason).Inc()
	s.leftOut.mu.Lock()
	defer s.leftOut.mu.Unlock()
	if time.Since(s.leftOut.logged) >= logEvery {
		s.leftOut.logged = time.Now()
		s.log.Warn("left out of an answer, and maybe others too: see spur_cassandra_left_out_total", "what", what, "error", err)
	}
}

// unsupported is what methods return for which the schema has nothing.
func (s *Store) unsupported(ctx context.Context, what string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	s.calls.RUnlock()
	return fmt.Errorf("cassandra: Jaeger's schema has no %s: %w", what, errors.ErrUnsupported)
}

// Arrivals implements store.Store.
func (s *Store) Arrivals(ctx context.Context, q trace.Query) (trace.Page, error) {
	if q.Cursor != "" {
		return trace.Page{}, fmt.Errorf("cassandra: %w", store.ErrCursor)
	}
	return trace.Page{}, s.unsupported(ctx, "order of arrival")
}

// Keys implements store.Store.
func (s *Store) Keys(ctx context.Context, _ string, _ int) ([]string, error) {
	return nil, s.unsupported(ctx, "list of keys")
}

// Values implements store.Store.
func (s *Store) Values(ctx context.Context, _, _ string, _ int) ([]string, error) {
	return nil, s.unsupported(ctx, "list of values")
}

// RED implements store.Store.
func (s *Store) RED(ctx context.Context, _ trace.REDQuery) ([]trace.REDSeries, error) {
	return nil, s.unsupported(ctx, "rates")
}

// some joins sorted texts, of which it names a few.
func some(texts []string) string {
	const most = 5
	slices.Sort(texts)
	if more := len(texts) - most; more > 0 {
		return fmt.Sprintf("%s, and %d more", strings.Join(texts[:most], "; "), more)
	}
	return strings.Join(texts, "; ")
}

// sleep waits, and reports whether ctx is not done.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

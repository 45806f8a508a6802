// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
)

// Config says how much a store holds.
type Config struct {
	// MaxBytes is how much memory spans take, with what the store keeps beside
	// them, before the oldest are removed: DefaultMaxBytes when it is 0. What
	// Keys and Values look up takes up to an eighth more.
	MaxBytes int64
	// MaxScan is how many times a search may look for a tag in a span before it
	// gives up (trace.Page.CutAt): DefaultMaxScan when it is 0. Text, and spans
	// of many kilobytes, count more than once. What needs no tags is not limited.
	MaxScan int
}

// Store is a store.Store in memory.
type Store struct {
	cfg  Config
	self string // tells the cursors of this store from those of another

	// calls is held for reading during each call, and closed is set under it.
	calls  sync.RWMutex
	closed bool

	mu      sync.RWMutex
	data    data
	evicted int64

	dictMu sync.Mutex // held to make chunk.dict

	sampler sampler
}

var (
	_ store.Store    = (*Store)(nil)
	_ store.Archiver = (*Store)(nil)
	_ store.Purger   = (*Store)(nil)
	_ store.Sampler  = (*Store)(nil)

	_ store.EncodedWriter = (*Store)(nil)
)

// Open returns an empty store.
func Open(cfg Config) *Store {
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	if cfg.MaxScan <= 0 {
		cfg.MaxScan = DefaultMaxScan
	}
	s := &Store{cfg: cfg, self: newSelf()}
	s.data.reset(s.chunkBytes())
	return s
}

func (s *Store) chunkBytes() int {
	return int(min(max(s.cfg.MaxBytes/chunksPerStore, minChunkBytes), maxChunkBytes))
}

// enter begins a call, which ends with s.calls.RUnlock. With an error it has
// not begun.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.calls.RLock()
	if s.closed {
		s.calls.RUnlock()
		return store.ErrClosed
	}
	return nil
}

// Status implements store.Store.
func (s *Store) Status(ctx context.Context) (store.Status, error) {
	if err := s.enter(ctx); err != nil {
		return store.Status{}, err
	}
	defer s.calls.RUnlock()
	s.mu.RLock()
	defer s.mu.RUnlock()
	status := store.Status{
		Engine: "memory", MaxBytes: s.cfg.MaxBytes, Bytes: s.data.bytes, Evicted: s.evicted,
		Spans: s.data.spans, Traces: int64(len(s.data.traces)),
	}
	if oldest := s.data.oldest(); oldest != noTime {
		status.Oldest = pcommon.Timestamp(oldest).AsTime()
	}
	return status, nil
}

// Caps implements store.Store.
func (s *Store) Caps() store.Caps { return store.Caps{Volatile: true} }

// Purge implements store.Purger.
func (s *Store) Purge(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data.reset(s.chunkBytes())
	return nil
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.calls.Lock()
	defer s.calls.Unlock()
	s.closed = true
	s.data = data{}
	return nil
}

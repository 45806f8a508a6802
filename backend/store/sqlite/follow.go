// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
)

// OpenReadOnly opens a store that another process writes, or has written. What that
// has stored is found by the next call. Write, and what else would change the store,
// is errors.ErrUnsupported. It is os.ErrNotExist when there is no store in cfg.Dir.
// What cfg says of size and age is only what Status answers.
func OpenReadOnly(ctx context.Context, cfg Config, log *slog.Logger) (store.Store, error) {
	if cfg.MaxScan <= 0 {
		cfg.MaxScan = DefaultMaxScan
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, log: log, path: filepath.Join(dir, FileName), following: true}
	if _, err := os.Stat(s.path); err != nil {
		return nil, err
	}
	s.w = &writer{blocks: &blockCache{}}
	if s.readers, err = newReaders(s.path); err != nil {
		return nil, err
	}
	if err := s.read(ctx, func(r *snapshot) error { return r.checkVersion(s.path) }); err != nil {
		_ = s.release()
		return nil, err
	}
	return readOnly{s}, nil
}

// readOnly hides what changes a store.
type readOnly struct{ store.Store }

func (readOnly) Write(context.Context, ptrace.Traces) error {
	return fmt.Errorf("%w: the store was opened to be read", errors.ErrUnsupported)
}

func (r *snapshot) checkVersion(path string) error {
	var version int
	if err := r.one("PRAGMA user_version", nil, &version); err != nil {
		return err
	}
	if version > len(migrations) {
		return newerVersion(path, version)
	}
	return nil
}

// follow makes the view what the file says in the snapshot. The caller holds s.mu.
func (s *Store) follow(r *snapshot) error {
	w := s.w
	var at fileState
	err := r.one(`SELECT
		coalesce((SELECT id FROM segment WHERE id > 0 ORDER BY id LIMIT 1), 0),
		coalesce((SELECT id + spans FROM segment WHERE id > 0 ORDER BY id DESC LIMIT 1), 1),
		coalesce((SELECT id + spans FROM block WHERE id > 0 ORDER BY id DESC LIMIT 1), 1),
		coalesce((SELECT max(id) FROM trace), 0)`, nil, &at.oldest, &at.tail, &at.next, &at.lastTrace)
	if err == nil {
		err = r.one("PRAGMA schema_version", nil, &at.schema)
	}
	if err != nil || at == s.file {
		return err
	}
	before := s.file
	s.file = fileState{} // until all is read
	w.conn = r.conn
	defer func() { w.conn = nil }()
	known := w.dict
	w.dict = newDictionary() // keys may have got other numbers
	w.dict.file = r.conn
	if before == s.file || at.oldest != before.oldest || at.schema != before.schema || at.tail < before.tail || at.next < before.next {
		// It is the first time, or something was removed.
		w.ops, w.tail = operations{}, newTail(at.tail)
		if at.schema != before.schema {
			w.blocks = &blockCache{} // numbers may begin anew
		}
		had := w.counts.spans + at.next - before.next
		err = r.one("SELECT count(*), coalesce(sum(spans), 0) FROM trace", nil, &w.counts.traces, &w.counts.spans)
		if at.schema == before.schema {
			w.counts.evicted += had - w.counts.spans
		}
	} else {
		w.dict.listed = known.listed
		w.counts.traces += at.lastTrace - before.lastTrace
		w.counts.spans += at.next - before.next
		if at.tail != before.tail {
			w.tail = newTail(at.tail)
		}
	}
	if err == nil {
		err = w.dict.loadKeys(r.ctx, r.conn)
	}
	if err == nil {
		err = w.extend(r.ctx, 1<<62)
	}
	if err != nil {
		return err
	}
	w.dict.file = nil
	s.file, s.view = at, w.view()
	return nil
}

// fileState is what a follower looks at to know whether it is behind.
type fileState struct {
	schema    int64 // changes when the store is emptied
	oldest    int64 // segment
	tail      int64 // the number of the first span behind the segments
	next      int64 // the number of the next span
	lastTrace int64 // trace.id
}

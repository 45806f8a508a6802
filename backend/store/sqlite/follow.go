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
// has stored is found by the next call, also when it is in another file of that name. Write, and what else would change the store,
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
	s.w = &writer{blocks: &blockCache{}}
	if err := s.read(ctx, func(*snapshot) error { return nil }); err != nil {
		_ = s.release()
		return nil, err
	}
	return readOnly{s}, nil
}

// follower returns the connections to the file that is there now: another one when
// someone has put it in the place of the first.
func (s *Store) follower() (*readers, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readers != nil && os.SameFile(info, s.info) {
		return s.readers, nil
	}
	r, err := newReaders(s.path)
	if err != nil {
		return nil, err
	}
	if s.readers != nil {
		s.readers.close()
	}
	s.readers, s.info = r, info
	return r, nil
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
	switch {
	case version > len(migrations):
		return newerVersion(path, version)
	case version == 0: // the other process is just making it
		return fmt.Errorf("%s is empty: %w", path, os.ErrNotExist)
	}
	return nil
}

// follow makes the view what the file, whose PRAGMA schema_version is schema, says
// in the snapshot. The caller holds s.mu.
func (s *Store) follow(r *snapshot, schema int64) error {
	w, before, at := s.w, s.file, fileState{of: r.of, schema: schema}
	other := at != fileState{of: before.of, schema: before.schema}
	if other {
		if err := r.checkVersion(s.path); err != nil {
			return err
		}
	}
	err := r.one(`SELECT
		coalesce((SELECT id FROM block WHERE id > 0 ORDER BY id LIMIT 1), 0),
		coalesce((SELECT id + spans FROM segment WHERE id > 0 ORDER BY id DESC LIMIT 1), 1),
		coalesce((SELECT id + spans FROM block WHERE id > 0 ORDER BY id DESC LIMIT 1), 1),
		coalesce((SELECT max(id) FROM trace), 0)`, nil, &at.oldest, &at.tail, &at.next, &at.lastTrace)
	if at.oldest == 0 && !other {
		at.tail, at.next = before.next, before.next // all was too old: numbers go on
	}
	if err != nil || at == before {
		return err
	}
	s.file = fileState{} // until all is read
	w.conn = r.conn
	defer func() { w.conn = nil }()
	known := w.dict
	w.dict = newDictionary() // keys may have got other numbers
	w.dict.file = r.conn
	if other || at.oldest != before.oldest {
		// It is the first time, or something was removed.
		w.ops, w.tail = operations{}, newTail(at.tail)
		if other {
			w.blocks = &blockCache{} // numbers may begin anew
		}
		from := before.next
		if before.oldest == 0 {
			from = at.oldest // of what was between nothing is known
		}
		had := w.counts.spans + at.next - from
		err = r.one("SELECT count(*), coalesce(sum(spans), 0) FROM trace", nil, &w.counts.traces, &w.counts.spans)
		if !other {
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
	of        *readers
	schema    int64 // changes when numbers may begin anew, see writer.beginAnew
	oldest    int64 // block
	tail      int64 // the number of the first span behind the segments
	next      int64 // the number of the next span
	lastTrace int64 // trace.id
}

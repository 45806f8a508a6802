// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/s2"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/go-spur/spur/backend/store"
)

// Config says where a store lies and how much it holds.
type Config struct {
	// Dir is the folder of the files; it is made when it is missing.
	Dir string
	// MaxBytes is how much of the file spans take, with what the store keeps
	// beside them, before the oldest are removed: DefaultMaxBytes when it is 0.
	MaxBytes int64
	// MaxAge is how long spans are kept after they arrived: DefaultMaxAge when
	// it is 0. The first Write after that, or after up to an eighth more, removes
	// them.
	MaxAge time.Duration
	// MaxScan is the number of spans that one search decodes at most:
	// DefaultMaxScan when it is 0.
	MaxScan int
	// Sync is SyncNormal, the default, or SyncFull.
	Sync string
}

// What Config.Sync says about spans that Write has taken.
const (
	// SyncNormal: they survive the end of the process, but not, the last few
	// seconds of them, a loss of power.
	SyncNormal = "normal"
	// SyncFull: they survive both. Each Write waits for the disk.
	SyncFull = "full"
)

// FileName is the name of the file in Config.Dir that holds the spans.
const FileName = "spur.db"

// Store is a store.Store in a SQLite file.
type Store struct {
	cfg  Config
	log  *slog.Logger
	path string
	lock *sql.DB // held, so that no other process opens the folder

	// calls is held for reading during each call, and closed is set under it.
	calls  sync.RWMutex
	closed bool

	writing sync.Mutex // guards what follows, and is taken before mu
	db      *sql.DB
	w       *writer
	failing bool // retain failed the last time

	mu      sync.RWMutex // so that view and file are the same to a reader
	view    view
	readers *readers

	following bool        // another process writes; w then only reads, under mu
	info      os.FileInfo // of the file that readers read
	file      fileState   // to which view belongs
}

var (
	_ store.Store    = (*Store)(nil)
	_ store.Archiver = (*Store)(nil)
	_ store.Purger   = (*Store)(nil)
	_ store.Sampler  = (*Store)(nil)
)

// view is what readers see beside the file. It is never changed, only replaced.
type view struct {
	tail   tail
	counts counts
	blocks *blockCache
}

type counts struct{ spans, traces, evicted int64 }

// Open opens the store in cfg.Dir, or makes a new one there.
func Open(ctx context.Context, cfg Config, log *slog.Logger) (*Store, error) {
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	if cfg.MaxAge <= 0 {
		cfg.MaxAge = DefaultMaxAge
	}
	if cfg.MaxScan <= 0 {
		cfg.MaxScan = DefaultMaxScan
	}
	switch cfg.Sync {
	case "":
		cfg.Sync = SyncNormal
	case SyncNormal, SyncFull:
	default:
		return nil, fmt.Errorf("sync is %.40q: not one of %s, %s", cfg.Sync, SyncNormal, SyncFull)
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of the traces: %w", err)
	}
	cfg.Dir = dir
	s := &Store{cfg: cfg, log: log, path: filepath.Join(dir, FileName)}
	if err := s.open(ctx); err != nil {
		_ = s.release()
		return nil, s.wrap(err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	var err error
	if s.lock, err = lockFolder(ctx, s.cfg.Dir); err != nil {
		return err
	}
	s.db, err = sql.Open("sqlite", dsn(s.path, busyWait, writerCacheKB, "_pragma", "journal_mode(wal)", "_pragma", "synchronous("+s.cfg.Sync+")", "_pragma", "wal_autocheckpoint(0)", "_pragma", "journal_size_limit(0)"))
	if err != nil {
		return err
	}
	s.db.SetMaxOpenConns(1)
	if err := migrate(ctx, s.db, s.path); err != nil {
		return err
	}
	c, err := newConn(ctx, s.db)
	if err != nil {
		return err
	}
	s.w = &writer{conn: c, tailSpans: segmentSpans, tailBytes: s.cfg.MaxBytes / segmentShare, tailAge: int64(s.cfg.MaxAge.Seconds() / segmentAgeShare), maxLog: maxLogBytes}
	if err := s.w.load(ctx); err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	s.view = s.w.view()
	if err := s.transaction(func() error { return s.w.link(ctx) }); err != nil { // of an older version's file
		s.log.Warn("dependencies are not added up", "path", s.path, "err", err)
	}
	s.readers, err = newReaders(s.path)
	return err
}

// lockFolder makes sure that no other process, and no other Store, opens dir.
func lockFolder(ctx context.Context, dir string) (*sql.DB, error) {
	path := filepath.Join(dir, "lock")
	// Who has the lock keeps it: that is not worth waiting for.
	db, err := sql.Open("sqlite", dsn(path, 0, readerCacheKB))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		_ = db.Close()
		if isBusy(err) {
			return nil, fmt.Errorf("another process uses the traces in %s: stop it, or name another folder", dir)
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return db, nil
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

// wrap makes an error of SQLite's one of package store, and says what to do
// about a damaged file.
func (s *Store) wrap(err error) error {
	var e *sqlite.Error
	code := 0
	if errors.As(err, &e) {
		code = e.Code() & 0xff
	}
	switch {
	case code == sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case code == sqlite3.SQLITE_READONLY && s.following:
		return fmt.Errorf("%s: nobody writes it now, and to read it then its folder must be writable: %w", s.path, err)
	case code == sqlite3.SQLITE_CORRUPT, code == sqlite3.SQLITE_NOTADB, errors.Is(err, errCorrupt), errors.Is(err, s2.ErrCorrupt):
		return fmt.Errorf("%s is damaged: stop the program and put a backup in its place, or remove all of %[2]s, %[2]s-wal and %[2]s-shm: %w", s.path, FileName, err)
	default:
		return err
	}
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.calls.Lock()
	defer s.calls.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	if !s.following {
		err = s.transaction(func() error { return s.w.closeTail(context.Background()) })
	}
	return errors.Join(s.wrap(err), s.release())
}

// release closes what is open.
func (s *Store) release() error {
	if s.readers != nil {
		s.readers.close()
	}
	if s.w != nil && s.w.conn != nil {
		s.w.close()
	}
	var errs []error
	for _, db := range []*sql.DB{s.db, s.lock} { // closing the last connection empties the write-ahead log
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Caps implements store.Store.
func (s *Store) Caps() store.Caps { return store.Caps{} }

// Status implements store.Store.
func (s *Store) Status(ctx context.Context) (store.Status, error) {
	status := store.Status{Engine: "sqlite", Path: s.path, MaxBytes: s.cfg.MaxBytes, MaxAge: s.cfg.MaxAge}
	err := s.read(ctx, func(r *snapshot) error {
		var err error
		if status.Bytes, err = usedBytes(r.conn); err != nil {
			return err
		}
		status.Spans, status.Traces, status.Evicted = r.view.counts.spans, r.view.counts.traces, r.view.counts.evicted
		segments, err := r.segments()
		if err != nil {
			return err
		}
		oldest, known := uint64(0), false
		for _, seg := range segments {
			if seg.first > 0 && seg.n > 0 && (!known || seg.minStart < oldest) {
				oldest, known = seg.minStart, true
			}
		}
		if known {
			status.Oldest = timeOf(oldest)
		}
		return nil
	})
	return status, err
}

// usedBytes is what the file holds, without what is free in it.
func usedBytes(c *conn) (int64, error) {
	var size, pages, free int64
	if err := c.one("PRAGMA page_size", nil, &size); err != nil {
		return 0, err
	}
	if err := c.one("PRAGMA page_count", nil, &pages); err != nil {
		return 0, err
	}
	err := c.one("PRAGMA freelist_count", nil, &free)
	return size * (pages - free), err
}

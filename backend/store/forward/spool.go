// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/store"
)

// spool is a queue in files. What is put survives the end of the process. An item
// that was on its way when it ended is sent again by the next.
type spool struct {
	dir    string
	most   int64
	ledger *ledger
	log    *slog.Logger
	lock   *os.File

	mu       sync.Mutex
	news     *sync.Cond // something was put, or a context ended
	segments []*segment // the oldest first
	writing  *segment   // the last of them, or nil
	bytes    int64      // of all
	number   uint64     // of the last file
}

// openSpool opens the spool in a folder, and books what waits there.
func openSpool(dir string, most int64, l *ledger, log *slog.Logger) (*spool, error) {
	if most < LeastSpoolBytes {
		return nil, fmt.Errorf("%d bytes are too few: at least %d", most, LeastSpoolBytes)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	s := &spool{dir: dir, most: most, ledger: l, log: log, lock: lock}
	s.news = sync.NewCond(&s.mu)
	if err := s.load(); err != nil {
		_ = lock.Close() // err is what matters
		return nil, err
	}
	return s, nil
}

// load finds what a process before has left.
func (s *spool) load() error {
	all, err := findSegments(s.dir)
	if err != nil {
		return err
	}
	spans := 0
	for _, g := range all {
		s.number = max(s.number, g.number)
		damaged, err := g.count()
		if err != nil {
			s.ledger.damage()
			s.log.Warn("a file of the spool cannot be read", "file", g.path, "error", err)
			continue
		}
		spans += g.unread
		s.bytes += g.size
		s.segments = append(s.segments, g)
		if g.unread == 0 {
			if damaged {
				s.damaged(g, 0)
			}
			s.forget(g)
		}
	}
	s.ledger.replay(spans)
	if spans > 0 {
		s.log.Info("spans wait in the spool", "waiting", spans, "bytes", s.bytes)
	}
	return nil
}

func (s *spool) put(_ context.Context, batches []send.Batch) error {
	var records []byte
	spans := 0
	for _, b := range batches {
		records = appendRecord(records, b.Spans, b.OTLP)
		spans += b.Spans
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.bytes+int64(len(records)) > s.most && s.dropOldest() {
	}
	for {
		err := s.append(records)
		if err == nil {
			break
		}
		if !isFull(err) {
			return err
		}
		if !s.dropOldest() {
			return fmt.Errorf("the spool: %w: %w", store.ErrFull, err)
		}
	}
	s.writing.unread += spans
	s.ledger.take(spans)
	for range batches {
		s.news.Signal()
	}
	return nil
}

// append writes records to the last file, or to a new one. All of them are there, or
// none.
func (s *spool) append(records []byte) error {
	if g := s.writing; g != nil && g.size >= min(segmentBytes, s.most/8) {
		s.writing = nil
		if s.tidy(g); !g.gone && g.open == 0 {
			_ = g.file.Close() // there may be many, and its turn comes later
			g.file = nil
		}
	}
	if s.writing == nil {
		g, err := newSegment(s.dir, s.number+1)
		if err != nil {
			return err
		}
		s.number++
		s.segments = append(s.segments, g)
		s.writing = g
	}
	g := s.writing
	if _, err := g.file.WriteAt(records, g.size); err != nil {
		if g.file.Truncate(g.size) != nil {
			s.writing = nil // what is behind its size is never read
			s.tidy(g)
		}
		return err
	}
	g.size += int64(len(records))
	s.bytes += int64(len(records))
	return nil
}

// dropOldest removes the oldest file, whose spans are lost but for those that are on
// their way. It is false when there is nothing to gain.
func (s *spool) dropOldest() bool {
	if s.bytes == 0 {
		return false
	}
	g := s.segments[0]
	s.ledger.drop(ReasonSpool, g.unread)
	s.forget(g)
	return true
}

// forget removes g, of which nothing is wanted any more.
func (s *spool) forget(g *segment) {
	g.unread, g.read = 0, g.size
	for i := range s.segments {
		if s.segments[i] == g {
			s.segments = append(s.segments[:i], s.segments[i+1:]...)
			break
		}
	}
	if s.writing == g {
		s.writing = nil
	}
	s.bytes -= g.size
	if err := g.remove(); err != nil {
		s.log.Warn("a file of the spool cannot be removed", "error", err)
	}
}

// tidy removes g if all of it is done and no more will come.
func (s *spool) tidy(g *segment) {
	if !g.gone && g != s.writing && g.open == 0 && g.read >= g.size {
		s.ledger.drop(ReasonDamaged, g.unread)
		s.forget(g)
	}
}

func (s *spool) take(ctx context.Context) *item {
	defer wakes(ctx, s.news)()
	s.mu.Lock()
	defer s.mu.Unlock()
	for ctx.Err() == nil {
		if it := s.next(); it != nil {
			return it
		}
		s.news.Wait()
	}
	return nil
}

// next returns the oldest batch that nobody has taken, or nil.
func (s *spool) next() *item {
	for i := 0; i < len(s.segments); {
		g := s.segments[i]
		if g.read >= g.size && (g == s.writing || g.open > 0) {
			i++
			continue
		}
		it, err := g.next(func(spans int) { s.damaged(g, spans) })
		if err != nil {
			s.ledger.damage()
			s.log.Warn("a file of the spool cannot be read", "file", g.path, "error", err)
			s.ledger.drop(ReasonDamaged, g.unread)
			g.unread, g.read = 0, g.size
		}
		if it != nil {
			return it
		}
		if s.tidy(g); !g.gone {
			i++
		}
	}
	return nil
}

// damaged books a place that cannot be read.
func (s *spool) damaged(g *segment, spans int) {
	s.ledger.damage()
	s.ledger.drop(ReasonDamaged, spans)
	s.log.Warn("a file of the spool is damaged", "file", g.path, "spans", spans)
}

func (s *spool) done(it *item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := it.segment
	g.open--
	if g.gone {
		return
	}
	if _, err := g.file.WriteAt([]byte{done}, it.offset); err != nil {
		s.log.Warn("a batch that was sent cannot be marked in the spool: it may be sent twice", "error", err)
	}
	s.tidy(g)
}

func (s *spool) keeps(it *item) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !it.segment.gone
}

func (s *spool) size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

// close removes files of which nothing waits, and closes the others.
func (s *spool) close() (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writing = nil
	for _, g := range append([]*segment(nil), s.segments...) {
		if s.tidy(g); !g.gone && g.file != nil {
			err = errors.Join(err, g.file.Close())
			g.file = nil
		}
	}
	return errors.Join(err, s.lock.Close())
}

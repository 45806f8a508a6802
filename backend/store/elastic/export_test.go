// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// SetClock sets the time that it is for s. What is random is not, then.
func (s *Store) SetClock(now time.Time) {
	s.now, s.instance = func() time.Time { return now }, "one"
}

// SetMostBytes sets how large documents that are read may be together.
func (s *Store) SetMostBytes(n int) { s.mostBytes = n }

// Probe asks the server whether it is there and has the aliases.
func (s *Store) Probe(ctx context.Context) { s.probe(ctx) }

// Lose makes s one whose server was away, for this reason, and is worth asking again.
func (s *Store) Lose(why error) {
	s.link.version.Store(nil)
	s.link.mu.Lock()
	defer s.link.mu.Unlock()
	s.link.asked, s.link.err = time.Time{}, why
}

// Watch does so until ctx is done.
func (s *Store) Watch(ctx context.Context, every time.Duration) { s.watch(ctx, every) }

// LimitWalk sets how many traces a walk knows, and the bytes that it reads together.
func LimitWalk(w store.Walk, seen, bytes int) { w.(*walk).mostSeen, w.(*walk).bytes = seen, bytes }

// LimitAnswer sets the bytes of an answer to a walk.
func LimitAnswer(w store.Walk, bytes int) { w.(*walk).answer = bytes }

// Seen is how many traces a walk knows.
func Seen(w store.Walk) int { return len(w.(*walk).scan.seen) }

// Alone is how many walks have a trace that is large.
func (s *Store) Alone() int { return len(s.alone) }

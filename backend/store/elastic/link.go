// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/backend/internal/trouble"
	"github.com/go-spur/spur/backend/store"
)

const (
	// againAfter is how long a server that did not answer is left alone.
	againAfter = time.Second
	// probeEvery is how often the server is asked whether it is there, and probeTime how
	// long it has for the answer.
	probeEvery = 5 * time.Second
	probeTime  = 5 * time.Second
)

// link is what is known of the server.
type link struct {
	version atomic.Pointer[version] // nil until it has answered, and since it did not
	turn    chan struct{}           // full while somebody connects
	log     *slog.Logger
	told    trouble.Log
	aliases aliases

	mu    sync.Mutex
	asked time.Time // when it was last asked what it is
	err   error     // what came of that
}

// note remembers what came of asking. It logs trouble, and that it is over.
func (l *link) note(err error) {
	l.mu.Lock()
	l.asked, l.err = time.Now(), err
	l.mu.Unlock()
	if worse, better := l.told.Note(err); worse {
		l.log.Warn("the server cannot be used", "error", err)
	} else if better {
		l.log.Info("the server can be used again")
	}
}

// trouble is what came of asking last. Recent reports whether it is not worth asking again.
func (l *link) trouble() (recent bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.asked) < againAfter, l.err
}

// connect finds out what the server is, writes the templates and looks for the aliases,
// unless that has been done since it was last away. It waits for others who do, as long as
// ctx allows. The server can be used before it says who has the aliases.
func (s *Store) connect(ctx context.Context) error {
	l := &s.link
	if l.version.Load() != nil {
		return nil
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return ended(ctx)
	}
	if l.version.Load() != nil {
		return nil
	}
	if recent, err := l.trouble(); err != nil && recent {
		return err
	}
	v, err := s.client.detect(ctx)
	if err == nil && !s.config.KeepTemplates {
		err = s.installTemplates(ctx, v)
	}
	if ctx.Err() != nil {
		return cmp.Or(err, ended(ctx)) // the caller's, not the server's
	}
	l.note(err)
	if err != nil {
		return err
	}
	l.version.Store(&v)
	s.log.Info("connected", "server", v.String(), "servers", s.config.servers())
	s.checkAliases(ctx)
	return nil
}

// failed returns err. After one of a server that is gone, the next call looks whether it is
// the same as before when it is back.
func (s *Store) failed(err error) error {
	if errors.Is(err, errGone) {
		s.link.version.Store(nil)
		s.known.forget()
	}
	return err
}

// watch asks the server now and then until ctx is done.
func (s *Store) watch(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.probe(ctx)
		}
	}
}

// probe asks the server whether it is there and has the aliases, and connects when it is
// back.
func (s *Store) probe(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	known := s.link.version.Load() != nil
	var err error
	if known {
		_, err = s.client.detect(limited)
	} else {
		err = s.connect(limited) // which notes what came of it
	}
	switch {
	case ctx.Err() != nil:
		return
	case limited.Err() != nil && err != nil:
		err = fmt.Errorf("%w: %w: no answer within %v", store.ErrUnavailable, errGone, probeTime)
	case !known:
		return
	}
	s.link.note(s.failed(err))
	if err == nil {
		s.checkAliases(ctx)
	}
}

// Ready implements store.Prober.
func (s *Store) Ready() error {
	_, err := s.link.trouble()
	return named(err)
}

// ReadyToRead implements store.ReadProber.
func (s *Store) ReadyToRead() error { return named(s.link.aliases.find(s.names.needed()...)) }

// named says whose error it is.
func named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("elasticsearch: %w", err)
}

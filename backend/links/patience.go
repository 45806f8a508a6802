// SPDX-License-Identifier: Apache-2.0

package links

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// patient waits for a store that is away. It is shared by those who wait for the same one.
type patient struct {
	log    *slog.Logger
	mu     sync.Mutex
	warned time.Time
}

// try calls do, again while the store is away, for some minutes.
func (p *patient) try(ctx context.Context, do func() error) error {
	begun := time.Now()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := do()
		if !errors.Is(err, store.ErrUnavailable) || time.Since(begun)+pause > patience {
			return err
		}
		p.warn(err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// warn logs err, once a minute.
func (p *patient) warn(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.warned) >= warnEvery {
		p.warned = now
		p.log.Warn("the store is away; it is asked again", "error", err)
	}
}

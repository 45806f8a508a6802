// SPDX-License-Identifier: Apache-2.0

// Package open is where engines are chosen by name. Nobody else knows them.
package open

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/forward"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/store/sqlite"
)

// Config names an engine and says what it is to keep. What an engine has no use for
// is ignored.
type Config struct {
	Type     string        // "sqlite", "memory" or "forward"
	Dir      string        // of what lies on disk
	MaxBytes int64         // above which the oldest spans are removed; 0 is the engine's default
	MaxAge   time.Duration // likewise
	Sync     string        // see sqlite.Config
	ReadOnly bool          // another process writes it
	Forward  Forward
}

// Forward is what the engine "forward" needs to know.
type Forward = forward.Config

// Open opens the store that c names. It logs through log while it is open, and
// registers metrics with reg, which may be nil, if it has any.
func Open(ctx context.Context, c Config, reg prometheus.Registerer, log *slog.Logger) (store.Store, error) {
	if c.ReadOnly {
		return openReadOnly(ctx, c, log)
	}
	switch c.Type {
	case "sqlite":
		s, err := sqlite.Open(ctx, sqlite.Config{Dir: c.Dir, MaxBytes: c.MaxBytes, MaxAge: c.MaxAge, Sync: c.Sync}, log)
		if err != nil {
			return nil, err // not a nil *sqlite.Store
		}
		return s, nil
	case "memory":
		return memory.Open(memory.Config{MaxBytes: c.MaxBytes}), nil
	case "forward":
		s, err := forward.Open(c.Forward, reg, log)
		if err != nil {
			return nil, err // not a nil *forward.Store
		}
		return s, nil
	case "badger":
		return nil, fmt.Errorf("there is no store %q: sqlite keeps traces on disk, too", c.Type)
	case "grpc":
		return nil, fmt.Errorf("there is no store %q, remote storage: use sqlite, memory or forward", c.Type)
	default:
		return nil, fmt.Errorf("there is no store %.40q: use sqlite, memory or forward", c.Type)
	}
}

func openReadOnly(ctx context.Context, c Config, log *slog.Logger) (store.Store, error) {
	if c.Type != "sqlite" {
		return nil, fmt.Errorf("nobody but the process that writes the store %.40q can read it: use sqlite", c.Type)
	}
	s, err := sqlite.OpenReadOnly(ctx, sqlite.Config{Dir: c.Dir}, log)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("no collector has stored anything in %s yet: %w", c.Dir, err)
	}
	return s, err
}

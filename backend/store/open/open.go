// SPDX-License-Identifier: Apache-2.0

// Package open is where engines are chosen by name. Nobody else knows them.
package open

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/store/sqlite"
)

// Config names an engine, with what each of them is told.
type Config struct {
	Type   string // "sqlite" or "memory"
	SQLite sqlite.Config
	Memory memory.Config
}

// Open opens the store that c names. It logs through log while it is open.
func Open(ctx context.Context, c Config, log *slog.Logger) (store.Store, error) {
	switch c.Type {
	case "sqlite":
		s, err := sqlite.Open(ctx, c.SQLite, log)
		if err != nil {
			return nil, err // not a nil *sqlite.Store
		}
		return s, nil
	case "memory":
		return memory.Open(c.Memory), nil
	case "badger":
		return nil, fmt.Errorf("there is no store %q: sqlite keeps traces on disk, too", c.Type)
	case "grpc":
		return nil, fmt.Errorf("there is no store %q, remote storage: use sqlite or memory", c.Type)
	default:
		return nil, fmt.Errorf("there is no store %.40q: use sqlite or memory", c.Type)
	}
}

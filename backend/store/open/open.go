// SPDX-License-Identifier: Apache-2.0

// Package open is where engines are chosen by name. Nobody else knows them.
package open

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
)

// Config names an engine and what it is to keep.
type Config struct {
	Type string // "memory"
	// MaxBytes is where the oldest spans are removed; 0 is the engine's default.
	MaxBytes int64
}

// Open opens the store that c names. It logs through log while it is open.
func Open(_ context.Context, c Config, _ *slog.Logger) (store.Store, error) {
	switch c.Type {
	case "memory":
		return memory.Open(memory.Config{MaxBytes: c.MaxBytes}), nil
	}
	return nil, fmt.Errorf("store %q is not known; these are: memory", c.Type)
}

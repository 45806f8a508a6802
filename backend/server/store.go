// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/open"
)

// openStore opens the store that c names, and says where it is.
func openStore(ctx context.Context, c *config.Config, log *slog.Logger) (s store.Store, where string, err error) {
	cfg := open.Config{Type: c.Storage, MaxBytes: c.MaxSize, MaxAge: c.MaxAge, Sync: c.Sync}
	where = "in memory, until this process ends"
	if c.Storage != "memory" {
		if cfg.Dir, err = dataFolder(c); err != nil {
			return nil, "", err
		}
		where = cfg.Dir
	}
	s, err = open.Open(ctx, cfg, log)
	return s, where, err
}

// dataFolder returns the folder of traces on disk.
func dataFolder(c *config.Config) (string, error) {
	if c.Data != "" {
		return filepath.Abs(c.Data)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for traces: set --data, or --span-storage.type=memory: %w", err)
	}
	return filepath.Join(cache, "spur"), nil
}

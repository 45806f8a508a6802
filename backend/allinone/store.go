// SPDX-License-Identifier: Apache-2.0

package allinone

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
)

// openStore opens the store that c names, and says where it is.
func openStore(_ context.Context, c *config.Config, _ *slog.Logger) (s store.Store, where string, err error) {
	return memory.Open(memory.Config{MaxBytes: c.MaxSize}), "in memory, until this process ends", nil
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

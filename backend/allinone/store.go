// SPDX-License-Identifier: Apache-2.0

package allinone

import (
	"context"
	"log/slog"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/open"
)

// openStore opens the store that c names, and says where it is.
func openStore(ctx context.Context, c *config.Config, log *slog.Logger) (s store.Store, where string, err error) {
	s, err = open.Open(ctx, open.Config{Type: "memory", MaxBytes: c.MaxSize}, log)
	return s, "in memory, until this process ends", err
}

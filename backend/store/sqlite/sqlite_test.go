// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"log/slog"
	"testing"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Engine{
		Open: func(ctx context.Context, dir string, maxBytes int64) (store.Store, error) {
			return Open(ctx, Config{Dir: dir, MaxBytes: maxBytes}, slog.New(slog.DiscardHandler))
		},
	}, nil)
}

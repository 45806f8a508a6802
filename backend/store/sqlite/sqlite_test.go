// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"log/slog"
	"testing"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/storetest"
)

// open opens a store whose segments have so many spans.
func open(ctx context.Context, cfg storetest.Config, segment int) (*Store, error) {
	s, err := Open(ctx, Config{Dir: cfg.Dir, MaxBytes: cfg.MaxBytes, MaxScan: cfg.MaxScan}, slog.New(slog.DiscardHandler))
	if err == nil {
		s.w.tailSpans = segment
	}
	return s, err
}

func TestStore(t *testing.T) {
	for name, segment := range map[string]int{"tail": segmentSpans, "segments": 50} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, storetest.Engine{
				Open: func(ctx context.Context, cfg storetest.Config) (store.Store, error) { return open(ctx, cfg, segment) },
			}, nil)
		})
	}
}

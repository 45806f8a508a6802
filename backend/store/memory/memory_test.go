// SPDX-License-Identifier: Apache-2.0

package memory_test

import (
	"context"
	"testing"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Engine{
		Open: func(_ context.Context, cfg storetest.Config) (store.Store, error) {
			return memory.Open(memory.Config{MaxBytes: cfg.MaxBytes, MaxScan: cfg.MaxScan}), nil
		},
	}, nil)
}

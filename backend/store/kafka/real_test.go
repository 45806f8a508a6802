// SPDX-License-Identifier: Apache-2.0

//go:build engines

package kafka_test

import (
	"context"
	"testing"

	"github.com/go-spur/spur/backend/internal/kafkatest"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/storetest"
)

// TestRealStore is TestStore with a real broker.
func TestRealStore(t *testing.T) {
	storetest.RunWriting(t, storetest.Engine{
		Open: func(_ context.Context, cfg storetest.Config) (store.Store, error) {
			return openChain(t, kafkatest.Real(t), cfg), nil
		},
	}, nil)
}

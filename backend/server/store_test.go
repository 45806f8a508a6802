// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
)

// TestEngines: a store that is none of package open's is opened by Deps.Engines, and
// without them the error names it.
func TestEngines(t *testing.T) {
	c := config.Default(config.AllInOne)
	c.FreePorts()
	c.Storage = "far"
	quiet := slog.New(slog.DiscardHandler)
	if _, err := Start(t.Context(), c, Deps{Logger: quiet}); err == nil || !strings.Contains(err.Error(), `"far" is not in this command`) {
		t.Errorf("without engines: %v", err)
	}
	far := func(_ context.Context, name string, _ *config.Config, _ prometheus.Registerer, _ *slog.Logger) (store.Store, string, error) {
		return memory.Open(memory.Config{}), "at " + name, nil
	}
	s, err := Start(t.Context(), c, Deps{Logger: quiet, Engines: far})
	if err != nil {
		t.Fatal(err)
	}
	if k := s.stores[0]; k.where != "at far" || s.store != k.store {
		t.Errorf("store %+v", k)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

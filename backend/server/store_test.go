// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
)

// unread is a store whose spans cannot be found.
type unread struct{ store.Store }

func (unread) Ready() error       { return nil }
func (unread) ReadyToRead() error { return errors.New("not to be found") }

// TestReadyToRead: who can store is ready when nothing can be found, and who only reads is not.
func TestReadyToRead(t *testing.T) {
	for command, want := range map[config.Command]string{config.Collector: "", config.AllInOne: "", config.Query: "not to be found"} {
		c := config.Default(command)
		c.FreePorts()
		c.Storage = "far"
		far := func(context.Context, string, *config.Config, prometheus.Registerer, *slog.Logger) (store.Store, string, error) {
			return unread{memory.Open(memory.Config{})}, "", nil
		}
		s, err := Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler), Engines: far})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Ready(); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%v: ready: %v, want %q", command, err, want)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

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

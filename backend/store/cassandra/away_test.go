// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// TestAway: without a server Open returns, and every call says that it is away.
func TestAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Servers: []string{"127.0.0.1"}, Port: l.Addr().(*net.TCPAddr).Port, Keyspace: "k", ConnectTimeout: time.Second, Timeout: time.Second}
	_ = l.Close() // now nobody listens there
	s, err := Open(t.Context(), c, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var net net.Error
	if err := s.Ready(); !errors.As(err, &net) {
		t.Errorf("ready: %v", err)
	}
	td := ptrace.NewTraces()
	td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetTraceID([16]byte{1})
	if err := s.Write(t.Context(), td); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("write: %v", err)
	}
	if _, err := s.Search(t.Context(), trace.Query{Limit: 1}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("search: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Write(t.Context(), td); !errors.Is(err, store.ErrClosed) {
		t.Errorf("write after Close: %v", err)
	}
}

// SPDX-License-Identifier: Apache-2.0

package open_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/store/open"
)

func ExampleOpen() {
	ctx := context.Background()
	s, err := open.Open(ctx, open.Config{Type: "memory"}, nil, slog.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := s.Status(ctx)
	fmt.Println(status.Engine, err, s.Close())
	// Output:
	// memory <nil> <nil>
}

func TestOpen(t *testing.T) {
	cfg := open.Config{Type: "sqlite", Dir: t.TempDir()}
	s, err := open.Open(t.Context(), cfg, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if status, err := s.Status(t.Context()); err != nil || status.Engine != "sqlite" || !strings.HasPrefix(status.Path, cfg.Dir) {
		t.Errorf("status %+v, %v", status, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	cfg.Dir = filepath.Join(os.Args[0], "below a file")
	if s, err := open.Open(t.Context(), cfg, nil, slog.New(slog.DiscardHandler)); err == nil || s != nil {
		t.Errorf("a folder that cannot be: %v, %v", s, err)
	}
	for _, name := range []string{"badger", "grpc", "Memory", "", strings.Repeat("x", 1000)} {
		s, err := open.Open(t.Context(), open.Config{Type: name}, nil, slog.New(slog.DiscardHandler))
		if err == nil || s != nil || !strings.Contains(err.Error(), "sqlite") || len(err.Error()) > 200 {
			t.Errorf("store %.10q: %v, %v", name, s, err)
		}
	}
}

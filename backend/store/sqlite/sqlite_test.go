// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
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
	for name, segment := range map[string]int{"tail": segmentSpans, "segments": 100} {
		t.Run(name, func(t *testing.T) {
			if name == "tail" && testing.Short() {
				t.Skip("segments have a tail, too")
			}
			storetest.Run(t, storetest.Engine{
				Open:  func(ctx context.Context, cfg storetest.Config) (store.Store, error) { return open(ctx, cfg, segment) },
				Newer: newer, Older: older,
			}, nil)
		})
	}
}

// newer makes the file in dir one of a later version.
func newer(t testing.TB, dir string) {
	change(t, dir, fmt.Sprintf("PRAGMA user_version = %d", len(migrations)+1))
}

// older makes the file in dir one of the first version, which had no tables for
// sampling and did not add calls up.
func older(t testing.TB, dir string) {
	change(t, dir, "DROP TABLE throughput; DROP TABLE probability; DELETE FROM columns WHERE id & 15 = 7; PRAGMA user_version = 1")
}

func change(t testing.TB, dir, statements string) {
	db, err := sql.Open("sqlite", dsn(filepath.Join(dir, FileName), busyWait, readerCacheKB))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}

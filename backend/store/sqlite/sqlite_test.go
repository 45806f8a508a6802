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
	t.Parallel()
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
// sampling, did not add calls up and did not know what spans link to.
func older(t testing.TB, dir string) {
	change(t, dir, "DROP TABLE throughput; DROP TABLE probability; DELETE FROM columns WHERE id & 15 > 6; PRAGMA user_version = 1")
	db, err := sql.Open("sqlite", dsn(filepath.Join(dir, FileName), busyWait, readerCacheKB))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	c, err := newConn(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	type row struct {
		segment int64
		first   token
		body    []byte
	}
	var rows []row
	err = c.each(t.Context(), "SELECT segment, token, body FROM posting", nil, func(scan func(...any) error) error {
		var r row
		err := scan(&r.segment, &r.first, &r.body)
		rows = append(rows, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		var left []posting
		err := decodePostings(r.first, r.body, func(x token, list spanList) bool {
			set := newBitset(segmentSpans)
			list.addTo(set)
			for span := range set.all() {
				if x < keyReference.first() || x > keyReference.last() {
					left = append(left, posting{x, uint32(span)})
				}
			}
			return true
		})
		if err == nil {
			err = c.exec("DELETE FROM posting WHERE segment = ? AND token = ?", r.segment, int64(r.first))
		}
		if err == nil {
			err = encodePostings(left, func(first token, body []byte) error {
				return c.exec("INSERT INTO posting (segment, token, body) VALUES (?, ?, ?)", r.segment, int64(first), body)
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
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

// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

const day = 24 * time.Hour

// Links implements store.Store. Links lie in the table by the day that a job computed
// them for; a day counts when its begin is in the window. Errors are not in the table.
func (s *Store) Links(ctx context.Context, w trace.Window) ([]trace.Link, error) {
	db, done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	end := w.End
	if now := time.Now().Add(day); end.IsZero() || end.After(now) {
		end = now
	}
	start := w.Start
	if first := end.Add(-maxDays * day); start.Before(first) {
		start = first
	}
	start, end = upMilli(start), upMilli(end) // Cassandra has no finer times
	var days []time.Time
	for d := start.Truncate(day); d.Before(end); d = d.Add(day) {
		days = append(days, d)
	}
	links := store.Links{}
	if len(days) == 0 {
		return links.Answer(), nil
	}
	var all raw
	err = each(db.rows(ctx, pageRows, fmt.Sprintf("SELECT dependencies FROM %q.dependencies_v2 WHERE ts_bucket IN ? AND ts >= ? AND ts < ?", s.config.Keyspace),
		days, start, end), func() error {
		s.addLinks(links, all)
		return nil
	}, &all)
	if err != nil {
		return nil, s.failed(ctx, "read dependencies", err)
	}
	return links.Answer(), nil
}

// addLinks adds those of a row, as far as it can be read.
func (s *Store) addLinks(links store.Links, row raw) {
	err := list(row, func(r *reader) error {
		parent, child, calls := r.text(), r.text(), int64(r.long())
		if r.err == nil {
			links.AddCalls(parent, child, calls, 0)
		}
		return r.err
	})
	if err != nil {
		s.leaveOut(unreadable, "dependencies", err)
	}
}

func upMilli(t time.Time) time.Time { return t.Add(time.Millisecond - 1).Truncate(time.Millisecond) }

// WriteLinks implements store.LinkWriter.
func (s *Store) WriteLinks(ctx context.Context, at time.Time, links []trace.Link) error {
	db, done, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	at = at.UTC().Truncate(day)
	b := binary.BigEndian.AppendUint32(nil, uint32(len(links)))
	for _, l := range links {
		var n int
		b, n = open(b)
		b = appendText(appendText(b, valid(l.Parent)), valid(l.Child))
		b = appendText(appendLong(b, uint64(l.Calls)), "")
		b = shut(b, n)
	}
	err = db.exec(ctx, fmt.Sprintf("INSERT INTO %q.dependencies_v2 (ts_bucket, ts, dependencies) VALUES (?, ?, ?)", s.config.Keyspace), at, at, raw(b))
	if err != nil {
		return s.failed(ctx, "write dependencies", err)
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Write implements store.Store. Rows of one partition go in one request; requests are
// under way at once, some at a time. Spans that the server does not take are refused.
func (s *Store) Write(ctx context.Context, td ptrace.Traces) error {
	db, end, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	now := time.Now()
	w := newWriter(&s.config, s.names, now)
	processes := map[ptrace.ResourceSpans]*process{}
	for span := range trace.Spans(td) {
		p := processes[span.Resource]
		if p == nil {
			p = newProcess(span.Resource.Resource())
			processes[span.Resource] = p
		}
		w.add(span, p)
	}
	s.metrics.unindexed.Add(float64(w.unindexed))
	refused, err := s.send(ctx, db, w.groups)
	if err != nil {
		return err
	}
	s.names.wrote(w.named, now.Add(s.namesEvery()))
	if refused != nil {
		return refused
	}
	return nil
}

// namesEvery is how long names of services and operations that were written are not
// written again: before they are gone.
func (s *Store) namesEvery() time.Duration {
	every := s.config.NamesEvery
	for _, t := range tables[tableServices : tableOperations+1] {
		if kept := s.link.kept(t.name); kept > 0 {
			every = min(every, kept/2)
		}
	}
	return every
}

// send makes the requests, and returns the first error. Others that are under way then
// are given up.
func (s *Store) send(ctx context.Context, db session, groups []*group) (*store.RefusedError, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := &sender{Store: s, db: db, check: sync.OnceValue(func() error { return s.link.check(ctx) })}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(requests, len(groups)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(groups)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := w.write(ctx, groups[i], false); err != nil {
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	if ctx.Err() == nil {
		return w.refused, nil
	}
	return nil, context.Cause(ctx)
}

// sender makes the requests of one Write.
type sender struct {
	*Store
	db    session
	check func() error // whether the schema is right

	mu      sync.Mutex
	refused *store.RefusedError
}

// write writes the rows of g. When the server rejects them although the schema is right,
// it finds those that it does reject, in halves.
func (w *sender) write(ctx context.Context, g *group, once bool) error {
	table := tables[g.table].name
	err := w.db.insert(ctx, g, once)
	w.metrics.requests.WithLabelValues(table).Inc()
	if err == nil {
		w.metrics.rows.Add(float64(len(g.rows)))
		return nil
	}
	w.metrics.failures.Inc()
	if !rejected(err, g) {
		return w.failed(ctx, "write to "+table, err)
	}
	if wrong := w.check(); wrong != nil {
		return fmt.Errorf("write to %s: %w: %w", table, err, wrong)
	}
	if half := len(g.rows) / 2; half > 0 {
		for _, rows := range [][][]any{g.rows[:half], g.rows[half:]} {
			if err := w.write(ctx, &group{table: g.table, insert: g.insert, rows: rows}, true); err != nil {
				return err
			}
		}
		return nil
	}
	w.metrics.rejected.WithLabelValues(table).Inc()
	if g.table == tableTraces {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.refused = w.refused.And(&store.RefusedError{Spans: 1, Err: err})
	}
	return nil
}

// inserts returns the statements that write rows, by table.
func inserts(keyspace string) (all [spanTables]string) {
	for i, t := range tables[:spanTables] {
		var columns []string
		for _, c := range strings.Split(t.columns, ", ") {
			name, _, _ := strings.Cut(c, " ")
			columns = append(columns, name)
		}
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
		all[i] = fmt.Sprintf("INSERT INTO %q.%s (%s) VALUES (%s)", keyspace, t.name, strings.Join(columns, ", "), marks)
	}
	return all
}

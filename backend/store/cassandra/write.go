// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Write implements store.Store. Rows of one partition go in one request; requests are
// under way at once, some at a time.
func (s *Store) Write(ctx context.Context, td ptrace.Traces) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	session, err := s.link.use()
	if err != nil {
		return err
	}
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
	if err := s.send(ctx, session, w.groups); err != nil {
		return err
	}
	s.names.wrote(w.named, now)
	return nil
}

// send makes the requests, and returns the first error. Others that are under way then
// are given up.
func (s *Store) send(ctx context.Context, session *gocql.Session, groups []*group) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(requests, len(groups)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(groups)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := s.request(ctx, session, groups[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	if ctx.Err() == nil {
		return nil
	}
	return context.Cause(ctx)
}

// request writes the rows of g.
func (s *Store) request(ctx context.Context, session *gocql.Session, g *group) (err error) {
	if len(g.rows) == 1 {
		err = session.Query(g.insert, g.rows[0]...).ExecContext(ctx)
	} else {
		b := session.Batch(gocql.UnloggedBatch)
		b.Entries = make([]gocql.BatchEntry, len(g.rows))
		for i, args := range g.rows {
			b.Entries[i] = gocql.BatchEntry{Stmt: g.insert, Args: args, Idempotent: true}
		}
		err = b.ExecContext(ctx)
	}
	s.metrics.requests.WithLabelValues(tables[g.table].name).Inc()
	if err != nil {
		s.metrics.failures.Inc()
		return failed(ctx, "write to "+tables[g.table].name, err)
	}
	s.metrics.rows.Add(float64(len(g.rows)))
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

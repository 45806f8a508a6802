// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Trace implements store.Store.
func (s *Store) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	if err := s.enter(ctx); err != nil {
		return ptrace.Traces{}, err
	}
	defer s.calls.RUnlock()
	session, err := s.link.use()
	if err != nil {
		return ptrace.Traces{}, err
	}
	td, err := s.read(ctx, session, id, w)
	if err == nil && td.SpanCount() == 0 {
		err = fmt.Errorf("cassandra: %w", store.ErrNotFound)
	}
	return td, err
}

// read returns the spans of a trace that start within w.
func (s *Store) read(ctx context.Context, session *gocql.Session, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	const columns = "trace_id, span_id, parent_id, operation_name, flags, start_time, duration, tags, logs, refs, process"
	rows := session.Query(fmt.Sprintf("SELECT %s FROM %q.traces WHERE trace_id = ?", columns, s.config.Keyspace), raw(id[:])).
		PageSize(1000).IterContext(ctx).Scanner()
	var all restorer
	bytes := 0
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.traceID, &r.spanID, &r.parent, &r.operation, &r.flags, &r.start, &r.duration, &r.tags, &r.logs, &r.refs, &r.process); err != nil {
			return ptrace.Traces{}, failed(ctx, "read a trace", err)
		}
		if !w.Contains(pcommon.Timestamp(max(nanos(r.start), 0))) {
			continue
		}
		if bytes += len(r.tags) + len(r.logs) + len(r.refs) + len(r.operation) + 200; bytes > maxTrace {
			return ptrace.Traces{}, fmt.Errorf("cassandra: trace %v: %w", id, store.ErrTooMuch)
		}
		if err := all.add(&r); err != nil {
			return ptrace.Traces{}, fmt.Errorf("cassandra: trace %v, span %x: %w", id, uint64(r.spanID), err)
		}
	}
	if err := rows.Err(); err != nil {
		return ptrace.Traces{}, failed(ctx, "read a trace", err)
	}
	return all.Traces(), nil
}

// failed says what failed. The error of a context that is done is its own; that of a
// server that is away, or has too much to do, is store.ErrUnavailable.
func failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		err = context.Cause(ctx)
	}
	if ctx.Err() == nil && away(err) {
		return fmt.Errorf("cassandra: %s: %w: %w", what, err, store.ErrUnavailable)
	}
	return fmt.Errorf("cassandra: %s: %w", what, err)
}

// away reports whether err is not about what was asked.
func away(err error) bool {
	var r gocql.RequestError
	var net net.Error
	switch {
	case errors.As(err, &r):
		return r.Code() >= gocql.ErrCodeUnavailable && r.Code() < gocql.ErrCodeSyntax
	case errors.Is(err, gocql.ErrNoConnections), errors.Is(err, gocql.ErrConnectionClosed), errors.Is(err, gocql.ErrTimeoutNoResponse),
		errors.Is(err, gocql.ErrNoStreams), errors.Is(err, gocql.ErrUnavailable), errors.Is(err, gocql.ErrSessionClosed):
		return true
	default:
		return errors.As(err, &net) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
}

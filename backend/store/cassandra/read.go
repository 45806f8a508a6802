// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Trace implements store.Store.
func (s *Store) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	db, end, err := s.begin(ctx)
	if err != nil {
		return ptrace.Traces{}, err
	}
	defer end()
	td, _, err := s.read(ctx, db, id, w, newRoom(maxTrace))
	if err == nil && td.SpanCount() == 0 {
		err = fmt.Errorf("cassandra: %w", store.ErrNotFound)
	}
	return td, err
}

// room bounds the bytes of rows that are held at once.
type room struct{ left atomic.Int64 }

func newRoom(bytes int64) *room {
	r := &room{}
	r.left.Store(bytes)
	return r
}

var errRoom = fmt.Errorf("%w: it takes more than the memory that there is for it", store.ErrTooMuch)

// take takes n bytes, or returns errRoom.
func (r *room) take(n int64) error {
	if r.left.Add(-n) < 0 {
		r.left.Add(n)
		return errRoom
	}
	return nil
}

// read returns the spans of a trace that start within w, those that can be read, and how
// many rows it has read. It is errRoom when there is no room for them, which then is free again.
func (s *Store) read(ctx context.Context, db session, id pcommon.TraceID, w trace.Window, free *room) (_ ptrace.Traces, n int, err error) {
	const columns = "trace_id, span_id, parent_id, operation_name, flags, start_time, duration, tags, logs, refs, process"
	var r row
	var all restorer
	var used int64
	err = each(db.pages(ctx, fmt.Sprintf("SELECT %s FROM %q.traces WHERE trace_id = ?", columns, s.config.Keyspace), raw(id[:])), func() error {
		n++
		one := r
		r = row{} // the next one has its own memory
		if !w.Contains(pcommon.Timestamp(max(nanos(one.start), 0))) {
			return nil
		}
		size := int64(len(one.tags)+len(one.logs)+len(one.refs)+len(one.operation)) + spanBytes
		if all.processes[string(one.process)] == nil {
			size += int64(len(one.process))
		}
		if err := free.take(size); err != nil {
			free.left.Add(used)
			return err
		}
		used += size
		if err := all.add(&one); err != nil {
			s.leaveOut(unreadable, fmt.Sprintf("trace %v, span %x", id, uint64(one.spanID)), err)
		}
		return nil
	}, &r.traceID, &r.spanID, &r.parent, &r.operation, &r.flags, &r.start, &r.duration, &r.tags, &r.logs, &r.refs, &r.process)
	switch {
	case errors.Is(err, errRoom):
		return ptrace.Traces{}, n, fmt.Errorf("cassandra: trace %v: %w", id, err)
	case err != nil:
		return ptrace.Traces{}, n, s.failed(ctx, "read a trace", err)
	}
	return all.Traces(), n, nil
}

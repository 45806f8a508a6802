// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
)

// spansOf returns n spans of one trace.
func spansOf(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "s")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		s := spans.AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 1})
		s.SetSpanID(pcommon.SpanID{6: byte((i + 1) >> 8), 7: byte(i + 1)})
		s.SetName("op")
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
		s.Attributes().PutInt("n", int64(i))
	}
	return td
}

// TestWriteAway: what is not about the spans is waited for.
func TestWriteAway(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want bool // that Write is tried again
	}{
		{"server error", fakeError{gocql.ErrCodeServer, "java.lang.RuntimeException"}, true},
		{"memory", fakeError{gocql.ErrCodeProtocol, "java.lang.OutOfMemoryError: Java heap space"}, true},
		{"no permission", fakeError{gocql.ErrCodeUnauthorized, "User x has no MODIFY permission on <table k.traces> or any of its parents"}, true},
		{"credentials", fakeError{gocql.ErrCodeCredentials, "expired"}, true},
		{"overloaded", fakeError{gocql.ErrCodeOverloaded, "overloaded"}, true},
		{"disk", fakeError{gocql.ErrCodeInvalid, "Guardrail replica_disk_usage violated: Write request failed because disk usage exceeds failure threshold"}, true},
		{"connections", gocql.ErrNoConnections, true},
		{"syntax", fakeError{gocql.ErrCodeSyntax, "line 1:0 no viable alternative"}, false},
		{"another", errFake, false},
	} {
		f := &fake{refuses: func(string, []any) error { return test.err }}
		err := fakeStore(t, f).Write(t.Context(), spansOf(3))
		if errors.As(err, new(*store.RefusedError)) || !errors.Is(err, test.err) || errors.Is(err, store.ErrUnavailable) != test.want {
			t.Errorf("%s: %v; unavailable is wanted: %v", test.name, err, test.want)
		}
	}
}

// TestWriteWithoutTable: a table that is gone is waited for, and Ready says so.
func TestWriteWithoutTable(t *testing.T) {
	f := &fake{missing: "tag_index"}
	f.refuses = func(table string, _ []any) error {
		if table == f.missing {
			return fakeError{gocql.ErrCodeInvalid, "table tag_index does not exist"}
		}
		return nil
	}
	s := fakeStore(t, f)
	if err := s.Write(t.Context(), spansOf(3)); !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "no table tag_index") {
		t.Errorf("write: %v", err)
	}
	if err := s.Ready(); err == nil || !strings.Contains(err.Error(), "no table tag_index") {
		t.Errorf("ready: %v", err)
	}
	f.missing = ""
	if err := s.Write(t.Context(), spansOf(3)); err != nil {
		t.Errorf("write, with the table: %v", err)
	}
}

// TestWriteRejected: a row that the server does not take is found among the others, and
// its span is refused.
func TestWriteRejected(t *testing.T) {
	f := &fake{}
	invalid := fakeError{gocql.ErrCodeInvalid, "Rejected an oversized mutation"}
	f.refuses = func(table string, row []any) error {
		switch table {
		case "traces":
			if id := row[1].(int64); id == 1 || id == 150 || id == 301 {
				return invalid
			}
		case "tag_index":
			if row[2] == "7" {
				return invalid // its span is stored
			}
		}
		return nil
	}
	s := fakeStore(t, f)
	err := s.Write(t.Context(), spansOf(500))
	var refused *store.RefusedError
	if !errors.As(err, &refused) || refused.Spans != 3 || errors.Is(err, store.ErrUnavailable) || !errors.Is(err, invalid) {
		t.Errorf("%v, want 3 spans refused", err)
	}
	if f.inserted["traces"] != 497 || f.inserted["tag_index"] != 2*500-1 || f.schemas != 1 {
		t.Errorf("inserted %v, the schema was read %d times", f.inserted, f.schemas)
	}
	if n := count(t, s.metrics.rejected.WithLabelValues("traces")); n != 3 {
		t.Errorf("%d rows of traces counted as rejected, want 3", n)
	}
	if n := count(t, s.metrics.rejected.WithLabelValues("tag_index")); n != 1 {
		t.Errorf("%d rows of tag_index counted as rejected, want 1", n)
	}
}

// TestRejected: what a server says of rows.
func TestRejected(t *testing.T) {
	one, two := make([][]any, 1), make([][]any, 2)
	for _, test := range []struct {
		err  error
		g    group
		want bool
	}{
		{fakeError{gocql.ErrCodeInvalid, "Key length of 70000 is longer than maximum of 65535"}, group{rows: two}, true},
		{fakeError{gocql.ErrCodeInvalid, "Guardrail collection_size violated: Detected collection tags"}, group{rows: two}, true},
		{fakeError{gocql.ErrCodeInvalid, "Guardrail write_consistency_levels violated: Provided values [ONE] are not allowed"}, group{rows: one}, false},
		{fakeError{gocql.ErrCodeServer, "Mutation of 17000000-bytes is too large"}, group{rows: one, bytes: 17_000_000}, true},
		{fakeError{gocql.ErrCodeServer, "java.lang.RuntimeException"}, group{rows: one, bytes: 100}, false},
		{gocql.ErrFrameTooBig, group{rows: one}, true},
		{gocql.ErrNoConnections, group{rows: one}, false},
	} {
		if got := rejected(fmt.Errorf("wrapped: %w", test.err), &test.g); got != test.want {
			t.Errorf("%v: %v, want %v", test.err, got, test.want)
		}
	}
}

// TestNamesEvery: names are written again before they are gone.
func TestNamesEvery(t *testing.T) {
	s := fakeStore(t, &fake{})
	if got := s.namesEvery(); got != s.config.NamesEvery {
		t.Errorf("%v, want %v", got, s.config.NamesEvery)
	}
	s.link.schema.kept = map[string]time.Duration{"service_names": 2 * time.Hour, "operation_names_v2": 3 * time.Hour, "traces": time.Minute}
	if got := s.namesEvery(); got != time.Hour {
		t.Errorf("%v, want 1h", got)
	}
}

// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// linkStore is a store whose links a job writes.
type linkStore struct {
	*memory.Store
	day   time.Time
	links []trace.Link
}

func (s *linkStore) WriteLinks(_ context.Context, day time.Time, links []trace.Link) error {
	s.day, s.links = day, links
	return nil
}

// TestDependencies: the job writes the links of a day, of that which was an hour ago when
// nobody says which, says so, and ends.
func TestDependencies(t *testing.T) {
	hourAgo := time.Now().Add(-time.Hour).UTC()
	for _, test := range []struct {
		date    string
		calls   int64
		says    string
		invalid bool
	}{
		{"", 1, "1 links with 1 calls of " + hourAgo.Format(time.DateOnly) + ", in a test: written after ", false},
		{hourAgo.Format(time.DateOnly), 1, "1 links with 1 calls of ", false},
		{"2020-01-01", 0, "no traces of 2020-01-01, in a test: nothing is written", false},
		{"never", 0, "", true},
	} {
		s := &linkStore{Store: memory.Open(memory.Config{})}
		if err := s.Write(t.Context(), pair(hourAgo)); err != nil {
			t.Fatal(err)
		}
		open := func(_ context.Context, name string, c *config.Config, _ prometheus.Registerer, _ *slog.Logger) (store.Store, string, error) {
			if name != "opensearch" {
				t.Errorf("the store %s is opened", name)
			}
			return s, "in a test", nil
		}
		env := []string{"SPAN_STORAGE_TYPE=opensearch,cassandra", "DATE=" + test.date}
		var out bytes.Buffer
		err := server.Run(t.Context(), config.Dependencies, server.Deps{Engines: open}, nil, env, &out, io.Discard)
		if test.invalid != errors.Is(err, config.ErrInvalid) || !test.invalid && err != nil || !strings.HasPrefix(out.String(), test.says) {
			t.Errorf("date %q: says %q, %v; want %q", test.date, &out, err, test.says)
		}
		if test.calls == 0 && s.links != nil || test.calls > 0 && (len(s.links) != 1 || s.links[0].Calls != test.calls || !s.day.Equal(hourAgo.Truncate(24*time.Hour))) {
			t.Errorf("date %q: %v: %v", test.date, s.day, s.links)
		}
		if _, err := s.Services(t.Context()); !test.invalid && !errors.Is(err, store.ErrClosed) {
			t.Errorf("date %q: the store is not closed: %v", test.date, err)
		}
	}
	if err := server.Run(t.Context(), config.Dependencies, server.Deps{}, nil, nil, io.Discard, io.Discard); err == nil {
		t.Error("without engines there is no error")
	}
}

// pair is a trace in which a calls b.
func pair(at time.Time) ptrace.Traces {
	td := ptrace.NewTraces()
	for i, service := range []string{"a", "b"} {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		s := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{15: 1})
		s.SetSpanID(pcommon.SpanID{7: byte(i + 1)})
		s.SetParentSpanID(pcommon.SpanID{7: byte(i)})
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(at))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(at))
	}
	return td
}

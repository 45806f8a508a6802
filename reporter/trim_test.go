// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// reportBetweenNeighbours reports two small spans with s in between, to batches of
// limit bytes, and returns what arrived of s, or nil.
func reportBetweenNeighbours(t *testing.T, s *model.Span, format transport.Format, limit int) *model.Span {
	t.Helper()
	f := newFake(limit)
	f.format = format
	r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1, NoPacing: true})
	before := s.Clone()
	r.Report(rootSpan(101))
	r.Report(s)
	r.Report(rootSpan(102))
	mustClose(t, r)
	if got, want := fmt.Sprintf("%+v", s), fmt.Sprintf("%+v", before); got != want {
		t.Errorf("Report changed the span:\n%s\nwas\n%s", got, want)
	}
	var found *model.Span
	neighbours := 0
	for i, m := range f.messages(t) {
		if len(f.got[i]) > limit {
			t.Errorf("a batch has %d bytes, limit %d", len(f.got[i]), limit)
		}
		for j := range m.Batch.Spans {
			switch got := &m.Batch.Spans[j]; got.SpanID {
			case 101, 102:
				neighbours++
				if len(got.Tags) != 0 || got.Operation != "op" {
					t.Errorf("a neighbour changed: %+v", got)
				}
			case s.SpanID:
				found = got
			}
		}
	}
	if neighbours != 2 {
		t.Errorf("%d of 2 neighbours arrived", neighbours)
	}
	if found != nil {
		expectColumns(t, r, columns{Sent: 3})
	} else {
		expectColumns(t, r, columns{Sent: 2, Dropped: dropped(TooLarge, 1)})
	}
	return found
}

// tag returns the value of the last tag called key.
func tag(s *model.Span, key string) (v model.Value, ok bool) {
	for i := range s.Tags {
		if s.Tags[i].Key == key {
			v, ok = s.Tags[i].Value, true
		}
	}
	return v, ok
}

// jaeger-client-go drops a span that is larger than a datagram, and with it the
// batch when the process makes the difference.
func TestTrimOrder(t *testing.T) {
	text := func(n int) model.Value { return model.String(strings.Repeat("é", n/2)) }
	logs := func(n int) []model.Log {
		all := make([]model.Log, n)
		for i := range all {
			at := int64(n-i) * 1000 // the newest first
			all[i] = model.Log{Time: at, Fields: []model.Tag{{Key: "event", Value: model.String(fmt.Sprintf("%090d", n-i))}}}
		}
		return all
	}
	for _, tc := range []struct {
		name  string
		limit int
		span  model.Span
		check func(t *testing.T, got *model.Span)
	}{
		{"logs go first, oldest first", 2000, model.Span{Logs: logs(50), Tags: []model.Tag{{Key: "a", Value: text(900)}, {Key: "error", Value: model.Bool(true)}}}, func(t *testing.T, got *model.Span) {
			dropped, _ := tag(got, "otel.dropped_events_count")
			if n := len(got.Logs); n < 5 || n > 12 || n+int(dropped.Int64()) != 50 {
				t.Errorf("%d logs kept, %v dropped, want some 8 of 50", n, dropped)
			}
			for i, l := range got.Logs {
				if want := 50 - len(got.Logs) + i + 1; l.Time != int64(want)*1000 {
					t.Errorf("log %d is of %d µs, want %d", i, l.Time/1000, want)
				}
			}
			if v, _ := tag(got, "a"); v != text(900) {
				t.Error("a tag was cut while there were logs")
			}
		}},
		{"the longest texts are cut, on rune borders", 2000, model.Span{Logs: logs(2), Tags: []model.Tag{
			{Key: "long", Value: text(9000)}, {Key: "short", Value: text(200)}, {Key: "bytes", Value: model.Bytes(make([]byte, 5000))}, {Key: "n", Value: model.Int64(7)}, {Key: "error", Value: model.Bool(true)},
		}}, func(t *testing.T, got *model.Span) {
			long, _ := tag(got, "long")
			bytes, _ := tag(got, "bytes")
			if n, m := len(long.Str()), len(bytes.Str()); n < 600 || m < 600 || n > m || m > n+1 {
				t.Errorf("cut to %d and %d bytes, want about 700 each", n, m)
			}
			if !utf8.ValidString(long.Str()) {
				t.Errorf("a rune was cut in half: %q", long.Str()[len(long.Str())-3:])
			}
			if short, _ := tag(got, "short"); short != text(200) {
				t.Error("a short text was cut")
			}
			if n, _ := tag(got, "n"); n.Int64() != 7 || len(got.Logs) != 0 {
				t.Errorf("n is %v, %d logs", n, len(got.Logs))
			}
		}},
		{"tags go from the end, never the error tag", 2000, model.Span{Tags: append(manyTags(500), model.Tag{Key: "error", Value: model.Bool(true)})}, func(t *testing.T, got *model.Span) {
			dropped, _ := tag(got, "otel.dropped_attributes_count")
			kept := len(got.Tags) - 3 // error, spur.trimmed and the count itself
			if kept < 50 || kept+int(dropped.Int64()) != 500 {
				t.Errorf("%d tags kept, %v dropped", kept, dropped)
			}
			for i := range kept {
				if want := fmt.Sprintf("key-%03d", i); got.Tags[i].Key != want {
					t.Errorf("tag %d is %s, want %s", i, got.Tags[i].Key, want)
				}
			}
		}},
		{"references go when tags are gone", 2000, model.Span{References: make([]model.Reference, 500), Tags: manyTags(3)}, func(t *testing.T, got *model.Span) {
			dropped, _ := tag(got, "otel.dropped_links_count")
			if n := len(got.References); n < 20 || n+int(dropped.Int64()) != 500 {
				t.Errorf("%d references kept, %v dropped", n, dropped)
			}
		}},
		{"the operation is cut last", 1000, model.Span{Operation: strings.Repeat("é", 5000), Tags: []model.Tag{{Key: "error", Value: text(20_000)}, {Key: "x", Value: text(3)}}}, func(t *testing.T, got *model.Span) {
			e, ok := tag(got, "error")
			if n, m := len(got.Operation), len(e.Str()); n < 300 || n != m || !ok {
				t.Errorf("operation has %d bytes, error %d", n, m)
			}
			if !utf8.ValidString(got.Operation) || !utf8.ValidString(e.Str()) {
				t.Error("a rune was cut in half")
			}
		}},
		{"only the ids fit", 230, model.Span{Operation: strings.Repeat("x", 9999), Logs: logs(9), Tags: manyTags(9)}, func(t *testing.T, got *model.Span) {
			if len(got.Logs) != 0 {
				t.Errorf("%d logs left", len(got.Logs))
			}
		}},
	} {
		for _, format := range []transport.Format{transport.JaegerCompact, transport.JaegerBinary} {
			t.Run(tc.name+"/"+format.String(), func(t *testing.T) {
				limit := tc.limit
				if format == transport.JaegerBinary {
					limit += 300 // its numbers and lengths are longer
				}
				s := rootSpan(5)
				s.Operation, s.Tags, s.Logs, s.References = "op", tc.span.Tags, tc.span.Logs, tc.span.References
				if tc.span.Operation != "" {
					s.Operation = tc.span.Operation
				}
				got := reportBetweenNeighbours(t, s, format, limit)
				if got == nil {
					t.Fatal("the span did not arrive")
				}
				if got.TraceID != s.TraceID || got.Duration != s.Duration || got.Start != s.Start || !strings.HasPrefix(s.Operation, got.Operation) {
					t.Errorf("arrived as %+v", got)
				}
				if v, _ := tag(got, "spur.trimmed"); !v.Bool() {
					t.Error("not marked as trimmed")
				}
				if format == transport.JaegerCompact {
					tc.check(t, got)
				}
			})
		}
	}
}

func manyTags(n int) []model.Tag {
	all := make([]model.Tag, n)
	for i := range all {
		all[i] = model.Tag{Key: fmt.Sprintf("key-%03d", i), Value: model.String("v")}
	}
	return all
}

func TestTrimCannotHelp(t *testing.T) {
	s := rootSpan(5)
	s.Process = &model.Process{Service: strings.Repeat("x", 5000)}
	if got := reportBetweenNeighbours(t, s, transport.JaegerCompact, 2000); got != nil {
		t.Errorf("arrived: %+v", got)
	}
}

// Whatever the span, what leaves fits, is the same span, and hurts no other.
func TestTrimProperties(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := func(most int) string {
		n := rnd.IntN(most + 1)
		var b strings.Builder
		for b.Len() < n {
			switch rnd.IntN(8) {
			case 0:
				b.WriteString("漢")
			case 1:
				b.WriteString("🙂")
			case 2:
				b.WriteByte(0xff) // not UTF-8
			default:
				b.WriteString("x")
			}
		}
		return b.String()
	}
	tags := func(n, most int) []model.Tag {
		all := make([]model.Tag, n)
		for i := range all {
			all[i].Key = text(20)
			switch rnd.IntN(4) {
			case 0:
				all[i].Value = model.Int64(rnd.Int64())
			case 1:
				all[i].Value = model.BytesString(text(most))
			default:
				all[i].Value = model.String(text(most))
			}
		}
		return all
	}
	most := func(exponent int) int { return 1 << rnd.IntN(exponent+1) }
	runs := 300
	if race.Enabled {
		runs = 60
	}
	for run := range runs {
		s := rootSpan(uint64(run) + 1000)
		s.TraceID = model.TraceID{High: rnd.Uint64(), Low: rnd.Uint64()}
		s.ParentID = model.SpanID(rnd.Uint64())
		s.Duration = time.Duration(1+rnd.Int64N(1e6)) * time.Microsecond
		s.Operation = "op " + text(most(13))
		s.Tags = tags(rnd.IntN(most(8)), most(12))
		s.Tags = append(s.Tags, model.Tag{Key: "error", Value: model.Bool(true)})
		rnd.Shuffle(len(s.Tags), func(i, j int) { s.Tags[i], s.Tags[j] = s.Tags[j], s.Tags[i] })
		for range rnd.IntN(most(7)) {
			s.Logs = append(s.Logs, model.Log{Time: rnd.Int64N(1e6) * 1000, Fields: tags(rnd.IntN(4), most(12))})
		}
		for range rnd.IntN(most(5)) {
			s.References = append(s.References, model.Reference{SpanID: model.SpanID(rnd.Uint64())})
		}
		format := transport.JaegerCompact + transport.Format(rnd.IntN(2))
		limit := 400 + rnd.IntN(20_000)
		got := reportBetweenNeighbours(t, s, format, limit)
		if got == nil {
			t.Fatalf("run %d: a span did not arrive in %d bytes:\n%+v", run, limit, s)
		}
		if got.TraceID != s.TraceID || got.ParentID != s.ParentID || got.Duration != s.Duration || got.Start != s.Start || got.Flags != s.Flags {
			t.Errorf("run %d: %+v arrived as %+v", run, s, got)
		}
		if !strings.HasPrefix(s.Operation, got.Operation) {
			t.Errorf("run %d: operation %q arrived as %q", run, s.Operation, got.Operation)
		}
		if v, ok := tag(got, "error"); !ok || !v.Bool() {
			t.Errorf("run %d: the error tag is %v, %v", run, v, ok)
		}
		trimmed, _ := tag(got, "spur.trimmed")
		if full := len(got.Logs) == len(s.Logs) && len(got.Tags) == len(s.Tags) && len(got.Operation) == len(s.Operation); full == trimmed.Bool() {
			t.Errorf("run %d: trimmed is %v, but %d of %d logs and %d of %d tags arrived", run, trimmed, len(got.Logs), len(s.Logs), len(got.Tags), len(s.Tags))
		}
		if t.Failed() {
			return
		}
	}
}

func TestCutAt(t *testing.T) {
	for _, tc := range []struct {
		s    string
		n    int
		want int
	}{
		{"abc", 5, 3},
		{"abc", 3, 3},
		{"abc", 2, 2},
		{"abc", 0, 0},
		{"", 0, 0},
		{"aé", 2, 1},
		{"漢漢", 5, 3},
		{"漢漢", 3, 3},
		{"🙂", 3, 0},
		{"a🙂", 4, 1},
		{"\x80\x80\x80\x80\x80\x80\x80\x80", 6, 6},
		{"\x80\x80\x80\x80", 2, 0},
	} {
		if got := cutAt(tc.s, tc.n); got != tc.want {
			t.Errorf("cutAt(%q, %d) = %d, want %d", tc.s, tc.n, got, tc.want)
		}
	}
}

// What trim is told to fit into is exact: one byte less must trim more.
func TestTrimUsesTheRoom(t *testing.T) {
	s := textSpan(1, 10_000)
	whole := len(wire.AppendCompactSpan(nil, s))
	for room := 200; room < whole; room += 997 {
		got, ok := trim(s, room, wire.AppendCompactSpan)
		if !ok || len(got) > room || len(got) < room-2 {
			t.Errorf("trimmed to %d bytes (%v), there is room for %d", len(got), ok, room)
		}
	}
}

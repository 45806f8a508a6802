// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// FuzzRow: a row becomes the span that it was made of, with whole microseconds.
func FuzzRow(f *testing.F) {
	f.Add("", int64(0), 0.0, false)
	f.Add("GET /", int64(1796011363428332800), 0.5, true)
	f.Add("$$span.warning.7", int64(-1), math.Inf(-1), true)
	f.Fuzz(func(t *testing.T, text string, n int64, d float64, flag bool) {
		if d != d {
			return // NaN is not equal to itself
		}
		s, m := sample(valid(text), n, d, flag)
		s.Flags = model.Flags(s.FlagBits)
		p := &process{m, appendProcess(nil, m)}
		r, _ := newRow(s, p, nil)
		got, err := r.span()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(text, warningPrefix) {
			return // such a tag is taken for a warning, by Jaeger, too
		}
		s.Start, s.Duration = nanos(micros(s.Start)), s.Duration/1000*1000
		for i := range s.Logs {
			s.Logs[i].Time = nanos(micros(s.Logs[i].Time))
		}
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", *s) {
			t.Errorf("%+v\nwant\n%+v", got, *s)
		}
		back, err := readProcess(p.encoded)
		if err != nil || fmt.Sprintf("%+v", back) != fmt.Sprintf("%+v", m) {
			t.Errorf("process %+v, %v\nwant\n%+v", back, err, m)
		}
	})
}

// FuzzRead: whatever stands in a row is a span or an error.
func FuzzRead(f *testing.F) {
	s, m := sample("text", 5, 0.5, true)
	r, _ := newRow(s, &process{m, nil}, nil)
	f.Add([]byte(r.traceID), []byte(r.tags), []byte(r.logs), []byte(r.refs), appendProcess(nil, m))
	f.Add([]byte{}, []byte{0, 0, 0, 1}, []byte{0xff, 0xff, 0xff, 0xff}, []byte{0x7f, 0xff, 0xff, 0xff, 0}, []byte{0, 0, 0, 9})
	f.Add(make([]byte, 16), []byte{0, 0, 0, 1, 0, 0, 0, 0}, []byte{}, []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, id, tags, logs, refs, process []byte) {
		var all restorer
		r := row{traceID: id, tags: tags, logs: logs, refs: refs, process: process, start: math.MaxInt64, duration: math.MinInt64}
		if err := all.add(&r); err == nil && all.Traces().SpanCount() != 1 {
			t.Error("a row without a span, and without an error")
		}
	})
}

// TestReadErrors: what is wrong with a row is said.
func TestReadErrors(t *testing.T) {
	tag := func(typ string) raw {
		b, at := open([]byte{0, 0, 0, 1})
		return raw(shut(appendText(appendText(b, "key"), typ), at))
	}
	id := make(raw, 16)
	for _, test := range []struct {
		row  row
		want string
	}{
		{row{traceID: raw("short")}, "a trace id of 5 bytes"},
		{row{traceID: id, tags: tag("set")}, `tags: tag "key" has the type "set"`},
		{row{traceID: id, tags: raw{0, 0, 0, 1, 0, 0, 0, 9}}, "tags: a value is shorter than it says"},
		{row{traceID: id, refs: tag("x")}, "refs: a reference to a trace id of 1 bytes"},
		{row{traceID: id, process: raw{0, 0, 0, 9}}, "process: a value is shorter than it says"},
	} {
		var all restorer
		if err := all.add(&test.row); err == nil || err.Error() != test.want {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
	var all restorer
	if err := all.add(&row{traceID: id, tags: tag("string")}); err != nil {
		t.Errorf("a tag with fewer fields, of an older schema: %v", err)
	}
}

// TestKeeps: what Jaeger's schema has nothing for is lost, and nothing else.
func TestKeeps(t *testing.T) {
	td := ptrace.NewTraces()
	s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID([16]byte{1})
	s.SetSpanID([8]byte{2})
	s.SetStartTimestamp(1_234_567)
	s.SetEndTimestamp(9_876_543)
	s.SetName("bad \xff")
	s.SetFlags(1)
	s.Attributes().PutStr("bad", "\xff")
	s.Attributes().PutEmptySlice("list").AppendEmpty().SetInt(1)
	for got := range trace.Spans(Keeps(td)) {
		bad, _ := got.Attributes().Get("bad")
		list, _ := got.Attributes().Get("list")
		if got.StartTimestamp() != 1_234_000 || got.EndTimestamp() != 9_875_000 || got.Name() != "bad \uFFFD" || got.Flags() != 0 ||
			!reflect.DeepEqual(bad.Bytes().AsRaw(), []byte{0xff}) || list.Str() != "[1]" {
			t.Errorf("from %d to %d, name %q, flags %d, bad %v, list %v", got.StartTimestamp(), got.EndTimestamp(), got.Name(), got.Flags(), bad.AsRaw(), list.AsRaw())
		}
	}
}

// TestHours: the bucket of a duration is the nearest full hour.
func TestHours(t *testing.T) {
	const hour = int64(3600e9)
	for ns, want := range map[int64]int64{0: 0, hour/2 - 1: 0, hour / 2: 1, hour: 1, -1: 0, -hour / 2: 0, -hour/2 - 1: -1, 500_000*hour + 1: 500_000} {
		if got := hourOf(ns); got != want*3600_000 {
			t.Errorf("%d ns: %d ms, want hour %d", ns, got, want)
		}
	}
}

// TestIndexed: which tags are rows of the index.
func TestIndexed(t *testing.T) {
	c := Config{Keyspace: "k", Index: Index{Except: []string{"secret"}}}
	w := newWriter(&c, newNames(), now)
	j := &jaeger.Span{}
	j.Tags = []model.Tag{
		{Key: "twice", Value: model.String("1")},
		{Key: "twice", Value: model.Int64(1)},
		{Key: "raw", Value: model.BytesString("x")},
		{Key: "secret", Value: model.String("x")},
		{Key: "json", Value: model.String(`{"a":1}`)},
		{Key: "brace", Value: model.String("{a}")},
		{Key: "long", Value: model.String(strings.Repeat("x", maxTag))},
		{Key: "list", Value: model.String("[1]")},
		{Key: "d", Value: model.Float64(1.0 / 3)},
		{Key: "b", Value: model.Bool(true)},
	}
	j.Logs = []model.Log{{Fields: []model.Tag{{Key: "event", Value: model.String("e")}}}}
	w.tags("s", &row{}, j, &process{Process: &model.Process{Tags: []model.Tag{{Key: "host", Value: model.String("h")}}}})
	var got []string
	for _, g := range w.groups {
		for _, r := range g.rows {
			got = append(got, fmt.Sprint(r[1], "=", r[2]))
		}
	}
	if want := "[host=h twice=1 brace={a} list=[1] d=0.3333333333 b=true event=e]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

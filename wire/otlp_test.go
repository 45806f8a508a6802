// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/hex"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
)

// What protobuf writes for goldenOTLP.
const (
	goldenOTLPResource = "0a23" +
		"0a15" + "0a0c736572766963652e6e616d65" + "1205" + "0a03737663" + // service.name "svc"
		"0a0a" + "0a026970" + "1204" + "0a02" + "3a3a" // ip "::"
	goldenOTLPSpan = "128e01" +
		"0a10" + "0000000000000002" + "0000000000000001" + // trace_id
		"1208" + "0000000000000003" + // span_id
		"1a03" + "613d62" + // trace_state
		"2208" + "0000000000000004" + // parent_span_id
		"2a016f" + // name
		"3003" + // kind
		"39" + "8813000000000000" + // start 5,000 ns
		"41" + "f82a000000000000" + // end 11,000 ns
		"4a08" + "0a0162" + "1203" + "0a0173" + // b "s"
		"4a07" + "0a0163" + "1202" + "1001" + // c true
		"4a10" + "0a0164" + "120b" + "18ffffffffffffffffff01" + // d -1
		"5001" + // dropped_attributes_count
		"5a12" + "09" + "581b000000000000" + "120165" + "1a04" + "12020a00" + // 7,000 ns, "e", "" ""
		"6002" + // dropped_events_count
		"7003" + // dropped_links_count
		"7a05" + "120177" + "1802" + // status: "w", ERROR
		"8501" + "01030000" // flags
)

func goldenOTLP() *model.Span {
	return &model.Span{
		Context:    model.Context{TraceID: model.TraceID{High: 2, Low: 1}, SpanID: 3, ParentID: 4, Flags: model.FlagSampled | model.FlagDebug},
		Operation:  "o",
		Start:      5_000,
		Duration:   6 * time.Microsecond,
		References: []model.Reference{{TraceID: model.TraceID{High: 2, Low: 1}, SpanID: 4}},
		Tags: []model.Tag{
			{Key: "span.kind", Value: model.String("client")},
			{Key: "b", Value: model.String("s")},
			{Key: "c", Value: model.Bool(true)},
			{Key: "error", Value: model.Bool(true)},
			{Key: "d", Value: model.Int64(-1)},
			{Key: "otel.status_description", Value: model.String("w")},
		},
		Logs: []model.Log{{Time: 7_000, Fields: []model.Tag{
			{Key: "event", Value: model.String("e")},
			{Key: "", Value: model.String("")},
		}}},
		TraceState: "a=b", ParentRemote: true, DroppedTags: 1, DroppedLogs: 2, DroppedRefs: 3,
	}
}

func TestOTLPGolden(t *testing.T) {
	p := &model.Process{Service: "svc", Tags: []model.Tag{{Key: "ip", Value: model.String("::")}}}
	for _, tt := range []struct {
		name, want string
		got        []byte
	}{
		{"span", goldenOTLPSpan, AppendOTLPSpan(nil, goldenOTLP())},
		{"resource", goldenOTLPResource, AppendOTLPResource(nil, p)},
		{"smallest span", "121c" + "0a10" + strings.Repeat("00", 16) + "1208" + strings.Repeat("00", 8), AppendOTLPSpan(nil, &model.Span{})},
		{"head", "0a28" + "0a00" + "1224" + "0a19" + "0a17" + hex.EncodeToString([]byte(scopeName)), AppendOTLPHead(nil, []byte{0x0a, 0}, 9, 7, nil)},
		{"resource of nobody", "0a00", AppendOTLPResource(nil, &model.Process{})},
	} {
		if got := hex.EncodeToString(tt.got); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// otlpRequest puts a request together.
func otlpRequest(b *Batch, span func([]byte, *model.Span) []byte) []byte {
	var spans []byte
	for i := range b.Spans {
		spans = span(spans, &b.Spans[i])
	}
	return append(AppendOTLPHead(nil, AppendOTLPResource(nil, b.Process), len(spans), b.SeqNo, b.Stats), spans...)
}

// throughOTLP sends s and returns what arrives.
func throughOTLP(t *testing.T, s *model.Span, span func([]byte, *model.Span) []byte) *model.Span {
	t.Helper()
	batches, err := DecodeOTLP(otlpRequest(&Batch{Process: &model.Process{Service: "svc"}, Spans: []model.Span{*s}}, span))
	if err != nil || len(batches) != 1 || len(batches[0].Spans) != 1 {
		t.Fatalf("%d batches, error %v", len(batches), err)
	}
	got := &batches[0].Spans[0]
	if got.Process != batches[0].Process || got.Process.Service != "svc" {
		t.Errorf("process %+v", got.Process)
	}
	got.Process = nil
	return got
}

func TestOTLPHeadMax(t *testing.T) {
	resource := []byte{0x0a, 0}
	worst := &ClientStats{math.MinInt64, math.MinInt64, math.MinInt64}
	if n := len(AppendOTLPHead(nil, resource, math.MaxInt32-len(resource)-OTLPHeadMax, -1, worst)) - len(resource); n != OTLPHeadMax {
		t.Errorf("the longest head has %d bytes; the constant says %d", n, OTLPHeadMax)
	}
}

// TestOTLPLengths: a length takes one to four bytes, and the decoder finds the
// spans in any case.
func TestOTLPLengths(t *testing.T) {
	for _, n := range []int{0, 1, 50, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 300, 16_000, 16_360, 16_370, 16_380, 16_384, 1 << 21} {
		long := strings.Repeat("x", n)
		s := &model.Span{
			Context: model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2}, Operation: long,
			Tags: []model.Tag{
				{Key: "k" + long, Value: model.Int64(1)},
				{Key: "k", Value: model.String(long)},
				{Key: long, Value: model.String("é" + long)},
				{Key: "b", Value: model.BytesString(long)},
			},
			Logs: []model.Log{{Time: 1, Fields: []model.Tag{{Key: "k", Value: model.String(long)}}}},
		}
		if n > 0 {
			s.Logs = append(s.Logs, model.Log{Time: 1, Fields: []model.Tag{{Key: "event", Value: model.String(long)}}})
		}
		if got := throughOTLP(t, s, AppendOTLPSpan); !reflect.DeepEqual(got, s) {
			t.Fatalf("%d bytes: the span changed", n)
		}
	}
}

// TestOTLPSpans sends a span and compares what arrives. Where nothing else is
// said, that is the span.
func TestOTLPSpans(t *testing.T) {
	id := model.TraceID{High: 1, Low: 2}
	text := func(k, v string) model.Tag { return model.Tag{Key: k, Value: model.String(v)} }
	tags := func(list ...model.Tag) model.Span {
		return model.Span{Context: model.Context{TraceID: id, SpanID: 3}, Tags: list}
	}
	logs := func(fields ...model.Tag) model.Span {
		return model.Span{Context: model.Context{TraceID: id, SpanID: 3}, Logs: []model.Log{{Time: 1, Fields: fields}}}
	}
	child := func(refs ...model.Reference) model.Span {
		return model.Span{Context: model.Context{TraceID: id, SpanID: 3, ParentID: 4}, References: refs}
	}
	times := func(start int64, d time.Duration) model.Span {
		return model.Span{Context: model.Context{TraceID: id, SpanID: 3}, Start: start, Duration: d}
	}
	flags := func(f model.Flags) model.Span {
		return model.Span{Context: model.Context{TraceID: id, SpanID: 3, Flags: f}}
	}
	fail, description := model.Tag{Key: "error", Value: model.Bool(true)}, text("otel.status_description", "why")
	parent := model.Reference{TraceID: id, SpanID: 4}
	same := func(s model.Span) (model.Span, model.Span) { return s, s }
	changed := func(s, want model.Span) (model.Span, model.Span) { return s, want }
	type pair func() (model.Span, model.Span)
	for _, tt := range []struct {
		name string
		pair pair
	}{
		{"kinds of values", func() (model.Span, model.Span) {
			return same(tags(text("a", ""), model.Tag{Key: "b", Value: model.Int64(math.MinInt64)}, model.Tag{Key: "c", Value: model.Float64(-0.5)},
				model.Tag{Key: "d", Value: model.Bool(false)}, model.Tag{Key: "e", Value: model.BytesString("\xff")}, model.Tag{Key: "f", Value: model.BytesString("")}))
		}},
		{"internal", func() (model.Span, model.Span) { return same(tags(text("a", "b"), text("span.kind", "internal"))) }},
		{"server", func() (model.Span, model.Span) { return same(tags(text("span.kind", "server"))) }},
		{"producer", func() (model.Span, model.Span) { return same(tags(text("span.kind", "producer"))) }},
		{"consumer", func() (model.Span, model.Span) { return same(tags(text("span.kind", "consumer"))) }},
		{"unknown kind stays", func() (model.Span, model.Span) { return same(tags(text("span.kind", "router"), text("a", "b"))) }},
		{"kind that is a number stays", func() (model.Span, model.Span) {
			return same(tags(model.Tag{Key: "span.kind", Value: model.Int64(3)}, text("a", "b")))
		}},
		{"error", func() (model.Span, model.Span) { return same(tags(text("a", "b"), fail, description)) }},
		{"error as text", func() (model.Span, model.Span) {
			return changed(tags(text("error", "true"), text("a", "b")), tags(text("a", "b"), fail))
		}},
		{"no error stays", func() (model.Span, model.Span) {
			return same(tags(model.Tag{Key: "error", Value: model.Bool(false)}, description))
		}},
		{"other error stays", func() (model.Span, model.Span) { return same(tags(text("error", "EOF"), description)) }},
		{"status OK", func() (model.Span, model.Span) { return same(tags(text("otel.status_code", "OK"), description)) }},
		{"status ok", func() (model.Span, model.Span) {
			return changed(tags(text("otel.status_code", "ok")), tags(text("otel.status_code", "OK")))
		}},
		{"status ERROR", func() (model.Span, model.Span) { return changed(tags(text("otel.status_code", "ERROR")), tags(fail)) }},
		{"error outdoes the status", func() (model.Span, model.Span) { return same(tags(text("otel.status_code", "OK"), fail)) }},
		{"unknown status stays", func() (model.Span, model.Span) { return same(tags(text("otel.status_code", "UNSET"), description)) }},
		{"last kind counts", func() (model.Span, model.Span) {
			return same(tags(text("span.kind", "client"), text("span.kind", "server")))
		}},

		{"parent", func() (model.Span, model.Span) { return same(child(parent)) }},
		{"parent without a reference", func() (model.Span, model.Span) { return changed(child(), child(parent)) }},
		{"parent twice", func() (model.Span, model.Span) { return changed(child(parent, parent), child(parent)) }},
		{"parent it follows", func() (model.Span, model.Span) {
			return same(child(model.Reference{TraceID: id, SpanID: 4, Type: model.FollowsFrom}))
		}},
		{"links", func() (model.Span, model.Span) {
			return same(child(parent, model.Reference{TraceID: model.TraceID{Low: 9}, SpanID: 4}, model.Reference{TraceID: id, SpanID: 5, Type: model.FollowsFrom}))
		}},
		{"parent behind links", func() (model.Span, model.Span) {
			link := model.Reference{TraceID: id, SpanID: 5, Type: model.FollowsFrom}
			return changed(child(link, parent), child(parent, link))
		}},
		{"remote parent", func() (model.Span, model.Span) {
			s := child(parent)
			s.ParentRemote = true
			return same(s)
		}},
		{"remote without a parent", func() (model.Span, model.Span) {
			s := flags(0)
			s.ParentRemote = true
			return changed(s, flags(0))
		}},
		{"sampled", func() (model.Span, model.Span) { return same(flags(model.FlagSampled)) }},
		{"random trace id", func() (model.Span, model.Span) {
			s := flags(model.FlagSampled)
			s.State = model.StateW3CRandom
			return same(s)
		}},
		{"other states have no place", func() (model.Span, model.Span) {
			s := flags(0)
			s.State = model.StateRemote | model.StateDeferred | model.StateDecided
			return changed(s, flags(0))
		}},
		{"debug and firehose have no place", func() (model.Span, model.Span) { return changed(flags(0xff), flags(model.FlagSampled)) }},
		{"counts", func() (model.Span, model.Span) {
			s := tags(text("a", "b"))
			s.DroppedTags, s.DroppedLogs, s.DroppedRefs, s.Trimmed = math.MaxUint32, 1, 200, true
			return same(s)
		}},
		{"trimmed without tags", func() (model.Span, model.Span) {
			s := flags(0)
			s.Trimmed = true
			return same(s)
		}},
		{"trace state", func() (model.Span, model.Span) {
			s := flags(0)
			s.TraceState = "a=b"
			return same(s)
		}},

		{"largest time", func() (model.Span, model.Span) { return same(times(math.MaxInt64, 0)) }},
		{"end beyond time", func() (model.Span, model.Span) { return changed(times(math.MaxInt64-5, 10), times(math.MaxInt64-5, 5)) }},
		{"negative duration", func() (model.Span, model.Span) { return changed(times(5, -3), times(5, 0)) }},
		{"before 1970", func() (model.Span, model.Span) { return changed(times(-5, 3), times(0, 0)) }},
		{"over 1970", func() (model.Span, model.Span) { return changed(times(-5, 8), times(0, 3)) }},
		{"smallest of all", func() (model.Span, model.Span) { return changed(times(math.MinInt64, math.MinInt64), times(0, 0)) }},
		{"longest", func() (model.Span, model.Span) { return same(times(0, math.MaxInt64)) }},

		{"event", func() (model.Span, model.Span) { return same(logs(text("event", "e"), text("a", "b"))) }},
		{"event behind", func() (model.Span, model.Span) {
			return changed(logs(text("a", "b"), text("event", "e")), logs(text("event", "e"), text("a", "b")))
		}},
		{"no event", func() (model.Span, model.Span) { return same(logs(text("message", "m"))) }},
		{"empty event", func() (model.Span, model.Span) {
			return changed(logs(text("event", ""), text("a", "b")), logs(text("a", "b")))
		}},
		{"no fields", func() (model.Span, model.Span) { return same(logs()) }},
		{"event that is a number", func() (model.Span, model.Span) { return same(logs(model.Tag{Key: "event", Value: model.Int64(1)})) }},
		{"field twice: last", func() (model.Span, model.Span) {
			return changed(logs(text("a", "1"), text("b", "2"), text("a", "3")), logs(text("b", "2"), text("a", "3")))
		}},
		{"event twice: last", func() (model.Span, model.Span) {
			return changed(logs(text("event", "1"), text("event", "2")), logs(text("event", "2")))
		}},
		{"event twice, a number last", func() (model.Span, model.Span) {
			return changed(logs(text("event", "1"), model.Tag{Key: "event", Value: model.Int64(2)}), logs(model.Tag{Key: "event", Value: model.Int64(2)}))
		}},
		{"log before 1970", func() (model.Span, model.Span) {
			s := logs(text("a", "b"))
			s.Logs[0].Time = -1
			want := logs(text("a", "b"))
			want.Logs[0].Time = 0
			return changed(s, want)
		}},

		{"not UTF-8", func() (model.Span, model.Span) {
			s := tags(text("k\xff", "\xe2\x82a\xed\xa0\x80"), text("long", strings.Repeat("\xff", 200)))
			s.Operation, s.TraceState = "o\xc0\x80", "\xf5"
			s.Logs = []model.Log{{Fields: []model.Tag{text("event", "\x80"), text("\xfe", "v")}}}
			want := tags(text("k\ufffd", "\ufffd\ufffda\ufffd\ufffd\ufffd"), text("long", strings.Repeat("\ufffd", 200)))
			want.Operation, want.TraceState = "o\ufffd\ufffd", "\ufffd"
			want.Logs = []model.Log{{Fields: []model.Tag{text("event", "\ufffd"), text("\ufffd", "v")}}}
			return changed(s, want)
		}},
		{"UTF-8", func() (model.Span, model.Span) {
			s := tags(text("schlüssel", "日本語 🚀\x00"), text("a", strings.Repeat("é", 100)))
			s.Operation = "Größe"
			return same(s)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, want := tt.pair()
			if got := throughOTLP(t, &s, AppendOTLPSpan); !reflect.DeepEqual(got, &want) {
				t.Errorf("got %+v\nwant %+v", got, &want)
			}
		})
	}
}

// TestOTLPManyFields: in a log of more than 128 fields none is searched for.
func TestOTLPManyFields(t *testing.T) {
	s := &model.Span{Context: model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2}, Logs: []model.Log{{}}}
	for range 129 {
		s.Logs[0].Fields = append(s.Logs[0].Fields, model.Tag{Key: "event", Value: model.String("e")})
	}
	if got := throughOTLP(t, s, AppendOTLPSpan); !reflect.DeepEqual(got, s) {
		t.Errorf("got %d fields", len(got.Logs[0].Fields))
	}
}

// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/wire"
)

// field is one field of a message, of the type that v has.
func field(num protowire.Number, v any) []byte {
	switch v := v.(type) {
	case []byte:
		return appendBytes(nil, num, v)
	case string:
		return appendBytes(nil, num, v)
	case float64:
		return protowire.AppendFixed64(protowire.AppendTag(nil, num, protowire.Fixed64Type), math.Float64bits(v))
	case int:
		return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), uint64(v))
	}
	panic(fmt.Sprintf("%T", v))
}

// message joins fields.
func message(fields ...[]byte) []byte { return bytes.Join(fields, nil) }

// postOf is a PostSpansRequest of a batch's fields.
func postOf(batch ...[]byte) []byte { return field(1, message(batch...)) }

// jSpan is a span with ids and these fields.
func jSpan(fields ...[]byte) []byte { return append([]byte(validIDs), message(fields...)...) }

func jTag(key string, kind int, value []byte) []byte {
	return message(field(1, key), field(2, kind), value)
}

func jTime(seconds, nanos int) []byte { return message(field(1, seconds), field(2, nanos)) }

// TestPostSpansDecode: every field of a span, and where it goes.
func TestPostSpansDecode(t *testing.T) {
	other := "\x0a\x10ABCDEFGHIJKLMNOP\x12\x08ABCDEFGH"
	b := postOf(
		field(2, message(field(1, "shop"), field(2, jTag("hostname", 0, field(3, "h"))))),
		field(1, jSpan(
			field(3, "GET"), field(5, 1<<31|9), field(6, jTime(1, 5)), field(7, jTime(2, 7)), field(11, "p7"), field(12, "odd"), field(12, "very"),
			field(4, message([]byte(other), field(3, 0))), field(4, message([]byte(validIDs), field(3, 1))),
			field(8, jTag("s", 0, field(3, "text"))), field(8, jTag("t", 1, field(4, 1))), field(8, jTag("n", 2, field(5, math.MinInt64))),
			field(8, jTag("d", 3, field(6, 0.5))), field(8, jTag("b", 4, field(7, "\xff\x00"))), field(8, jTag("u", 9, nil)),
			field(8, jTag("s", 0, field(3, "twice"))), field(8, jTag("span.kind", 0, field(3, "server"))), field(8, jTag("error", 1, field(4, 1))),
			field(9, message(field(1, jTime(1, 6)), field(2, jTag("event", 0, field(3, "retry"))), field(2, jTag("n", 2, field(5, 1))))),
		)),
		field(1, jSpan(field(10, message(field(1, "own"), field(2, jTag("zone", 0, field(3, "eu"))))))),
		field(1, jSpan(field(10, field(1, "own")), field(10, field(2, jTag("zone", 0, field(3, "eu")))))), // the same in two pieces
	)
	got, err := decodePostSpans(b)
	if err != nil || len(got.refused) > 0 || got.traces.ResourceSpans().Len() != 2 {
		t.Fatal(got, err)
	}
	var spans []trace.Span
	for s := range trace.Spans(got.traces) {
		spans = append(spans, s)
	}
	for i, want := range []string{"[service.name=shop hostname=h]", "[service.name=own zone=eu]", "[service.name=own zone=eu]"} {
		if got := fmt.Sprint(list(spans[i].Resource.Resource().Attributes())); got != want {
			t.Errorf("resource %s, want %s", got, want)
		}
	}
	s := spans[0]
	if got := fmt.Sprintf("%s %x %d-%d %s %s", s.Name(), s.Flags(), s.StartTimestamp(), s.EndTimestamp(), s.Kind(), s.Status().Code()); got != "GET 80000009 1000000005-3000000012 Server Error" {
		t.Error(got)
	}
	if got := s.TraceID().String() + s.SpanID().String(); got != fmt.Sprintf("%x%x", "abcdefghijklmnop", "abcdefgh") {
		t.Errorf("ids %s", got)
	}
	if got := fmt.Sprint(list(s.Attributes())); got != `[internal.span.format=jaeger s=text t=true n=-9223372036854775808 d=0.5 b=/wA= u=(unknown value type) s=twice span.kind=server error=true @jaeger@warnings=["odd","very"]]` {
		t.Errorf("attributes %s", got)
	}
	if got := fmt.Sprintf("%d %s %s", s.Events().At(0).Timestamp(), s.Events().At(0).Name(), list(s.Events().At(0).Attributes())); got != "1000000006 retry [event=retry n=1]" {
		t.Errorf("event %s", got)
	}
	if s.Links().Len() != 2 || !s.Firehose() {
		t.Errorf("%d links, firehose %v", s.Links().Len(), s.Firehose())
	}
	for i, want := range []string{"ABCDEFGHIJKLMNOP ABCDEFGH child_of", "abcdefghijklmnop abcdefgh follows_from"} {
		l := s.Links().At(i)
		trace, span, kind := l.TraceID(), l.SpanID(), l.Attributes().AsRaw()[trace.AttributeRefType]
		if got := fmt.Sprintf("%s %s %s", trace[:], span[:], kind); got != want {
			t.Errorf("link %s, want %s", got, want)
		}
	}
}

// TestPostSpansParent: what Jaeger calls the parent is the parent.
func TestPostSpansParent(t *testing.T) {
	ref := func(trace, span string, kind int) []byte {
		return field(4, message(field(1, trace), field(2, span), field(3, kind)))
	}
	const here, there = "abcdefghijklmnop", "ABCDEFGHIJKLMNOP"
	for name, c := range map[string]struct {
		refs   []byte
		parent string
		links  int
	}{
		"none":         {nil, "\x00\x00\x00\x00\x00\x00\x00\x00", 0},
		"child":        {ref(here, "11111111", 0), "11111111", 0},
		"second child": {append(ref(here, "11111111", 1), ref(here, "22222222", 0)...), "22222222", 1},
		"follows":      {append(ref(there, "33333333", 0), ref(here, "11111111", 1)...), "11111111", 2},
		"elsewhere":    {ref(there, "33333333", 0), "\x00\x00\x00\x00\x00\x00\x00\x00", 1},
	} {
		got, err := decodePostSpans(postOf(field(1, jSpan(c.refs))))
		if err != nil {
			t.Fatal(err)
		}
		for s := range trace.Spans(got.traces) {
			if id := s.ParentSpanID(); string(id[:]) != c.parent || s.Links().Len() != c.links {
				t.Errorf("%s: parent %q, %d links", name, id[:], s.Links().Len())
			}
		}
	}
}

// TestPostSpansRefused: what one span has wrong costs no other.
func TestPostSpansRefused(t *testing.T) {
	for name, c := range map[string]struct {
		span []byte
		want trace.Reason
	}{
		"empty":              {nil, trace.ReasonTraceID},
		"zero trace id":      {message(field(1, make([]byte, 16)), field(2, "abcdefgh")), trace.ReasonTraceID},
		"short trace id":     {message(field(1, "abcdefgh"), field(2, "abcdefgh")), trace.ReasonTraceID},
		"zero span id":       {message(field(1, "abcdefghijklmnop"), field(2, make([]byte, 8))), trace.ReasonSpanID},
		"long span id":       {message(field(1, "abcdefghijklmnop"), field(2, "abcdefghi")), trace.ReasonSpanID},
		"bad reference":      {jSpan(field(4, field(2, "abc"))), trace.ReasonSpanID},
		"cut":                {jSpan(field(8, []byte{0x0a, 5})), trace.ReasonMalformed},
		"cut in a log":       {jSpan(field(9, field(2, []byte{0x0a, 5}))), trace.ReasonMalformed},
		"cut in its process": {jSpan(field(10, []byte{0x0a, 5})), trace.ReasonMalformed},
		"bad time":           {jSpan(field(6, []byte{0x08})), trace.ReasonMalformed},
		"group":              {jSpan([]byte{0x0b}), trace.ReasonMalformed},
		"tags of nothing":    {jSpan(repeated(1000, 8, "")), trace.ReasonTooLarge},
		"process of nothing": {jSpan(field(10, repeated(1000, 2, ""))), trace.ReasonTooLarge},
	} {
		got, err := decodePostSpans(postOf(field(1, jSpan()), field(1, c.span), field(1, jSpan(field(3, "good")))))
		if err != nil || got.traces.SpanCount() != 2 || fmt.Sprint(got.refused) != fmt.Sprint(refusal{{Reason: c.want, Count: 1}}) {
			t.Errorf("%s: %d spans, refused %v, %v; want %s", name, got.traces.SpanCount(), got.refused, err, c.want)
		}
	}
	for name, b := range map[string][]byte{"cut": postOf(field(1, jSpan()))[:20], "no message": {0x0a, 2, 8, 0x80}, "text": []byte("POST / HTTP/1.1")} {
		if got, err := decodePostSpans(b); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	got, err := decodePostSpans(postOf(field(1, jSpan()), field(1, jSpan(field(10, field(1, "own")))), field(2, []byte{0x0a, 9})))
	if err != nil || got.traces.SpanCount() != 1 || got.refused.spans() != 1 {
		t.Errorf("a batch's process costs its spans: %v, %v", got, err)
	}
}

// TestPostSpansEmptyProcess: a span whose process says nothing is not of the batch's.
func TestPostSpansEmptyProcess(t *testing.T) {
	got, err := decodePostSpans(postOf(field(2, field(1, "shop")), field(1, jSpan(field(10, ""))), field(1, jSpan())))
	if err != nil {
		t.Fatal(err)
	}
	var services []string
	for s := range trace.Spans(got.traces) {
		services = append(services, s.Service())
	}
	if !slices.Equal(services, []string{"", "shop"}) {
		t.Errorf("%q", services)
	}
}

// TestPostSpansTimes: times and durations that 64 bits cannot hold.
func TestPostSpansTimes(t *testing.T) {
	for _, c := range []struct {
		start, duration []byte
		want            string
	}{
		{nil, nil, "0-0"},
		{jTime(-1, 0), jTime(1, 0), "0-1000000000"},
		{jTime(1, 0), jTime(-2, 0), "1000000000-0"},
		{jTime(math.MaxInt64, math.MaxInt32), nil, "9223372036854775807-9223372036854775807"},
		{jTime(math.MinInt64, math.MinInt32), jTime(math.MinInt64, -1), "0-0"},
		{jTime(1, 0), jTime(math.MaxInt64, 0), "1000000000-9223372036854775807"},
	} {
		got, err := decodePostSpans(postOf(field(1, jSpan(field(6, c.start), field(7, c.duration)))))
		if err != nil {
			t.Fatal(err)
		}
		for s := range trace.Spans(got.traces) {
			if got := fmt.Sprintf("%d-%d", s.StartTimestamp(), s.EndTimestamp()); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		}
	}
}

// TestPostSpansAsThrift: spans are the same whether they came as datagrams or by an
// agent of Jaeger's.
func TestPostSpansAsThrift(t *testing.T) {
	files, err := filepath.Glob("../testdata/postspans/*.pb")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodePostSpans(b)
		if err != nil || len(got.refused) > 0 {
			t.Fatal(name, got.refused, err)
		}
		datagram, err := os.ReadFile(strings.Replace(strings.TrimSuffix(name, ".pb")+".bin", "postspans", "thrift", 1))
		if err != nil {
			t.Fatal(err)
		}
		decode := wire.DecodeCompactMessage
		if strings.Contains(name, "-binary-") {
			decode = wire.DecodeBinaryMessage
		}
		want, err := decode(datagram)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := described(got.traces), described(jaeger.Traces(&want.Batch)); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// described returns what the spans say, without what an agent loses: the order of a
// process's tags and of links, and the sign of zero.
func described(td ptrace.Traces) (out []string) {
	for s := range trace.Spans(td) {
		process := slices.Sorted(slices.Values(list(s.Resource.Resource().Attributes())))
		var events, links []string
		for _, e := range s.Events().All() {
			events = append(events, fmt.Sprint(e.Timestamp(), e.Name(), list(e.Attributes())))
		}
		for _, l := range s.Links().All() {
			links = append(links, fmt.Sprint(l.TraceID(), l.SpanID(), list(l.Attributes())))
		}
		slices.Sort(links)
		said := fmt.Sprint(s.TraceID(), s.SpanID(), s.ParentSpanID(), s.Name(), s.Flags(), s.StartTimestamp(), s.EndTimestamp(),
			s.Kind(), s.Status().Code(), list(s.Attributes()), events, links, process)
		out = append(out, strings.ReplaceAll(said, "minus_zero=-0", "minus_zero=0"))
	}
	return out
}

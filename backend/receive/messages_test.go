// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// kafkaMessage is a span of Jaeger's in one of its encodings.
func kafkaMessage(encoding string, id, span uint64, service string) []byte {
	s := &jaeger.Span{}
	s.TraceID, s.SpanID, s.Operation = model.TraceID{Low: id}, model.SpanID(span), "op"
	s.Tags = []model.Tag{{Key: trace.AttributeFormat, Value: model.String("otlp")}, {Key: "k", Value: model.Int64(1)}}
	p := &model.Process{Service: service}
	if encoding == "json" {
		return jaeger.AppendJSON(nil, s, p)
	}
	var e jaeger.Encoder
	return e.AppendSpan(nil, s, e.AppendProcess(nil, p))
}

// TestMessages: spans of one process are in one resource, what a Jaeger's collector
// says about its wire is replaced, and a bad message costs itself alone.
func TestMessages(t *testing.T) {
	for _, encoding := range []string{"protobuf", "json"} {
		m, err := NewMessages(encoding)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			message []byte
			want    string
		}{
			{kafkaMessage(encoding, 1, 1, "shop"), "1 [] ok"},
			{kafkaMessage(encoding, 1, 2, "cart"), "1 [] ok"},
			{kafkaMessage(encoding, 0, 3, "shop"), "0 [{invalid_trace_id 1}] ok"},
			{kafkaMessage(encoding, 1, 0, "shop"), "0 [{invalid_span_id 1}] ok"},
			{[]byte("\xff{"), "0 [] unread"},
			{kafkaMessage(encoding, 1, 4, "shop"), "1 [] ok"},
		} {
			spans, refused, err := m.Add(c.message)
			got := fmt.Sprint(spans, " ", refused, " ", map[bool]string{true: "ok", false: "unread"}[err == nil])
			if got != c.want {
				t.Errorf("%s %q: %s, want %s", encoding, c.message, got, c.want)
			}
		}
		td := m.Take()
		var got []string
		for s := range trace.Spans(td) {
			format, _ := s.Attributes().Get(trace.AttributeFormat)
			got = append(got, fmt.Sprint(s.Service(), s.Attributes().Len(), format.Str()))
		}
		if td.ResourceSpans().Len() != 2 || strings.Join(got, " ") != "shop2jaeger shop2jaeger cart2jaeger" {
			t.Errorf("%s: %d resources, %v", encoding, td.ResourceSpans().Len(), got)
		}
		if m.Take().SpanCount() != 0 {
			t.Errorf("%s: spans were taken twice", encoding)
		}
	}
	if _, err := NewMessages("avro"); err == nil || !strings.Contains(err.Error(), `"avro"`) {
		t.Errorf("%v, want that avro is unknown", err)
	}
}

// FuzzMessages: nothing panics, and what was counted is there.
func FuzzMessages(f *testing.F) {
	encodings := []string{"protobuf", "json", "otlp_proto", "otlp_json"}
	for i := range encodings {
		f.Add(byte(i), kafkaMessage(encodings[i%2], 1, 2, "shop"))
	}
	f.Add(byte(2), []byte("\x0a\x04\x12\x02\x12\x00"))
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		m, err := NewMessages(encodings[int(which)%len(encodings)])
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for range 2 {
			spans, _, err := m.Add(bytes.Clone(b))
			if err != nil && spans != 0 {
				t.Fatalf("%d spans and %v", spans, err)
			}
			total += spans
		}
		if got := m.Take().SpanCount(); got != total {
			t.Fatalf("%d spans, counted %d", got, total)
		}
	})
}

// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/go-spur/spur/backend/trace"
)

func protoOf(t testing.TB, td ptrace.Traces) []byte {
	t.Helper()
	b, err := ptraceotlp.NewExportRequestFromTraces(td).MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOTLPUnchanged: what real senders post is what is handed on.
func TestOTLPUnchanged(t *testing.T) {
	files, err := filepath.Glob("../testdata/otlp/*")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var got request
		var want ptrace.Traces
		switch {
		case strings.HasSuffix(f, ".pb"):
			request := ptraceotlp.NewExportRequest()
			if err := request.UnmarshalProto(b); err != nil {
				t.Fatal(f, err)
			}
			want = request.Traces()
			got, err = decodeProto(b)
		case strings.HasSuffix(f, ".json"):
			if filepath.Base(f) == hugeNumbers {
				continue
			}
			if want, err = new(ptrace.JSONUnmarshaler).UnmarshalTraces(b); err != nil {
				t.Fatal(f, err)
			}
			got, err = decodeJSON(b)
		default:
			continue
		}
		seen++
		if err != nil || len(got.refused) > 0 {
			t.Errorf("%s: refused %v, %v", f, got.refused, err)
			continue
		}
		if want.SpanCount() == 0 || !bytes.Equal(protoOf(t, got.traces), protoOf(t, want)) {
			t.Errorf("%s is changed", f)
		}
	}
	if seen < 10 {
		t.Errorf("%d files", seen)
	}
}

// hugeNumbers are numbers that OpenTelemetry JS takes for 64-bit integers.
const hugeNumbers = "oteljs-huge.json"

func TestOTLPHugeNumbers(t *testing.T) {
	b, err := os.ReadFile("../testdata/otlp/" + hugeNumbers)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprint(got.traces.SpanCount(), got.refused); s != "1 [{malformed 1}]" {
		t.Errorf("%s, want the span beside and one refused", s)
	}
}

// TestOTLPBadSpans: a bad span costs that span.
func TestOTLPBadSpans(t *testing.T) {
	const id16, id8 = "\x0a\x10abcdefghijklmnop", "\x12\x08abcdefgh"
	for _, c := range []struct {
		name   string
		span   string
		reason trace.Reason
	}{
		{"empty", "", trace.ReasonTraceID},
		{"zero trace id", "\x0a\x10" + strings.Repeat("\x00", 16) + id8, trace.ReasonTraceID},
		{"short trace id", "\x0a\x08abcdefgh" + id8, trace.ReasonTraceID},
		{"empty span id", id16 + "\x12\x00", trace.ReasonSpanID},
		{"long span id", id16 + "\x12\x10abcdefghijklmnop", trace.ReasonSpanID},
		{"short parent", id16 + id8 + "\x22\x01a", trace.ReasonSpanID},
		{"cut", id16 + id8 + "\x2a\x05a", trace.ReasonMalformed},
		{"name is a number", id16 + id8 + "\x28\x05", trace.ReasonMalformed},
		{"link with a short id", id16 + id8 + "\x6a\x03\x0a\x01a", trace.ReasonMalformed},
		{"nested lists", id16 + id8 + string(appendBytes(nil, 9, appendBytes([]byte("\x0a\x01k"), 2, nestedList(2_000)))), trace.ReasonMalformed},
		{"empty events", id16 + id8 + strings.Repeat("\x5a\x00", 10_000), trace.ReasonTooLarge},
		{"empty links", id16 + id8 + strings.Repeat("\x6a\x00", 10_000), trace.ReasonTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := protoOf(t, someTraces(3))
			b := append(bytes.Clone(want), alone([]byte(c.span))...)
			b = append(b, want...)
			got, err := decodeProto(b)
			if err != nil {
				t.Fatal(err)
			}
			if n := got.traces.SpanCount(); n != 6 {
				t.Errorf("%d spans", n)
			}
			if s := fmt.Sprint(got.refused); s != fmt.Sprintf("[{%s 1}]", c.reason) {
				t.Errorf("refused %s, want 1 %s", s, c.reason)
			}
			if !bytes.Equal(protoOf(t, got.traces), append(want, want...)) {
				t.Error("the others are changed")
			}
		})
	}
}

// nestedList returns an AnyValue.
func nestedList(depth int) (b []byte) {
	for range depth {
		b = appendBytes(nil, 5, appendBytes(nil, 1, b))
	}
	return b
}

func TestOTLPBadJSONSpans(t *testing.T) {
	const good = `{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"GET"}`
	for _, bad := range []string{
		`{"traceId":"xyz"}`,
		`{"attributes":[{"key":"k","value":{"intValue":1e+300}}]}`, // of OpenTelemetry JS
		`{"traceId":"0102"}`,
		`{"name":17}`,
		`{"attributes":[{"key":"k","value":{"intValue":"x"}}]}`,
		`[]`,
	} {
		body := `{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"spans":[` + good + `,` + bad + `,` + good + `]}]}]}`
		got, err := decodeJSON([]byte(body))
		if err != nil {
			t.Errorf("%s: %v", bad, err)
			continue
		}
		if s := fmt.Sprint(got.traces.SpanCount(), got.refused); s != "2 [{malformed 1}]" {
			t.Errorf("%s: %s", bad, s)
		}
	}
}

// TestOTLPEmpty: bodies without a span are requests all the same.
func TestOTLPEmpty(t *testing.T) {
	for _, b := range []string{"", "\x0a\x00", "\x0a\x02\x12\x00"} {
		if got, err := decodeProto([]byte(b)); err != nil || got.traces.SpanCount() != 0 || got.refused != nil {
			t.Errorf("%q: %v, %v", b, got.refused, err)
		}
	}
	for _, b := range []string{"{}", `{"resourceSpans":[{}]}`, `{"resourceSpans":[{"scopeSpans":[{}]}]}`, `{"resource_spans":[]}`} {
		if got, err := decodeJSON([]byte(b)); err != nil || got.traces.SpanCount() != 0 || got.refused != nil {
			t.Errorf("%q: %v, %v", b, got.refused, err)
		}
	}
}

// TestOTLPMalformed: bodies of which nothing can be read.
func TestOTLPMalformed(t *testing.T) {
	for _, b := range []string{"x", "\x0a\x05a", "\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", "\x08\x01\x08", "\x0a\x02\x10\x01", "\x0a" + "\x22\x12\x00" + strings.Repeat("\x10\x01", 16)} {
		if got, err := decodeProto([]byte(b)); err == nil {
			t.Errorf("%q: %d spans", b, got.traces.SpanCount())
		}
	}
	for _, b := range []string{
		"", "[]", "{", `{"resourceSpans":7}`, `{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}`,
		strings.Repeat("[", 100_000), strings.Repeat(`{"arrayValue":{"values":[`, 100_000),
		`{"resourceSpans":[{"scopeSpans":[{"spans":[{}` + strings.Repeat(",{}", 100_000) + `]}]}]}`,
	} {
		if got, err := decodeJSON([]byte(b)); err == nil {
			t.Errorf("%.50q: %d spans", b, got.traces.SpanCount())
		}
	}
}

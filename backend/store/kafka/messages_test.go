// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/query"
	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/store/memory"
)

// writers are who wrote the messages in testdata.
var writers = []struct{ version, encoding string }{
	{"jaeger-1.62", "protobuf"},
	{"jaeger-1.62", "json"},
	{"jaeger-2.13", "otlp_proto"},
	{"jaeger-2.13", "otlp_json"},
	{"jaeger-2.13", "jaeger_proto"},
	{"jaeger-2.13", "jaeger_json"},
}

func readMessages(t *testing.T, version, encoding string) []golden.Message {
	t.Helper()
	all, err := golden.ReadMessages("testdata/" + version + "-" + encoding + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// decodeAll returns the spans of messages, as an ingester reads them.
func decodeAll(t *testing.T, encoding string, messages []golden.Message) ptrace.Traces {
	t.Helper()
	m, err := receive.NewMessages(encoding)
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range messages {
		if _, refused, err := m.Add(one.Value); err != nil || len(refused) > 0 {
			t.Fatalf("message %d, %q: %v, %v", i, one.Key, refused, err)
		}
	}
	return m.Take()
}

// TestReadJaeger: what real Jaegers wrote to Kafka we show as they showed it themselves.
func TestReadJaeger(t *testing.T) {
	table := golden.TableOf(readDifferences, golden.V162)
	for _, w := range writers {
		name := w.version + " " + w.encoding
		x, err := golden.Load("../../testdata", "v1", w.version)
		if err != nil {
			t.Fatal(err)
		}
		td := decodeAll(t, w.encoding, readMessages(t, w.version, w.encoding))
		collect.Validate(td)
		const spans = 58
		if n := td.SpanCount(); n != spans {
			t.Errorf("%s: %d spans, want %d", name, n, spans)
		}
		db := memory.Open(memory.Config{})
		defer db.Close()
		if err := db.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
		handler, compared := query.New(query.Config{Store: db}), 0
		for _, r := range x.Requests {
			id, ok := strings.CutPrefix(r.Path, "/api/traces/")
			if !ok || r.Status != http.StatusOK || strings.Trim(id, "0123456789abcdef") != "" {
				continue
			}
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost"+r.Path, nil))
			if answer.Code == http.StatusNotFound {
				continue // its messages are not kept
			}
			compared++
			want, err := x.Facts(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range golden.Compare(name+" "+r.Name, want, golden.FactsOf(answer.Code, answer.Header().Get("Content-Type"), answer.Body.Bytes())) {
				if !table.Explains(golden.Ours, d) {
					t.Error(d)
				}
			}
		}
		const traces = 13
		if compared != traces {
			t.Errorf("%s: %d traces were compared, want %d", name, compared, traces)
		}
	}
	for _, k := range table.Unused(golden.Ours) {
		t.Errorf("no difference needs %+v", k)
	}
}

// TestWriteJaeger: of the spans in their messages we make the messages that real Jaegers
// made, but that those of OTLP have one trace each.
func TestWriteJaeger(t *testing.T) {
	table := golden.TableOf(writeDifferences, golden.V162)
	for _, w := range writers {
		name := w.version + " " + w.encoding
		theirs := readMessages(t, w.version, w.encoding)
		encode, err := newEncoder(w.encoding)
		if err != nil {
			t.Fatal(err)
		}
		made, err := encode.decoded(decodeAll(t, w.encoding, theirs))
		if err != nil {
			t.Fatal(err)
		}
		ours := make([]golden.Message, len(made))
		for i, m := range made {
			ours[i] = golden.Message{Key: string(m.record.Key), Value: m.record.Value}
		}
		want, got := messageFacts(t, w.encoding, theirs), messageFacts(t, w.encoding, ours)
		for _, d := range golden.Compare(name, want, got) {
			if !table.Explains(golden.Ours, d) {
				t.Error(d)
			}
		}
		const facts = 1000
		if len(want) < facts {
			t.Errorf("%s: %d facts, want at least %d", name, len(want), facts)
		}
	}
	for _, k := range table.Unused(golden.Ours) {
		t.Errorf("no difference needs %+v", k)
	}
}

// readDifferences are all between what a Jaeger showed, V162, and what we show of its
// messages.
var readDifferences = []golden.Known{
	{Field: "warnings", V162: `["invalid parent span IDs=*`, Ours: `["the parent span * is not here"]`, Why: "clock skew is not what is wrong with it"},
	{Field: "warnings", V162: `["clock skew adjustment disabled; *`, Ours: "null", Why: "clock skew is not what is wrong with it"},
	{Field: "warnings", V162: "null", Ours: `["text that is not UTF-8: *`, Why: "what was mended is said"},
	{Field: "trace.warnings", V162: "null", Ours: `["the root span is not here"]`, Why: "a part of a trace is marked"},
	{Field: "references", V162: `*"spanID":"0000000000000001"*`, Ours: "*", Why: "below an id that client and server share, a child of the client's service is the client's"},
	{Request: "jaeger-1.62 *", Field: "tags.internal.span.format", V162: `string "*"`, Ours: `string "jaeger"`, Why: "it says that the span came to us in Jaeger's model"},
	{Request: "jaeger-2.13 otlp_*", Field: "tags.internal.span.format", Ours: `string "otlp"`, Why: "v2 has no formats"},
	{Request: "jaeger-2.13 jaeger_*", Field: "tags.internal.span.format", Ours: `string "jaeger"`, Why: "v2 has no formats"},
	{Request: "jaeger-2.13 *", Field: "tags", V162: "[]", Why: "that tag is there"},
	{Request: "jaeger-2.13 *", Field: "warnings", V162: `["Negative duration detected, *`, Ours: "null", Why: "v2 mends a span that has no duration when it is shown"},
	{Request: "jaeger-2.13 *", Field: "tags.*minus_zero", V162: "float64 -0", Ours: "float64 0", Why: "Jaeger's agent and its model lose the sign of zero"},
	{Field: "tags.text.not_utf8", V162: "*", Ours: `string "*`, Why: "1.62 puts a mark for each byte that is not UTF-8, v2 makes bytes of it, we put one for several"},
}

// writeDifferences are all between a Jaeger's messages, V162, and ours of the same spans.
var writeDifferences = []golden.Known{
	{Request: "jaeger-1.62 *", Field: "tags.internal.span.format", V162: "*", Why: "what it says of who received the span is not kept"},
}

// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// TestV3IsOTLP: what is written span by span is what pdata writes of the whole.
func TestV3IsOTLP(t *testing.T) {
	td := searchTrace(1)
	rs := td.ResourceSpans().At(0)
	rs.SetSchemaUrl("https://example.com/\"<&>")
	rs.Resource().SetDroppedAttributesCount(3)
	ss := rs.ScopeSpans().At(0)
	ss.SetSchemaUrl("é\u2028")
	ss.Scope().SetName(`"spans":[`)
	ss.Scope().Attributes().PutDouble("d", 1.5)
	span := ss.Spans().At(0)
	span.SetParentSpanID(pcommon.SpanID{7: 9})
	span.SetFlags(257)
	span.TraceState().FromRaw("a=b")
	span.Attributes().PutInt("big", 1<<62)
	span.Attributes().PutEmptyBytes("bytes").FromRaw([]byte{0, 255})
	span.Attributes().PutEmptyMap("map").PutEmptySlice("list").AppendEmpty().SetBool(true)
	event := span.Events().AppendEmpty()
	event.SetName("e")
	event.SetTimestamp(7)
	span.Links().AppendEmpty().SetTraceID(pcommon.TraceID{1})
	span.CopyTo(ss.Spans().AppendEmpty())
	td.ResourceSpans().At(0).CopyTo(td.ResourceSpans().AppendEmpty())

	want, err := new(ptrace.JSONMarshaler).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	document := otlpDocument(func(yield func(ptrace.Traces) error) ([]*apiError, error) { return nil, yield(td) })
	if err := document.writeTo(newJSONWriter(&b, "")); err != nil {
		t.Fatal(err)
	}
	var got struct{ Result json.RawMessage }
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer // without the line ends of package json
	if err := json.Compact(&compact, got.Result); err != nil {
		t.Fatal(err)
	}
	if compact.String() != string(want) {
		t.Errorf("got  %s\nwant %s", compact.String(), want)
	}
}

// TestV3Adjusts: a trace is put in order, unless it is to be raw.
func TestV3Adjusts(t *testing.T) {
	td := searchTrace(0)
	spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	late := spans.AppendEmpty()
	spans.At(0).CopyTo(late) // the same span in another encoding, since it says so itself
	late.SetParentSpanID(pcommon.SpanID{7: 9})
	late.SetSpanID(pcommon.SpanID{7: 3})
	early := spans.AppendEmpty()
	late.CopyTo(early)
	early.SetSpanID(pcommon.SpanID{7: 4})
	early.SetStartTimestamp(early.StartTimestamp() - 1)
	early.CopyTo(td.ResourceSpans().At(0).ScopeSpans().AppendEmpty().Spans().AppendEmpty())
	if err := adjustOTLP(td); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for s := range trace.Spans(td) {
		ids = append(ids, s.SpanID().String()[15:])
		w, ok := s.Attributes().Get(trace.AttributeWarnings)
		if want := s.ParentSpanID()[7] == 9; ok != want || ok && w.AsString() != `["the parent span 0000000000000009 is not here"]` {
			t.Errorf("span %s: %v", s.SpanID(), s.Attributes().AsRaw())
		}
	}
	if want := []string{"4", "1", "3", "2"}; !reflect.DeepEqual(ids, want) {
		t.Errorf("%q, want %q", ids, want)
	}
}

// TestV3Bytes: what Jaeger v2.13 wrote is written again byte by byte.
func TestV3Bytes(t *testing.T) {
	files, err := filepath.Glob("../testdata/v3/jaeger-2.13/[rst]*.txt")
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for _, file := range files {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var recorded v3Answer
		if err := json.Unmarshal(want, &recorded); err != nil || recorded.Result == nil {
			continue // names, or an error
		}
		td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(recorded.Result)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var got bytes.Buffer
		document := otlpDocument(func(yield func(ptrace.Traces) error) ([]*apiError, error) { return nil, yield(td) })
		if err := document.writeTo(newJSONWriter(&got, "")); err != nil {
			t.Fatal(err)
		}
		if got := bytes.TrimSpace(got.Bytes()); !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%.2000s\nwant\n%.2000s", file, got, want)
		}
		same++
	}
	if same < 50 {
		t.Errorf("%d answers", same)
	}
}

// countingStore counts the traces that were read.
type countingStore struct {
	store.Store
	reads int
}

func (s *countingStore) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	s.reads++
	return s.Store.Trace(ctx, id, w)
}

// firstWrite says how many traces were read before something was written.
type firstWrite struct {
	*httptest.ResponseRecorder
	store *countingStore
	reads int
}

func (w *firstWrite) Write(b []byte) (int, error) {
	if w.reads == 0 {
		w.reads = w.store.reads
	}
	return w.ResponseRecorder.Write(b)
}

// TestV3Streams: a search does not wait for its last trace before it answers, and
// holds one at a time.
func TestV3Streams(t *testing.T) {
	db := &countingStore{Store: searchStore(t, 0)}
	for i := range 20 {
		td := searchTrace(i)
		td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutStr("long", strings.Repeat("x", 50_000))
		if err := db.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
	}
	w := &firstWrite{ResponseRecorder: httptest.NewRecorder(), store: db}
	New(Config{Store: db}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/api/v3/traces?"+v3Window(), nil))
	var answer v3Answer
	decode(t, w.ResponseRecorder, &answer)
	if n := len(answer.shown(t)); n != 20 || db.reads != 20 || w.reads > 2 {
		t.Errorf("%d traces, %d read, %d before the first byte", n, db.reads, w.reads)
	}
}

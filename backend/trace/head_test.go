// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// FuzzHead: Cut and Head agree with what decodes the whole, and bytes that are no
// span do no harm.
func FuzzHead(f *testing.F) {
	files, err := filepath.Glob("../testdata/otlp/*.pb")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds: ", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0x7a, 0x02, 0x18, 0xff})                   // a status that is cut off
	f.Add([]byte{0x0a, 0x01, 0x41, 0x31, 0x80, 0x01, 0x07}) // a short id, a short time, flags as a varint
	f.Fuzz(func(t *testing.T, b []byte) {
		trace.Encoded{Span: b}.Head()
		_, _ = trace.Cut(b)
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
		if err != nil {
			return
		}
		b = marshal(t, td)
		encoded, err := trace.Cut(b)
		if err != nil || len(encoded) != td.SpanCount() {
			t.Fatalf("%d spans of %d, %v", len(encoded), td.SpanCount(), err)
		}
		i := 0
		for s := range trace.Spans(td) {
			want := trace.Head{
				TraceID: s.TraceID(), SpanID: s.SpanID(), ParentID: s.ParentSpanID(), Kind: s.Kind(), Flags: s.Flags(),
				Start: uint64(s.StartTimestamp()), End: uint64(s.EndTimestamp()), Status: s.Status().Code(),
			}
			got := encoded[i].Head()
			i++
			if string(got.Name) != s.Name() {
				t.Errorf("name %q, not %q", got.Name, s.Name())
			}
			if got.Name = nil; !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, not %+v", got, want)
			}
		}
		back, err := trace.Decode(encoded)
		if err != nil || back.SpanCount() != td.SpanCount() {
			t.Fatalf("%d spans of %d, %v", back.SpanCount(), td.SpanCount(), err)
		}
	})
}

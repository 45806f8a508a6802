// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"os"
	"path/filepath"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// FuzzTags: the tags of an encoded span are those of the decoded one, of
// whatever can be decoded; and nothing else does harm.
func FuzzTags(f *testing.F) {
	files, err := filepath.Glob("../../testdata/otlp/*.pb")
	if err != nil || len(files) == 0 {
		f.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f})                            // longer than what is there
	f.Add([]byte{0x0a, 4, 0x12, 2, 0x12, 0})                                     // a span without anything
	f.Add([]byte{0x0a, 8, 0x0a, 6, 0x0a, 4, 0x12, 2, 0x18, 0x80})                // a number that does not end
	f.Add([]byte{0x0a, 10, 0x12, 8, 0x12, 6, 0x4a, 4, 0x12, 2, 0x2a, 0})         // an empty list
	f.Add([]byte{0x0a, 12, 0x12, 10, 0x12, 8, 0x4a, 6, 0x12, 2, 0x10, 1, 10, 0}) // the value before the key
	f.Fuzz(func(t *testing.T, b []byte) {
		tags(trace.Encoded{Resource: b, Scope: b, Span: b}, func(a attribute) bool {
			a.value() // of what no store holds
			a.text()
			return true
		})
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
		if err != nil {
			return
		}
		encoded, err := trace.Encode(td)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for s := range trace.Spans(td) {
			var got []attribute
			tags(encoded[i], func(a attribute) bool {
				got = append(got, a)
				return true
			})
			n := 0
			for key, value := range s.Tags() {
				if n >= len(got) || string(got[n].key) != key || got[n].value().AsString() != value.AsString() {
					t.Fatalf("tag %d of span %d: want %q=%q of %d", n, i, key, value.AsString(), len(got))
				}
				n++
			}
			if n != len(got) {
				t.Fatalf("span %d: %d tags, want %d", i, len(got), n)
			}
			i++
		}
	})
}

// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"bytes"
	"os"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// TestProto: the answers are those of Jaeger 1.62's collector, byte for byte.
func TestProto(t *testing.T) {
	strategies, err := OpenFile(t.Context(), FileConfig{Location: "testdata/strategies.json"}, nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer strategies.Close()
	for _, service := range []string{"probabilistic", "limited", "operations", "unknown"} {
		want, err := os.ReadFile("testdata/" + service + ".pb")
		if err != nil {
			t.Fatal(err)
		}
		of, err := strategies.Strategy(t.Context(), service)
		if got := of.Proto(); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %x, %v, want %x", service, got, err, want)
		}
	}
	bounds := Strategy{Operations: &Operations{LowerBound: 0.5, UpperBound: 2, Each: []Operation{{}}}}
	want := []byte("\x12\x00\x22\x16\x11\x00\x00\x00\x00\x00\x00\xe0?\x1a\x02\x12\x00\x21\x00\x00\x00\x00\x00\x00\x00@")
	if got := bounds.Proto(); !bytes.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}

func FuzzServiceOf(f *testing.F) {
	f.Add([]byte("\x0a\x04shop"))
	f.Add([]byte("\x0a\x01a\x10\x05\x0a\x01b"))
	f.Add([]byte("\x0a\xff\xff\xff\xff\x0f"))
	f.Add(bytes.Repeat([]byte{0x0b}, 20_000)) // nested groups
	f.Fuzz(func(t *testing.T, b []byte) {
		service, err := ServiceOf(b)
		if err != nil {
			return
		}
		again, err := ServiceOf(protowire.AppendString(protowire.AppendTag(b, fieldService, protowire.BytesType), service+"x"))
		if err != nil || again != service+"x" {
			t.Fatalf("%q, %v: the last one counts", again, err)
		}
	})
}

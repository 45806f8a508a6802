// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

func TestParseTraceID(t *testing.T) {
	long := pcommon.TraceID{0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c}
	short := pcommon.TraceID{8: 0x04, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c}
	for text, want := range map[string]pcommon.TraceID{
		"0af7651916cd43dd8448eb211c80319c":                        long,
		" 0AF7651916CD43DD8448EB211C80319C\n":                     long,
		"af7651916cd43dd8448eb211c80319c":                         long,
		"0af76519-16cd-43dd-8448-eb211c80319c":                    long,
		"CvdlGRbNQ92ESOshHIAxnA==":                                long,
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01": long,
		"0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1":   long,
		"448eb211c80319c":                                         short,
		"0448eb211c80319c":                                        short,
		"00000000000000000448eb211c80319c":                        short,
		"448eb211c80319c:b7ad6b7169203331:0:1":                    short,
		"BEjrIRyAMZw=":                                            short,
		"1":                                                       {15: 1},
	} {
		got, err := trace.ParseTraceID(text)
		if err != nil || got != want {
			t.Errorf("%q is %x, %v; want %x", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "0", "00000000000000000000000000000000", "x", "10af7651916cd43dd8448eb211c80319c0",
		"00--", "00-0af7651916cd43dd8448eb211c80319c", "1:2", ":::", "0x1", "0af76519-16cd-43dd-8448-eb211c80319",
		"AAAAAAAAAAA=", "hello-world", "CvdlGRbNQ92ESOshHIAxnA", strings.Repeat("é", 1000),
	} {
		id, err := trace.ParseTraceID(text)
		if err == nil || !id.IsEmpty() {
			t.Errorf("%q is %x, %v", text, id, err)
		} else if len(err.Error()) > 150 {
			t.Errorf("a long error: %v", err)
		}
	}
}

func TestParseSpanID(t *testing.T) {
	want := pcommon.SpanID{0, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31}
	for _, text := range []string{"00ad6b7169203331", "AD6B7169203331", "AK1rcWkgMzE="} {
		if got, err := trace.ParseSpanID(text); err != nil || got != want {
			t.Errorf("%q is %x, %v; want %x", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "0af7651916cd43dd8448eb211c80319c", "g"} {
		if got, err := trace.ParseSpanID(text); err == nil {
			t.Errorf("%q is %x", text, got)
		}
	}
}

func TestFormatTraceID(t *testing.T) {
	for _, text := range []string{"0af7651916cd43dd8448eb211c80319c", "00000000000000010000000000000000", "0448eb211c80319c"} {
		id, err := trace.ParseTraceID(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := trace.FormatTraceID(id); got != text {
			t.Errorf("%q shows as %q", text, got)
		}
	}
}

// FuzzParseTraceID: an id that is read is written as what reads the same.
func FuzzParseTraceID(f *testing.F) {
	for _, s := range []string{
		"0af7651916cd43dd8448eb211c80319c", "0af76519-16cd-43dd-8448-eb211c80319c", "CvdlGRbNQ92ESOshHIAxnA==", "BEjrIRyAMZw=", "448eb211c80319c:b7ad6b7169203331:0:1",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-", "", ":::", "=", "\xff", strings.Repeat("0", 1000), strings.Repeat("-", 36),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := trace.ParseTraceID(s)
		if (err == nil) == id.IsEmpty() {
			t.Fatalf("%q is %x, %v", s, id, err)
		}
		if err == nil {
			if again, err := trace.ParseTraceID(trace.FormatTraceID(id)); err != nil || again != id {
				t.Fatalf("%q is %x, then %x, %v", s, id, again, err)
			}
		}
		spanID, err := trace.ParseSpanID(s)
		if (err == nil) == spanID.IsEmpty() {
			t.Fatalf("span %q is %x, %v", s, spanID, err)
		}
	})
}

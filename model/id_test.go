// SPDX-License-Identifier: Apache-2.0

package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseTraceID(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want TraceID
		ok   bool
	}{
		{"1", TraceID{0, 1}, true},
		{"0", TraceID{}, true},
		{"c3d10e6635a02", TraceID{0, 0xc3d10e6635a02}, true},
		{"FFFFFFFFFFFFFFFF", TraceID{0, 1<<64 - 1}, true},
		{"10000000000000002", TraceID{1, 2}, true},
		{"0000000000000000000000000000000f", TraceID{0, 15}, true},
		{"ffffffffffffffffffffffffffffffff", TraceID{1<<64 - 1, 1<<64 - 1}, true},
		{"", TraceID{}, false},
		{"g", TraceID{}, false},
		{"0x1", TraceID{}, false},
		{"-1", TraceID{}, false},
		{" 1", TraceID{}, false},
		{"1_0", TraceID{}, false},
		{"zz000000000000000", TraceID{}, false},
		{"000000000000000000000000000000001", TraceID{}, false},
	} {
		got, err := ParseTraceID(tt.in)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("ParseTraceID(%q) = %v, %v", tt.in, got, err)
		}
		if err != nil && !errors.Is(err, ErrInvalidID) {
			t.Errorf("ParseTraceID(%q): %v is not ErrInvalidID", tt.in, err)
		}
	}
}

func TestIDText(t *testing.T) {
	for id, want := range map[TraceID][2]string{
		{0, 0x1f}: {"000000000000001f", "0000000000000000000000000000001f"},
		{0xa, 0}:  {"000000000000000a0000000000000000", "000000000000000a0000000000000000"},
	} {
		if id.String() != want[0] || id.Hex32() != want[1] {
			t.Errorf("%v: %s, %s", want, id, id.Hex32())
		}
	}
	type ids struct {
		T TraceID
		H HexTraceID
		S HexSpanID
	}
	in := ids{TraceID{1, 2}, HexTraceID{1, 2}, 3}
	b, err := json.Marshal(in)
	if want := `{"T":{"High":1,"Low":2},"H":"00000000000000010000000000000002","S":"0000000000000003"}`; err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
	var out ids
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("%v, %v", out, err)
	}
	for _, bad := range []string{`{"H":"x"}`, `{"S":"11111111111111111"}`} {
		if err := json.Unmarshal([]byte(bad), &out); !errors.Is(err, ErrInvalidID) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if HexTraceID(in.T).String() != in.T.Hex32() || HexSpanID(3).String() != SpanID(3).String() {
		t.Error("text types print otherwise")
	}
}

// A remote caller's id must not fill the log.
func TestErrorsQuoteLittle(t *testing.T) {
	if _, err := ParseTraceID(strings.Repeat("f", 1<<20)); len(err.Error()) > 200 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
	if _, err := ParseSpanID(strings.Repeat("f", 1<<20)); len(err.Error()) > 200 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
}

func FuzzParseTraceID(f *testing.F) {
	for _, s := range []string{"", "1", "0123456789abcdef0123456789ABCDEF", "00000000000000000000000000000000000000001", "-1", "+1", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseTraceID(s)
		// strings.Trim is the oracle for what hexadecimal is.
		digits := s != "" && len(s) <= 32 && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
		if (err == nil) != digits {
			t.Fatalf("ParseTraceID(%q): %v", s, err)
		}
		if err != nil {
			return
		}
		if want := fmt.Sprintf("%032s", strings.ToLower(s)); id.Hex32() != want {
			t.Fatalf("%q is printed as %s", s, id.Hex32())
		}
		if back, err := ParseTraceID(id.String()); err != nil || back != id {
			t.Fatalf("%v: %v, %v", id, back, err)
		}
	})
}

func FuzzParseSpanID(f *testing.F) {
	for _, s := range []string{"", "0", "0123456789abcDEF", "00000000000000001", "0x1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseSpanID(s)
		if err != nil {
			if !errors.Is(err, ErrInvalidID) {
				t.Fatal(err)
			}
			return
		}
		if want := fmt.Sprintf("%016s", strings.ToLower(s)); id.String() != want {
			t.Fatalf("%q is printed as %s", s, id)
		}
	})
}

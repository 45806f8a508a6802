// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/race"
)

func TestParseProto(t *testing.T) {
	tests := []struct {
		name, in string
		rejected int64
		message  string
		ok       bool
	}{
		{"empty", "", 0, "", true},
		{"empty partial success", "\x0a\x00", 0, "", true},
		{"both", "\x0a\x05\x08\x03\x12\x01m", 3, "m", true},
		{"largest", "\x0a\x0a\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f", math.MaxInt64, "", true},
		{"last one counts", "\x0a\x02\x08\x03\x0a\x02\x08\x04", 4, "", true},
		{"merged", "\x0a\x02\x08\x03\x0a\x03\x12\x01m", 3, "m", true},
		{"unknown fields", "\x10\x01\x19aaaaaaaa\x25aaaa\x2a\x01a\x0a\x0a\x08\x03\x1a\x01x\x25aaaa", 3, "", true},
		{"other wire types", "\x08\x01\x0a\x05\x0a\x01x\x10\x01", 0, "", true},

		{"negative", "\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 0, "", false},
		{"long varint", "\x0a\x0c\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 0, "", false},
		{"cut tag", "\x80", 0, "", false},
		{"cut length", "\x0a\x80", 0, "", false},
		{"length beyond the end", "\x0a\x05\x08", 0, "", false},
		{"length of 2^64-1", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 0, "", false},
		{"cut value", "\x0a\x01\x08", 0, "", false},
		{"cut fixed64", "\x19aaaa", 0, "", false},
		{"cut fixed32", "\x25aa", 0, "", false},
		{"field 0", "\x02\x00", 0, "", false},
		{"huge field", "\xfa\xff\xff\xff\xff\x01\x00", 0, "", false},
		{"group", "\x0b\x0c", 0, "", false},
		{"wire type 7", "\x0f", 0, "", false},
		{"message beyond the end", "\x0a\x02\x12\x7f", 0, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parseProto([]byte(tt.in))
			if (err == nil) != tt.ok || p.rejected != tt.rejected || string(p.message) != tt.message {
				t.Errorf("parseProto(%q) = %d, %q, %v", tt.in, p.rejected, p.message, err)
			}
		})
	}
}

func TestParseJSON(t *testing.T) {
	tests := []struct {
		in       string
		rejected int64
		message  string
		ok       bool
	}{
		{`{}`, 0, "", true},
		{`null`, 0, "", true},
		{`{"other":[1]}`, 0, "", true},
		{`{"partialSuccess":null}`, 0, "", true},
		{`{"partialSuccess":{}}`, 0, "", true},
		{`{"partialSuccess":{"rejectedSpans":null}}`, 0, "", true},
		{`{"partialSuccess":{"rejectedSpans":3,"errorMessage":"m"}}`, 3, "m", true},
		{`{"partialSuccess":{"rejectedSpans":"3"}}`, 3, "", true},
		{`{"partialSuccess":{"rejectedSpans":3e2}}`, 300, "", true},
		{`{"partialSuccess":{"rejectedSpans":"9223372036854775807"}}`, math.MaxInt64, "", true},
		{`{"partial_success":{"rejected_spans":"3","error_message":"m"}}`, 3, "m", true},
		{``, 0, "", false},
		{`[]`, 0, "", false},
		{`{} {}`, 0, "", false},
		{`{"partialSuccess":[]}`, 0, "", false},
		{`{"partialSuccess":{"rejectedSpans":-1}}`, 0, "", false},
		{`{"partialSuccess":{"rejectedSpans":1.5}}`, 0, "", false},
		{`{"partialSuccess":{"rejectedSpans":1e99}}`, 0, "", false},
		{`{"partialSuccess":{"rejectedSpans":"NaN"}}`, 0, "", false},
		{`{"partialSuccess":{"rejectedSpans":"Inf"}}`, 0, "", false},
		{`{"partialSuccess":{"rejectedSpans":"9223372036854775808"}}`, 0, "", false},
		{`{"partialSuccess":{"rejectedSpans":""}}`, 0, "", false},
		{`{"partialSuccess":{"rejectedSpans":true}}`, 0, "", false},
		{`{"partialSuccess":{"errorMessage":1}}`, 0, "", false},
		{strings.Repeat(`{"partialSuccess":`, 20_000), 0, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.in[:min(len(tt.in), 60)], func(t *testing.T) {
			p, err := parseJSON([]byte(tt.in))
			if (err == nil) != tt.ok || p.rejected != tt.rejected || string(p.message) != tt.message {
				t.Errorf("parseJSON = %d, %q, %v", p.rejected, p.message, err)
			}
		})
	}
}

// FuzzAnswerProto: what is read out of an answer stays the same behind any other
// fields, and lies within the input.
func FuzzAnswerProto(f *testing.F) {
	for _, s := range []string{"", "\x0a\x05\x08\x03\x12\x01m", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x0a\x7f", "\x0b\x0c", "\x80"} {
		f.Add([]byte(s), uint64(3), "m")
	}
	f.Fuzz(func(t *testing.T, b []byte, rejected uint64, message string) {
		p, err := parseProto(b)
		if p.rejected < 0 || len(p.message) > len(b) || err != nil && (p.rejected != 0 || p.message != nil) {
			t.Fatalf("parseProto(%x) = %+v, %v", b, p, err)
		}
		if err != nil {
			return
		}
		rejected &= math.MaxInt64
		inner := binary.AppendUvarint([]byte{0x08}, rejected)
		inner = binary.AppendUvarint(append(inner, 0x12), uint64(len(message)))
		inner = append(inner, message...)
		whole := binary.AppendUvarint(append(bytes.Clone(b), 0x0a), uint64(len(inner)))
		whole = append(whole, inner...)
		p, err = parseProto(whole)
		if err != nil || p.rejected != int64(rejected) || string(p.message) != message {
			t.Fatalf("parseProto(%x) = %+v, %v; want %d, %q", whole, p, err, rejected, message)
		}
	})
}

// FuzzAnswerJSON holds parseJSON against a generic decoder.
func FuzzAnswerJSON(f *testing.F) {
	for _, s := range []string{`{}`, `{"partialSuccess":{"rejectedSpans":"3","errorMessage":"m"}}`, `{"partial_success":{"rejected_spans":3}}`, `{"partialSuccess":{"rejectedSpans":-0}}`, `[[[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parseJSON(b)
		if p.rejected < 0 || err != nil && (p.rejected != 0 || p.message != nil) {
			t.Fatalf("parseJSON(%q) = %+v, %v", b, p, err)
		}
		var generic map[string]map[string]json.Number
		if err != nil || json.Unmarshal(b, &generic) != nil {
			return
		}
		inner, ok := generic["partialSuccess"]
		if n, err := inner["rejectedSpans"].Int64(); ok && len(generic) == 1 && len(inner) == 1 && err == nil && n != p.rejected {
			t.Fatalf("parseJSON(%q) = %+v, want %d", b, p, n)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		in, date string
		want     time.Duration
	}{
		{"", "", 0},
		{"0", "", 0},
		{"1", "", time.Second},
		{" 120 ", "", 2 * time.Minute},
		{"007", "", 7 * time.Second},
		{"86400", "", 24 * time.Hour},
		{"86401", "", 24 * time.Hour},
		{"99999999999999999999999", "", 24 * time.Hour},
		{"-1", "", 0},
		{"+1", "", 0},
		{"1.5", "", 0},
		{"1 s", "", 0},
		{"soon", "", 0},
		{"١", "", 0},
		{"Sun, 22 Nov 2026 12:00:30 GMT", "", 30 * time.Second},
		{"Sunday, 22-Nov-26 12:00:30 GMT", "", 30 * time.Second},
		{"Sun Nov 22 12:00:30 2026", "", 30 * time.Second},
		{"Sun, 22 Nov 2026 12:00:30 GMT", "Sun, 22 Nov 2026 12:00:20 GMT", 10 * time.Second},
		{"Sun, 22 Nov 2026 12:00:30 GMT", "nonsense", 30 * time.Second},
		{"Sun, 22 Nov 2026 11:00:00 GMT", "", 0},
		{"Sun, 22 Nov 2027 12:00:30 GMT", "", 24 * time.Hour},
		{"Fri, 31 Dec 9999 23:59:59 GMT", "", 24 * time.Hour},
	}
	for _, tt := range tests {
		h := http.Header{}
		h.Set("Retry-After", tt.in)
		h.Set("Date", tt.date)
		if got := retryAfter(h, now); got != tt.want {
			t.Errorf("%q at %q: %v, want %v", tt.in, tt.date, got, tt.want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "1", "-1", "99999999999999999999", "Sun, 22 Nov 2026 12:00:30 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "1e9", "NaN"} {
		f.Add(s, "Sun, 22 Nov 2026 12:00:00 GMT")
	}
	f.Fuzz(func(t *testing.T, after, date string) {
		h := http.Header{"Retry-After": {after}, "Date": {date}}
		d := retryAfter(h, time.Unix(1_800_000_000, 0))
		if d < 0 || d > maxRetryAfter {
			t.Fatalf("%q at %q: %v", after, date, d)
		}
		var n uint16
		if _, err := fmt.Sscanf(after, "%d", &n); err == nil && fmt.Sprint(n) == after && n <= 3600 && d != time.Duration(n)*time.Second {
			t.Fatalf("%q: %v", after, d)
		}
	})
}

// The parsers run on hostile input; protobuf costs nothing.
func TestParseProtoAllocatesNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	in := []byte("\x0a\x05\x08\x03\x12\x01m")
	if n := testing.AllocsPerRun(100, func() { _, _ = parseProto(in) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// SPDX-License-Identifier: Apache-2.0

package model

import (
	"errors"
	"fmt"

	"github.com/go-spur/spur/internal/digits"
)

// TraceID names a trace. Jaeger's 128 bits are kept as two halves, as in
// jaeger.thrift (Span.traceIdHigh, Span.traceIdLow); a 64-bit id has High 0.
// The zero TraceID is not a valid id.
type TraceID struct {
	High, Low uint64
}

// SpanID names a span within its trace. Zero means "none".
type SpanID uint64

// ErrInvalidID is what every id parser of this package returns, wrapped with
// the reason and the (shortened) input.
var ErrInvalidID = errors.New("model: invalid id")

// IsValid reports whether the id has a bit set.
func (t TraceID) IsValid() bool { return t.High != 0 || t.Low != 0 }

// String returns 16 lower-case hexadecimal digits when High is 0 and 32
// otherwise: the form Jaeger's Go clients print and send.
func (t TraceID) String() string {
	var buf [32]byte
	return string(t.AppendHex(buf[:0]))
}

// Hex32 returns all 32 digits, zero-padded: the form W3C and OTLP use.
func (t TraceID) Hex32() string {
	var buf [32]byte
	return string(t.AppendHex32(buf[:0]))
}

// AppendHex appends what String returns.
func (t TraceID) AppendHex(dst []byte) []byte {
	if t.High != 0 {
		dst = digits.Append(dst, t.High)
	}
	return digits.Append(dst, t.Low)
}

// AppendHex32 appends what Hex32 returns.
func (t TraceID) AppendHex32(dst []byte) []byte {
	return digits.Append(digits.Append(dst, t.High), t.Low)
}

// String returns 16 lower-case hexadecimal digits.
func (s SpanID) String() string {
	var buf [16]byte
	return string(s.AppendHex(buf[:0]))
}

// AppendHex appends what String returns.
func (s SpanID) AppendHex(dst []byte) []byte { return digits.Append(dst, uint64(s)) }

// ParseTraceID reads 1 to 32 hexadecimal digits of either case, as they occur
// in uber-trace-id headers: clients drop leading zeros. Zero parses; ask IsValid.
func ParseTraceID(s string) (TraceID, error) {
	if len(s) > 32 {
		return TraceID{}, invalidID("trace id", s, "longer than 32 digits")
	}
	var high uint64
	low := s
	if len(s) > 16 {
		var ok bool
		if high, ok = digits.Parse(s[:len(s)-16]); !ok {
			return TraceID{}, invalidID("trace id", s, "not hexadecimal")
		}
		low = s[len(s)-16:]
	}
	lo, ok := digits.Parse(low)
	if !ok {
		return TraceID{}, invalidID("trace id", s, "not hexadecimal")
	}
	return TraceID{High: high, Low: lo}, nil
}

// ParseSpanID reads 1 to 16 hexadecimal digits of either case. Zero parses.
func ParseSpanID(s string) (SpanID, error) {
	if len(s) > 16 {
		return 0, invalidID("span id", s, "longer than 16 digits")
	}
	id, ok := digits.Parse(s)
	if !ok {
		return 0, invalidID("span id", s, "not hexadecimal")
	}
	return SpanID(id), nil
}

// HexTraceID is a TraceID whose text form (encoding.TextMarshaler, so also JSON)
// is Hex32. TraceID itself has none: its JSON stays {"High":…,"Low":…}.
type HexTraceID TraceID

// String returns all 32 digits.
func (t HexTraceID) String() string { return TraceID(t).Hex32() }

// MarshalText implements encoding.TextMarshaler. It never fails.
func (t HexTraceID) MarshalText() ([]byte, error) {
	return TraceID(t).AppendHex32(make([]byte, 0, 32)), nil
}

// UnmarshalText accepts what ParseTraceID accepts.
func (t *HexTraceID) UnmarshalText(text []byte) error {
	id, err := ParseTraceID(string(text))
	if err == nil {
		*t = HexTraceID(id)
	}
	return err
}

// HexSpanID is a SpanID whose text form (encoding.TextMarshaler, so also JSON)
// is its 16 digits. SpanID itself is a JSON number.
type HexSpanID SpanID

// String returns 16 digits.
func (s HexSpanID) String() string { return SpanID(s).String() }

// MarshalText implements encoding.TextMarshaler. It never fails.
func (s HexSpanID) MarshalText() ([]byte, error) {
	return SpanID(s).AppendHex(make([]byte, 0, 16)), nil
}

// UnmarshalText accepts what ParseSpanID accepts.
func (s *HexSpanID) UnmarshalText(text []byte) error {
	id, err := ParseSpanID(string(text))
	if err == nil {
		*s = HexSpanID(id)
	}
	return err
}

// invalidID names the value, but never more than 40 bytes of it: ids come from
// remote callers.
func invalidID(what, s, why string) error {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return fmt.Errorf("%w: %s %q is %s", ErrInvalidID, what, s, why)
}

// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go/ext"
)

// tagValue is a Go value and what SetTag makes of it on the wire.
type tagValue struct {
	name  string
	value any
	want  string
	j     string // what jaeger-client-go makes of it, where that is something else
}

type (
	namedInt    int
	namedString string
	point       struct {
		X, Y int
		name string
	}
	stringer  struct{ s string }
	badString struct{}
	nilError  struct{}
)

func (s stringer) String() string { return "<" + s.s + ">" }
func (badString) String() string  { panic("on purpose") }
func (e *nilError) Error() string { return fmt.Sprint(*e) }

// tagValues has every kind of tag value, and every kind of Go value.
func tagValues() []tagValue {
	long := strings.Repeat("x", 300)
	return []tagValue{
		{name: "text", value: "text", want: `STRING "text"`},
		{name: "empty text", value: "", want: `STRING ""`},
		{name: "unicode", value: "Zürich 日本語 🚀", want: `STRING "Zürich 日本語 🚀"`},
		{name: "control bytes", value: "a\x00b\nc", want: `STRING "a\x00b\nc"`},
		{name: "true", value: true, want: "BOOL true"},
		{name: "false", value: false, want: "BOOL false"},
		{name: "int", value: -5, want: "LONG -5"},
		{name: "int8", value: int8(math.MinInt8), want: "LONG -128"},
		{name: "int16", value: int16(math.MaxInt16), want: "LONG 32767"},
		{name: "int32", value: int32(math.MinInt32), want: "LONG -2147483648"},
		{name: "int64 least", value: int64(math.MinInt64), want: "LONG -9223372036854775808"},
		{name: "int64 most", value: int64(math.MaxInt64), want: "LONG 9223372036854775807"},
		{name: "uint", value: uint(7), want: "LONG 7"},
		{name: "uint8", value: uint8(255), want: "LONG 255"},
		{name: "uint16", value: uint16(65535), want: "LONG 65535"},
		{name: "uint32", value: uint32(math.MaxUint32), want: "LONG 4294967295"},
		{name: "uint64", value: uint64(math.MaxInt64), want: "LONG 9223372036854775807"},
		{name: "float32", value: float32(0.25), want: "DOUBLE 0.25"},
		{name: "float64", value: 1e300, want: "DOUBLE 1e+300"},
		{name: "negative zero", value: math.Copysign(0, -1), want: "DOUBLE -0"},
		{name: "infinity", value: math.Inf(-1), want: "DOUBLE -Inf"},
		{name: "not a number", value: math.NaN(), want: "DOUBLE NaN"},
		{name: "bytes", value: []byte{0, 0xff, 'a'}, want: "BINARY 00ff61"},
		{name: "empty bytes", value: []byte{}, want: "BINARY "},
		{name: "nil", value: nil, want: `STRING "<nil>"`},
		{name: "error", value: io.ErrUnexpectedEOF, want: `STRING "unexpected EOF"`},
		{name: "wrapped error", value: fmt.Errorf("reading: %w", io.EOF), want: `STRING "reading: EOF"`},
		{name: "joined errors", value: errors.Join(io.EOF, io.ErrClosedPipe), want: `STRING "EOF\nio: read/write on closed pipe"`},
		{name: "typed nil error", value: (*nilError)(nil), want: `STRING "<nil>"`},
		{name: "stringer", value: stringer{"s"}, want: `STRING "<s>"`},
		{name: "duration", value: 1500 * time.Millisecond, want: `STRING "1.5s"`},
		{name: "time", value: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), want: `STRING "2020-01-02 03:04:05 +0000 UTC"`},
		{name: "named int", value: namedInt(3), want: `STRING "3"`},
		{name: "named string", value: namedString("n"), want: `STRING "n"`},
		{name: "span kind", value: ext.SpanKindRPCServerEnum, want: `STRING "server"`},
		{name: "json number", value: json.Number("1.50"), want: `STRING "1.50"`},
		{name: "struct", value: point{1, -2, "p"}, want: `STRING "{X:1 Y:-2 name:p}"`},
		{name: "pointer to struct", value: &point{3, 4, ""}, want: `STRING "&{X:3 Y:4 name:}"`},
		{name: "nil pointer", value: (*point)(nil), want: `STRING "<nil>"`},
		{name: "slice", value: []any{1, "a", nil, 2.5}, want: `STRING "[1 a <nil> 2.5]"`},
		{name: "array of strings", value: [2]string{"a b", "c"}, want: `STRING "[a b c]"`},
		{name: "map", value: map[string]int{"b": 2, "a": 1}, want: `STRING "map[a:1 b:2]"`},
		{name: "complex", value: complex(1, -2), want: `STRING "(1-2i)"`},
		{
			name: "raw json", value: json.RawMessage(`{}`), want: `STRING "{}"`,
			j: `STRING "[123 125]"`, // in decimal, where no Redactor recognises a secret
		},

		{
			name: "unsigned above signed", value: uint64(math.MaxUint64), want: `STRING "18446744073709551615"`,
			j: "LONG -1", // wrapped
		},
		{name: "long text", value: long, want: `STRING "` + long + `"`, j: `STRING "` + long[:256] + `"`},
		{
			name: "long bytes", value: []byte(long), want: fmt.Sprintf("BINARY %x", long),
			j: fmt.Sprintf("BINARY %x", long[:256]),
		},
		{
			name: "long text of runes", value: strings.Repeat("é", 2049), want: `STRING "` + strings.Repeat("é", 2046) + "…\"",
			j: `STRING "` + strings.Repeat("é", 128) + `"`,
		},
		{name: "invalid UTF-8", value: "a\xffb", want: `STRING "a` + "\ufffd" + `b"`, j: `STRING "a\xffb"`},
		{
			name: "panicking String", value: badString{}, want: `STRING "!(PANIC=String method: on purpose)"`,
			j: `STRING "%!v(PANIC=String method: on purpose)"`,
		},
	}
}

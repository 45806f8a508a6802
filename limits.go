// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"unicode/utf8"

	"github.com/go-spur/spur/internal/record"
	"github.com/go-spur/spur/propagation"
)

// Limits bound what one span, and one header, can hold. Whatever is cut is
// counted in Stats.Cut and, for tags and logs, on the span itself; strings are
// cut between characters and end in "…" then, unless NoEllipsis is set. A zero field
// means its default.
type Limits struct {
	KeyLength       int // bytes of a tag or log key; default 256
	OperationLength int // bytes of an operation name; default 1,024, at most 65,535
	TagValueLength  int // bytes of a tag's text or binary value; default 4,096
	LogValueLength  int // bytes of a log field's text or binary value; default 16,384
	// The same in characters, for texts; 0: bytes alone count. When they are set, the
	// defaults of the two above are at least four bytes a character.
	TagValueCharacters int
	LogValueCharacters int
	NoEllipsis         bool // what is cut ends where it was cut, without "…"

	ObjectLength int // bytes an arbitrary Go value is formatted to, before those above; default 65,536

	TagsPerSpan  int     // default 1,000; later ones are dropped, those that are there can be changed
	LogsPerSpan  int     // default 1,000; the first half and the newest are kept
	FieldsPerLog int     // default 128; later ones are dropped
	RefsPerSpan  int     // default 1,000; later ones are dropped
	BytesPerSpan int     // of keys and values together; default 1 MiB, the oldest logs go first, then what is new
	DebugPerSec  float64 // inbound debug flags and debug ids honoured; default 1, negative: none; see WithDebugThrottler

	Propagation propagation.Limits // of headers and baggage
}

// check reports fields that have no meaning, but for those of Propagation.
func (l *Limits) check(report func(value string, err error)) {
	v := reflect.ValueOf(l).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.CanInt() && f.Int() < 0 {
			report(fmt.Sprintf("%s: %d", v.Type().Field(i).Name, f.Int()), errors.New("must not be negative"))
		}
	}
	if l.OperationLength > maxOperation {
		report(fmt.Sprintf("OperationLength: %d", l.OperationLength), errors.New("must be 65535 at most"))
	}
	if math.IsNaN(l.DebugPerSec) {
		report("DebugPerSec: NaN", errors.New("is not a number"))
	}
}

// maxOperation is what Span.opLen holds.
const maxOperation = math.MaxUint16

// withDefaults replaces what is not set.
func (l Limits) withDefaults() Limits {
	def := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	def(&l.KeyLength, 256)
	def(&l.OperationLength, 1<<10)
	def(&l.TagValueCharacters, math.MaxInt)
	def(&l.LogValueCharacters, math.MaxInt)
	def(&l.TagValueLength, lengthFor(l.TagValueCharacters, 4<<10))
	def(&l.LogValueLength, lengthFor(l.LogValueCharacters, 16<<10))
	def(&l.ObjectLength, 64<<10)
	def(&l.TagsPerSpan, 1000)
	def(&l.LogsPerSpan, 1000)
	def(&l.FieldsPerLog, 128)
	def(&l.RefsPerSpan, 1000)
	def(&l.BytesPerSpan, 1<<20)
	def(&l.Propagation.BaggageMembers, 64)
	def(&l.Propagation.BaggageBytes, 8192)
	if l.DebugPerSec == 0 {
		l.DebugPerSec = 1
	}
	return l
}

// record is the part that concerns what a span says.
func (l *Limits) record() record.Limits {
	return record.Limits{
		Key: l.KeyLength, Operation: l.OperationLength, Object: l.ObjectLength,
		Tag:         record.Length{Bytes: l.TagValueLength, Characters: l.TagValueCharacters},
		Log:         record.Length{Bytes: l.LogValueLength, Characters: l.LogValueCharacters},
		TagsPerSpan: l.TagsPerSpan, LogsPerSpan: l.LogsPerSpan, FieldsPerLog: l.FieldsPerLog,
		BytesPerSpan: l.BytesPerSpan, NoEllipsis: l.NoEllipsis,
	}
}

// lengthFor is usual, or room for so many characters.
func lengthFor(characters, usual int) int {
	if characters == math.MaxInt {
		return usual
	}
	return max(usual, utf8.UTFMax*min(characters, math.MaxInt/utf8.UTFMax))
}

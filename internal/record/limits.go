// SPDX-License-Identifier: Apache-2.0

package record

import "github.com/go-spur/spur/model"

// Limits bound what one span holds. Every field must be set.
type Limits struct {
	Key       int // bytes of a key
	Operation int // bytes of an operation name
	Object    int // bytes an arbitrary Go value is formatted to
	Tag, Log  Length

	NoEllipsis bool // what is cut has no mark at its end

	TagsPerSpan, LogsPerSpan, FieldsPerLog int
	BytesPerSpan                           int // of keys and values together
}

// Length is what one value may have at most. In binary values each byte counts as
// a character.
type Length struct{ Bytes, Characters int }

// Place says where a value was set. The numbers are those of spur.Place.
type Place uint8

// The places.
const (
	Tag Place = iota + 1
	Log
	Operation
	Baggage
	Process

	redacted Place = 0 // the Redactor has seen it
)

// Redactor may change a value, or return false to have it dropped. It may panic.
type Redactor func(place Place, key string, v model.Value) (model.Value, bool)

// Counts is what limits and panics have cost so far.
type Counts struct {
	Tags, Logs, Fields uint64 // dropped
	Values             uint64 // keys, values and names cut short
	Panics             uint64 // log fields and calls of the Redactor that panicked
}

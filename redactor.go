// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"github.com/go-spur/spur/internal/record"
	"github.com/go-spur/spur/model"
)

// Place says where a value that a Redactor sees was set.
type Place uint8

// The places.
const (
	PlaceTag       = Place(record.Tag)       // SetTag, typed setters, start tags
	PlaceLog       = Place(record.Log)       // a log field; the key is the field's
	PlaceOperation = Place(record.Operation) // an operation name; the key is "operation"
	PlaceBaggage   = Place(record.Baggage)   // an item in a finished span and in the log of SetBaggageItem; if dropped, it is not shown there
	PlaceProcess   = Place(record.Process)   // a tag of the process, while New runs
)

// Redactor may change or drop a value before samplers, observers and reporters see
// it. It returns the value to keep, or false to drop it; a dropped operation name
// becomes "redacted". Keys cannot be changed, and baggage travels to other services
// as it is.
//
// It sees texts cut to their limit, []byte as model.KindBytes, and of any value that
// is neither of the two nor a number or boolean the text made of it; bytes within
// such a value are text if they can be printed, and hexadecimal if not, as in
// "{Key:0x00ff}".
//
// It runs on the goroutine that set the value, possibly on several at once, without
// a lock. If it panics, the value is dropped and Stats.Cut.Panics counts it.
type Redactor func(place Place, key string, v model.Value) (model.Value, bool)

// newFreezer makes what turns values into data for a tracer.
func newFreezer(l Limits, r Redactor) *record.Freezer {
	if r == nil {
		return record.NewFreezer(l.record(), nil)
	}
	return record.NewFreezer(l.record(), func(place record.Place, key string, v model.Value) (model.Value, bool) {
		return r(Place(place), key, v)
	})
}

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
	PlaceBaggage   = Place(record.Baggage)   // what the log of SetBaggageItem (dropped: no log) and finished spans show of an item, whose key it is
	PlaceProcess   = Place(record.Process)   // a tag of the process, while New runs
)

// Redactor may change or remove a value before anything else in the tracer,
// samplers, observers and reporters included, sees it. Keys it can only see, and
// baggage travels to other services as it is. It sees texts cut to their limit; of a
// value that is neither number, boolean, string nor []byte (model.KindBytes) it sees the
// text made of it, in which bytes that are not printable UTF-8 are hexadecimal, as in
// "{Key:0x00ff}". It runs on the goroutine that set the value, outside every lock,
// possibly on several at once. It returns the value to keep, or false to drop it; a
// dropped operation name becomes "redacted". Start tags of a root that an Early sampler
// excludes are not looked at by anybody. If it panics, the value is dropped and
// Stats.Cut.Panics counts it.
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

// SPDX-License-Identifier: Apache-2.0

package spur

import "github.com/go-spur/spur/model"

// Place says where a value that a Redactor sees was set.
type Place uint8

// The places.
const (
	PlaceTag       Place = iota + 1 // SetTag, typed setters, start tags
	PlaceLog                        // a log field; the key is the field's
	PlaceOperation                  // an operation name; the key is "operation"
	PlaceBaggage                    // what the log of SetBaggageItem shows; the key is the item's. Dropped: no log
	PlaceProcess                    // a tag of the process, while New runs

	placeRedacted Place = 0 // the Redactor has seen it
)

// Redactor may change or remove a value before anything else in the tracer,
// samplers, observers and reporters included, sees it. It runs on the goroutine
// that set the value, outside every lock, possibly on several at once. It
// returns the value to keep, or false to drop it; a dropped operation name
// becomes "redacted". If it panics, the value is dropped and Stats.Cut.Panics
// counts it.
type Redactor func(place Place, key string, v model.Value) (model.Value, bool)

// redact applies the Redactor, if there is one.
func (t *Tracer) redact(place Place, key string, v model.Value) (_ model.Value, keep bool) {
	if t.redactor == nil {
		return v, true
	}
	defer func() {
		if recover() != nil {
			t.rare.panics.Add(1)
			keep = false
		}
	}()
	return t.redactor(place, key, v)
}

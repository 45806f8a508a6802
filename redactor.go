// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"slices"

	"github.com/go-spur/spur/model"
)

// Place says where a value that a Redactor sees was set.
type Place uint8

// The places.
const (
	PlaceTag       Place = iota + 1 // SetTag, typed setters, start tags
	PlaceLog                        // a log field; the key is the field's
	PlaceOperation                  // an operation name; the key is "operation"
	PlaceBaggage                    // what the log of SetBaggageItem (dropped: no log) and finished spans show of an item, whose key it is
	PlaceProcess                    // a tag of the process, while New runs

	placeRedacted Place = 0 // the Redactor has seen it
)

// Redactor may change or remove a value before anything else in the tracer,
// samplers, observers and reporters included, sees it. Keys it can only see, and
// baggage travels to other services as it is: that is what it is for. It sees
// texts once they are cut to their limit. A []byte is of model.KindBytes, and any
// value that is neither that nor a number, boolean or string is the text made of
// it, in which slices and arrays of bytes are text when they are printable UTF-8
// as a whole, and hexadecimal otherwise, as in "{Key:0x00ff}". It runs on the goroutine
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

// redactBaggage returns what observers and reporters may see of the baggage.
// Properties are left out: nobody has looked at them.
func (t *Tracer) redactBaggage(b *model.Baggage) *model.Baggage {
	if t.redactor == nil || b.Len() == 0 {
		return b
	}
	members := make([]model.Member, 0, b.Len())
	for m := range b.All() {
		if v, keep := t.redact(PlaceBaggage, t.key(m.Key), model.String(m.Value)); keep {
			members = append(members, model.Member{Key: m.Key, Value: v.String()})
		}
	}
	slices.Reverse(members) // oldest first
	return model.NewBaggage(members...)
}

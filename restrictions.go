// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"io"

	"github.com/go-spur/spur/internal/format"
)

// BaggageRestrictions decide which baggage items this process may add: a key
// travels with every request downstream, so it had better be one that somebody
// has agreed to.
//
// Allowed is asked by each SetBaggageItem that does not remove an item, with the
// tracer's service name. It returns the most bytes a value may have, and whether
// the key may be set at all; longer values are cut between characters, and a
// value of which nothing would be left is refused. It runs on the caller's
// goroutine, possibly on several at once, must not block, and must not keep the
// strings. If it panics, the item is refused and Stats.Cut.Panics counts it.
//
// The interface does not change.
type BaggageRestrictions interface {
	Allowed(service, key string) (maxLength int, ok bool)
}

// WithBaggageRestrictions restricts what SetBaggageItem may set; see
// BaggageAllowList and RemoteBaggageRestrictions. Refused items are counted in
// Stats.Cut.Baggage and cut values in Stats.Cut.Values. As in Jaeger's clients,
// items that arrive in headers are passed on whatever the restrictions say, and
// so are those of SpanContext.WithBaggageItem. Unlike there, any item may be
// removed. The tracer owns r: Shutdown closes it if it is an io.Closer. By
// default everything is allowed that fits the limits of the formats.
func WithBaggageRestrictions(r BaggageRestrictions) Option {
	return optionFunc(func(c *config) {
		if r == nil {
			c.fail("WithBaggageRestrictions", "nil", errNil)
			return
		}
		c.restrictions = r
	})
}

// restrict applies the restrictions to an item. It returns the value to set and
// whether that is cut, or false.
func (t *Tracer) restrict(key, value string) (_ string, cut, ok bool) {
	if t.restrictions == nil || value == "" {
		return value, false, true
	}
	limit, ok := t.allowed(key)
	if !ok {
		return value, false, false
	}
	short, cut := format.Cut(value, limit)
	if short == "" {
		return value, false, false
	}
	return short, cut, true
}

func (t *Tracer) allowed(key string) (limit int, ok bool) {
	defer func() {
		if recover() != nil {
			t.rare.panics.Add(1)
			limit, ok = 0, false
		}
	}()
	return t.restrictions.Allowed(t.process.Service, key)
}

// closeRestrictions is for Shutdown.
func (t *Tracer) closeRestrictions() error {
	if c, ok := t.restrictions.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

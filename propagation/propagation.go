// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"errors"
	"net/http"

	"github.com/go-spur/spur/model"
)

// What an extraction returns, wrapped with details where there are any. Details
// never quote more than 64 bytes of what came from the wire.
var (
	ErrNotFound  = errors.New("propagation: no span context in the carrier")
	ErrCorrupted = errors.New("propagation: span context corrupted")
)

// Setter is a carrier that a context is written to. opentracing.TextMapWriter
// has the same method.
type Setter interface {
	Set(key, value string)
}

// Reader is a carrier that a context is read from. opentracing.TextMapReader has
// the same method. Strings handed to the handler may be kept. The handler must not
// be called after ForeachKey has returned.
type Reader interface {
	ForeachKey(handler func(key, value string) error) error
}

// Propagator carries contexts in text: HTTP headers, message headers, maps. Both
// methods run on the caller's goroutine, concurrently, and must not block. They
// must survive anything a carrier holds, and must not keep the carrier or the
// context pointer. The methods do not change.
//
// Inject writes c into a carrier. Extract returns the context a carrier holds,
// ErrNotFound when there is none, ErrCorrupted when it cannot be read. A context
// with baggage, a debug id or a decision (model.StateDecided) but without ids is a
// success.
type Propagator interface {
	Inject(c *model.Context, to Setter)
	Extract(from Reader) (model.Context, error)
}

// BinaryPropagator carries contexts as bytes. The conditions are those of
// Propagator. ParseBinary does not keep b.
type BinaryPropagator interface {
	AppendBinary(dst []byte, c *model.Context) []byte
	ParseBinary(b []byte) (model.Context, error)
}

// Statser is implemented by propagators that count. Stats may be called from any
// goroutine.
type Statser interface {
	Stats() []FormatStats
}

// FormatStats counts what one format brought and took. The formats are "jaeger",
// "w3c", "b3" (both forms) and "jaeger-binary".
//
// A format may be switched off for callers when its Alone no longer grows.
type FormatStats struct {
	Format         string
	Seen           uint64 // carriers with a context in this format: Accepted + Conflicts + Rejected
	Accepted       uint64 // of those, returned, or of the same trace as the one returned
	Alone          uint64 // of Accepted, carriers with no readable context in another format
	Conflicts      uint64 // readable, but overruled by a format with another trace id
	Rejected       uint64 // could not be read
	Injected       uint64 // contexts written
	BaggageDropped uint64 // members left out of this format in either direction: limit, or invalid key or value
	StatesDropped  uint64 // tracestates left out in either direction, or parts: malformed, too long, repeated keys
}

// Add adds what another propagator counted for the same format.
func (s *FormatStats) Add(o FormatStats) {
	s.Seen += o.Seen
	s.Accepted += o.Accepted
	s.Alone += o.Alone
	s.Conflicts += o.Conflicts
	s.Rejected += o.Rejected
	s.Injected += o.Injected
	s.BaggageDropped += o.BaggageDropped
	s.StatesDropped += o.StatesDropped
}

// Kind selects the rules of a textual carrier.
type Kind uint8

// The kinds of textual carrier. W3C's headers have one form under both.
const (
	HTTP Kind = iota // keys are case-insensitive tokens, values are percent-encoded
	Text             // keys and values are arbitrary text and travel as they are
)

// Header is an http.Header as a carrier. Propagators recognise the type and look
// keys up instead of visiting them all.
type Header http.Header

// Set replaces the values of key, in its canonical spelling.
func (h Header) Set(key, value string) { http.Header(h).Set(key, value) }

// ForeachKey calls handler for every value of every key.
func (h Header) ForeachKey(handler func(key, value string) error) error {
	for k, vs := range h {
		for _, v := range vs {
			if err := handler(k, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrUnknownFormat is what ParseFormats and ParseOTelFormats return, wrapped with
// the name, for a format that is not one of ours.
var ErrUnknownFormat = errors.New("propagation: unknown format")

// Format names one way to write a context into a textual carrier. The package
// documentation has the table of headers.
type Format uint8

// The formats. Extraction reads both forms of B3 whichever of the two is named.
const (
	FormatJaeger       Format = iota // uber-trace-id, uberctx-*, jaeger-baggage, jaeger-debug-id
	FormatW3C                        // FormatTraceContext and FormatBaggage
	FormatTraceContext               // traceparent and tracestate
	FormatBaggage                    // W3C baggage
	FormatB3                         // x-b3-*, baggage-*
	FormatB3Single                   // b3, baggage-*
	numFormats
)

// String returns the name that ParseFormats reads.
func (f Format) String() string {
	if f < numFormats {
		return formats()[f].name
	}
	return fmt.Sprintf("Format(%d)", uint8(f))
}

// ParseFormats reads a comma-separated list of formats as JAEGER_PROPAGATION has
// it: jaeger, w3c, b3 (the headers x-b3-*). It takes tracecontext, baggage,
// b3multi and b3single as well, and none, alone, for an empty list. Case, spaces
// and empty elements do not matter; what is repeated counts once.
func ParseFormats(list string) ([]Format, error) { return parseFormats(list, FormatB3) }

// ParseOTelFormats reads a list as OTEL_PROPAGATORS has it. It differs from
// ParseFormats in one name: b3 is the single header there, b3multi are x-b3-*.
func ParseOTelFormats(list string) ([]Format, error) { return parseFormats(list, FormatB3Single) }

func parseFormats(list string, b3 Format) ([]Format, error) {
	parsed := []Format{}
	none := false
	known := formats()
	for _, name := range strings.Split(list, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		f := Format(slices.IndexFunc(known[:], func(d dialect) bool { return d.name == name }))
		switch {
		case name == "":
			continue
		case name == "none":
			none = true
			continue
		case name == "b3":
			f = b3
		case name == "b3multi":
			f = FormatB3
		case f >= numFormats: // -1 is 255
			return nil, fmt.Errorf("%w %q: want jaeger, w3c, tracecontext, baggage, b3, b3multi, b3single or none",
				ErrUnknownFormat, shorten(name))
		}
		if !slices.Contains(parsed, f) {
			parsed = append(parsed, f)
		}
	}
	if none == (len(parsed) > 0) { // neither, or both
		return nil, fmt.Errorf("propagation: list of formats %q: want names, or none alone", shorten(list))
	}
	return parsed, nil
}

// dialect is what a format writes, and of which family.
type dialect struct {
	name         string
	of           family
	ids, baggage bool
}

// formats has the formats in their order.
func formats() [numFormats]dialect {
	return [...]dialect{
		{"jaeger", jaeger, true, true},
		{"w3c", w3c, true, true},
		{"tracecontext", w3c, true, false},
		{"baggage", w3c, false, true},
		{"b3", b3, true, true},
		{"b3single", b3, true, true},
	}
}

// family is formats that are counted together and share a dialect of baggage.
type family uint8

const (
	jaeger family = iota
	w3c
	b3
	families
)

func (f family) String() string { return [families]string{"jaeger", "w3c", "b3"}[f] }

// direction says which families serve extraction, or injection, in which order.
type direction struct {
	ids, baggage []family
	b3Single     bool // the single header is among them
	b3Multi      bool // and x-b3-*
}

func newDirection(list []Format) (direction, error) {
	var d direction
	for _, f := range list {
		if f >= numFormats {
			return d, fmt.Errorf("%w %d", ErrUnknownFormat, uint8(f))
		}
		writes := formats()[f]
		if writes.ids && !d.hasIDs(writes.of) {
			d.ids = append(d.ids, writes.of)
		}
		if writes.baggage && !slices.Contains(d.baggage, writes.of) {
			d.baggage = append(d.baggage, writes.of)
		}
		d.b3Multi = d.b3Multi || f == FormatB3
		d.b3Single = d.b3Single || f == FormatB3Single
	}
	return d, nil
}

// match says how keys of baggage are compared.
func (d *direction) match(environ bool) keyMatch {
	switch {
	case len(d.baggage) == 1 && d.baggage[0] == w3c:
		return sameText
	case environ:
		return sameVariable
	}
	return sameLetters
}

// has reports whether a family takes part.
func (d *direction) has(f family) bool {
	return d.hasIDs(f) || slices.Contains(d.baggage, f)
}

func (d *direction) hasIDs(f family) bool { return slices.Contains(d.ids, f) }

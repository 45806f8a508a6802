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
	for _, n := range formatNames() {
		if n.format == f {
			return n.name
		}
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
	formats := []Format{}
	none := false
	names := formatNames()
	for _, name := range strings.Split(list, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		switch name {
		case "":
			continue
		case "none":
			none = true
			continue
		}
		i := slices.IndexFunc(names[:], func(n formatName) bool { return n.name == name })
		if i < 0 {
			return nil, fmt.Errorf("%w %q: want jaeger, w3c, tracecontext, baggage, b3, b3multi, b3single or none",
				ErrUnknownFormat, shorten(name))
		}
		f := names[i].format
		if name == "b3" {
			f = b3
		}
		if !slices.Contains(formats, f) {
			formats = append(formats, f)
		}
	}
	if none == (len(formats) > 0) { // neither, or both
		return nil, fmt.Errorf("propagation: list of formats %q: want names, or none alone", shorten(list))
	}
	return formats, nil
}

type formatName struct {
	name   string
	format Format
}

func formatNames() [7]formatName {
	return [...]formatName{
		{"jaeger", FormatJaeger},
		{"w3c", FormatW3C},
		{"tracecontext", FormatTraceContext},
		{"baggage", FormatBaggage},
		{"b3", FormatB3},
		{"b3multi", FormatB3},
		{"b3single", FormatB3Single},
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

func newDirection(formats []Format) (direction, error) {
	var d direction
	add := func(list *[]family, f family) {
		if !slices.Contains(*list, f) {
			*list = append(*list, f)
		}
	}
	for _, format := range formats {
		f, ids, baggage := w3c, true, true
		switch format {
		case FormatJaeger:
			f = jaeger
		case FormatW3C:
		case FormatTraceContext:
			baggage = false
		case FormatBaggage:
			ids = false
		case FormatB3:
			f, d.b3Multi = b3, true
		case FormatB3Single:
			f, d.b3Single = b3, true
		default:
			return d, fmt.Errorf("%w %d", ErrUnknownFormat, uint8(format))
		}
		if ids {
			add(&d.ids, f)
		}
		if baggage {
			add(&d.baggage, f)
		}
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

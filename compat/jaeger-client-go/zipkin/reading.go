// SPDX-License-Identifier: Apache-2.0

package zipkin

import (
	"strconv"
	"strings"

	"github.com/uber/jaeger-client-go"
)

// reading is what one pass over a carrier gathers.
type reading struct {
	prefix       string // in lower case
	trace        jaeger.TraceID
	span, parent jaeger.SpanID
	sampled      bool
	baggage      map[string]string
	left         int // bytes of baggage that may still come
}

func newReading(prefix string) *reading {
	return &reading{prefix: strings.ToLower(prefix), baggage: map[string]string{}, left: maxBaggageBytes}
}

// take takes one header. The error is that of an id.
func (r *reading) take(name, value string) (err error) {
	switch name = strings.ToLower(name); name {
	case "x-b3-traceid":
		r.trace, err = jaeger.TraceIDFromString(value)
	case "x-b3-spanid":
		r.span, err = parseID(value)
	case "x-b3-parentspanid":
		r.parent, err = parseID(value)
	case "x-b3-sampled":
		r.sampled = value == "1" || value == "true"
	default:
		if key, ok := strings.CutPrefix(name, r.prefix); ok && len(r.baggage) < maxBaggageItems && len(name)+len(value) <= r.left {
			r.left -= len(name) + len(value)
			r.baggage[key] = value
		}
	}
	return err
}

// parseID reads an id, and cuts what is too long for one: an error quotes it.
func parseID(value string) (jaeger.SpanID, error) {
	if len(value) > maxIDBytes {
		value = value[:maxIDBytes]
	}
	id, err := strconv.ParseUint(value, 16, 64)
	return jaeger.SpanID(id), err
}

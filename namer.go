// SPDX-License-Identifier: Apache-2.0

package spur

import "github.com/opentracing/opentracing-go"

// Namer is a start option for middleware that must work to know what a span is called, as
// by looking up a route. SpurOperationName is called if the name is wanted: before the
// sampler is asked if that one looks at names (see sampler.Nameless), or there are observers,
// and otherwise once the span is recorded. A span for which it is not called keeps the name
// that StartSpan was given; so does one for which it returns "" or panics, which
// Stats.Cut.Panics counts. It runs once at most, on the goroutine that starts the span.
// Of several Namers the last counts. Apply is not called.
type Namer interface {
	opentracing.StartSpanOption
	SpurOperationName() string
}

// askName asks the namer. Nobody else has the span.
func (t *Tracer) askName(s *Span, o *startOptions) {
	defer t.survive()
	n := o.namer
	o.namer = nil
	if name := n.SpurOperationName(); name != "" {
		s.setOperationLocked(t.freezer.Operation(name))
	}
}

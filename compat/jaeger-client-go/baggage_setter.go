// SPDX-License-Identifier: Apache-2.0

package jaeger

// setBaggage sets an item as spur does.
func (t *Tracer) setBaggage(s *Span, key, value string) {
	s.span.SetBaggageItem(key, value)
}

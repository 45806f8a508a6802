// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Tags returns the attributes that FieldTag looks at: those of the span, of its
// resource and scope, and of its events. A key can come more than once.
func (s Span) Tags() iter.Seq2[string, pcommon.Value] {
	return func(yield func(string, pcommon.Value) bool) {
		maps := []pcommon.Map{s.Attributes(), s.Resource.Resource().Attributes(), s.Scope.Scope().Attributes()}
		for _, m := range maps {
			for k, v := range m.All() {
				if !yield(k, v) {
					return
				}
			}
		}
		for _, e := range s.Events().All() {
			for k, v := range e.Attributes().All() {
				if !yield(k, v) {
					return
				}
			}
		}
	}
}

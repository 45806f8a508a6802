// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"maps"
	"reflect"

	"github.com/opentracing/opentracing-go"
)

// priorityTag is ext.SamplingPriority's key.
const priorityTag = "sampling.priority"

// refuses reports whether the program's throttler does not allow the debug trace that a
// tag of a span asks for. The tag is then not set.
func (t *Tracer) refuses(s *Span, key string, value interface{}) bool {
	if key != priorityTag || t.options.throttler == nil || t.options.noDebugFlag || !isPositive(value) {
		return false
	}
	allowed := false
	t.guard("the throttler's IsAllowed", func() { allowed = t.options.throttler.IsAllowed(s.OperationName()) })
	return !allowed
}

// takePriority takes sampling.priority out of start tags, if a throttler of the program's
// must be asked about it.
func (t *Tracer) takePriority(sso *opentracing.StartSpanOptions) (value interface{}, taken bool) {
	value, taken = sso.Tags[priorityTag]
	if taken = taken && t.options.throttler != nil; taken {
		sso.Tags = maps.Clone(sso.Tags)
		delete(sso.Tags, priorityTag)
	}
	return value, taken
}

func isInteger(v interface{}) bool {
	r := reflect.ValueOf(v)
	return r.CanInt() || r.CanUint()
}

func isPositive(v interface{}) bool {
	r := reflect.ValueOf(v)
	return r.CanInt() && r.Int() > 0 || r.CanUint() && r.Uint() > 0
}

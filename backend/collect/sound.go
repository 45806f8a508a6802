// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/trace"
)

// sound returns spans as a parcel when they are what validate would leave as they
// are, and everything in them is what OTLP of today has: then they need not be
// decoded.
func (c *Collector) sound(spans []trace.Encoded) (p parcel, ok bool) {
	p = parcel{encoded: spans, spans: len(spans)}
	var resource, scope audit
	var repeated, most int
	for i, e := range spans {
		newResource := i == 0 || !isSame(e.Resource, spans[i-1].Resource)
		if newResource {
			if resource, ok = soundResource(e.Resource); !ok {
				return p, false
			}
			p.memory += int64(resource.memory() + len(e.Resource))
		}
		if newResource || !isSame(e.Scope, spans[i-1].Scope) {
			if scope, ok = soundScope(e.Scope); !ok {
				return p, false
			}
			p.memory += int64(scope.memory() + len(e.Scope))
			if !newResource {
				repeated += resource.mostOTLP()
			}
			around := resource.plus(scope)
			most = c.config.MaxSpanBytes - around.mostOTLP()
		}
		if repeated > maxRepeated || len(e.Span) > most/encodedGrowth || !soundSpan(e) {
			return p, false
		}
		p.memory += int64(messageMemory + 2*len(e.Span)) // they can be parts of a slice twice as large
	}
	return p, true
}

// isSame reports whether a and b are the same memory. What is only equal takes
// memory of its own.
func isSame(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func soundResource(b []byte) (a audit, ok bool) {
	if !sound(b, resourceSpansField, 0, 0) {
		return a, false
	}
	td, ok := decodeAround(trace.Encoded{Resource: b})
	if ok {
		a = mendResource(td.ResourceSpans().At(0))
	}
	return a, ok && a.mended == 0 && !a.unfit
}

func soundScope(b []byte) (a audit, ok bool) {
	if !sound(b, scopeSpansField, 0, 0) {
		return a, false
	}
	td, ok := decodeAround(trace.Encoded{Scope: b})
	if ok {
		a = mendScope(td.ResourceSpans().At(0).ScopeSpans().At(0))
	}
	return a, ok && a.mended == 0 && !a.unfit
}

// decodeAround decodes e, which is nothing but a resource or a scope.
func decodeAround(e trace.Encoded) (td ptrace.Traces, ok bool) {
	td, err := trace.Decode([]trace.Encoded{e})
	return td, err == nil
}

func soundSpan(e trace.Encoded) bool {
	h := e.Head()
	return !h.TraceID.IsEmpty() && !h.SpanID.IsEmpty() && len(h.Name) > 0 && h.End != 0 && h.End >= h.Start &&
		sound(e.Span, spanField, 1<<9|1<<11|1<<13, 0)
}

// sound reports whether a message is nothing but fields that check accepts. Those
// that are not in the set many come once.
func sound(b []byte, check func(protoField, int) bool, many uint32, depth int) bool {
	seen := uint32(0)
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 || num > 16 {
			return false
		}
		b = b[n:]
		f := protoField{num: num, typ: typ}
		if typ == protowire.BytesType {
			f.value, n = protowire.ConsumeBytes(b)
		} else {
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 || seen&^many&(1<<num) != 0 || !check(f, depth) {
			return false
		}
		seen |= 1 << num
		b = b[n:]
	}
	return true
}

// protoField is a field of a message.
type protoField struct {
	num   protowire.Number
	typ   protowire.Type
	value []byte // of text, bytes and messages
}

func (f protoField) isText() bool { return f.typ == protowire.BytesType && utf8.Valid(f.value) }

func (f protoField) isBytes(n int) bool { return f.typ == protowire.BytesType && len(f.value) == n }

func (f protoField) isMessage(check func(protoField, int) bool, many uint32, depth int) bool {
	return f.typ == protowire.BytesType && sound(f.value, check, many, depth)
}

// The following accept the fields of OTLP's messages
// (opentelemetry/proto/trace/v1/trace.proto, common/v1/common.proto,
// resource/v1/resource.proto).

func resourceSpansField(f protoField, depth int) bool {
	switch f.num {
	case 1:
		return f.isMessage(resourceField, 1<<1|1<<3, depth)
	case 3: // schema_url
		return f.isText()
	}
	return false
}

func resourceField(f protoField, depth int) bool {
	switch f.num {
	case 1:
		return f.isMessage(attributeField, 0, depth)
	case 2: // what was dropped
		return f.typ == protowire.VarintType
	case 3: // entities, which nothing looks at
		return f.typ == protowire.BytesType
	}
	return false
}

func scopeSpansField(f protoField, depth int) bool {
	switch f.num {
	case 1:
		return f.isMessage(scopeField, 1<<3, depth)
	case 3: // schema_url
		return f.isText()
	}
	return false
}

func scopeField(f protoField, depth int) bool {
	switch f.num {
	case 1, 2: // name, version
		return f.isText()
	case 3:
		return f.isMessage(attributeField, 0, depth)
	case 4: // what was dropped
		return f.typ == protowire.VarintType
	}
	return false
}

func spanField(f protoField, depth int) bool {
	switch f.num {
	case 1: // trace_id
		return f.isBytes(16)
	case 2: // span_id
		return f.isBytes(8)
	case 4: // parent_span_id
		return f.isBytes(8) || f.isBytes(0)
	case 3, 5: // trace_state, name
		return f.isText()
	case 6, 10, 12, 14: // kind, and what was dropped
		return f.typ == protowire.VarintType
	case 7, 8: // start and end
		return f.typ == protowire.Fixed64Type
	case 9:
		return f.isMessage(attributeField, 0, depth)
	case 11:
		return f.isMessage(eventField, 1<<3, depth)
	case 13:
		return f.isMessage(linkField, 1<<4, depth)
	case 15:
		return f.isMessage(statusField, 0, depth)
	case 16: // flags
		return f.typ == protowire.Fixed32Type
	}
	return false
}

func eventField(f protoField, depth int) bool {
	switch f.num {
	case 1: // time
		return f.typ == protowire.Fixed64Type
	case 2: // name
		return f.isText()
	case 3:
		return f.isMessage(attributeField, 0, depth)
	case 4: // what was dropped
		return f.typ == protowire.VarintType
	}
	return false
}

func linkField(f protoField, depth int) bool {
	switch f.num {
	case 1: // trace_id
		return f.isBytes(16) || f.isBytes(0)
	case 2: // span_id
		return f.isBytes(8) || f.isBytes(0)
	case 3: // trace_state
		return f.isText()
	case 4:
		return f.isMessage(attributeField, 0, depth)
	case 5: // what was dropped
		return f.typ == protowire.VarintType
	case 6: // flags
		return f.typ == protowire.Fixed32Type
	}
	return false
}

func statusField(f protoField, _ int) bool {
	switch f.num {
	case 2: // message
		return f.isText()
	case 3: // code
		return f.typ == protowire.VarintType
	}
	return false
}

func attributeField(f protoField, depth int) bool {
	switch f.num {
	case 1: // key
		return f.isText()
	case 2:
		return f.isValue(depth)
	}
	return false
}

// isValue reports whether f is an AnyValue: one field at most.
func (f protoField) isValue(depth int) bool {
	if f.typ != protowire.BytesType || len(f.value) == 0 {
		return f.typ == protowire.BytesType
	}
	_, _, n := protowire.ConsumeField(f.value)
	return n == len(f.value) && sound(f.value, valueField, 0, depth)
}

func valueField(f protoField, depth int) bool {
	switch f.num {
	case 1:
		return f.isText()
	case 2, 3: // bool, int
		return f.typ == protowire.VarintType
	case 4: // double
		return f.typ == protowire.Fixed64Type
	case 5: // list
		return depth < maxDepth && f.isMessage(elementField, 1<<1, depth+1)
	case 6: // map
		return depth < maxDepth && f.isMessage(pairField, 1<<1, depth+1)
	case 7: // bytes
		return f.typ == protowire.BytesType
	}
	return false
}

func elementField(f protoField, depth int) bool { return f.num == 1 && f.isValue(depth) }

func pairField(f protoField, depth int) bool {
	return f.num == 1 && f.isMessage(attributeField, 0, depth)
}

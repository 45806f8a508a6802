// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"bytes"
	"math"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/trace"
)

// Fields of OTLP's messages (opentelemetry/proto/trace/v1/trace.proto,
// common/v1/common.proto, resource/v1/resource.proto).
const (
	resourceSpansResource = 1
	resourceAttributes    = 1
	scopeSpansScope       = 1
	scopeAttributes       = 3
	spanAttributes        = 9
	spanEvents            = 11
	spanStatus            = 15
	eventName             = 2
	eventAttributes       = 3
	statusMessage         = 2
	keyValueKey           = 1
	keyValueValue         = 2

	anyString = 1
	anyBool   = 2
	anyInt    = 3
	anyDouble = 4
)

// each calls f with the fields num of message b that are text or messages, as
// long as it returns true, and reports whether it always did.
func each(b []byte, num protowire.Number, f func([]byte) bool) bool {
	for len(b) > 0 {
		n, typ, size := protowire.ConsumeTag(b)
		if size < 0 {
			return true
		}
		b = b[size:]
		if typ == protowire.BytesType {
			m, size := protowire.ConsumeBytes(b)
			if size < 0 {
				return true
			}
			if n == num && !f(m) {
				return false
			}
			b = b[size:]
			continue
		}
		if size = protowire.ConsumeFieldValue(n, typ, b); size < 0 {
			return true
		}
		b = b[size:]
	}
	return true
}

// message returns the first field num of message b.
func message(b []byte, num protowire.Number) (m []byte) {
	each(b, num, func(b []byte) bool {
		m = b
		return false
	})
	return m
}

// attribute is a key and the bytes of an AnyValue.
type attribute struct{ key, any []byte }

// newAttribute cuts a KeyValue in two.
func newAttribute(kv []byte) (a attribute) {
	for len(kv) > 0 {
		n, typ, size := protowire.ConsumeTag(kv)
		if size < 0 || typ != protowire.BytesType {
			return a
		}
		m, length := protowire.ConsumeBytes(kv[size:])
		if length < 0 {
			return a
		}
		if n == keyValueKey {
			a.key = m
		} else {
			a.any = m
		}
		kv = kv[size+length:]
	}
	return a
}

// tags calls f with what trace.Span.Tags returns of the decoded span, as long
// as it returns true, and reports whether it always did.
func tags(e trace.Encoded, f func(attribute) bool) bool {
	kv := func(b []byte) bool { return f(newAttribute(b)) }
	return each(e.Span, spanAttributes, kv) &&
		each(message(e.Resource, resourceSpansResource), resourceAttributes, kv) &&
		each(message(e.Scope, scopeSpansScope), scopeAttributes, kv) &&
		each(e.Span, spanEvents, func(event []byte) bool { return each(event, eventAttributes, kv) })
}

// value returns the value of an attribute.
func (a attribute) value() pcommon.Value {
	num, typ, size := protowire.ConsumeTag(a.any)
	if size < 0 {
		return pcommon.NewValueEmpty()
	}
	b := a.any[size:]
	switch {
	case num == anyString && typ == protowire.BytesType:
		s, _ := protowire.ConsumeBytes(b)
		return pcommon.NewValueStr(string(s))
	case num == anyBool:
		n, _ := protowire.ConsumeVarint(b)
		return pcommon.NewValueBool(n != 0)
	case num == anyInt:
		n, _ := protowire.ConsumeVarint(b)
		return pcommon.NewValueInt(int64(n))
	case num == anyDouble:
		n, _ := protowire.ConsumeFixed64(b)
		return pcommon.NewValueDouble(math.Float64frombits(n))
	default:
		return decodeValue(a.any)
	}
}

// text returns the value as text when it is text. It is valid as long as the
// span is.
func (a attribute) text() (string, bool) {
	num, typ, size := protowire.ConsumeTag(a.any)
	if size < 0 || num != anyString || typ != protowire.BytesType {
		return "", false
	}
	s, _ := protowire.ConsumeBytes(a.any[size:])
	return text(s), true
}

// decodeValue decodes an AnyValue as part of the smallest message that pdata
// decodes.
func decodeValue(b []byte) pcommon.Value {
	wrap := func(num protowire.Number, b []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), b)
	}
	const resourceSpans = 1
	b = wrap(resourceSpans, wrap(resourceSpansResource, wrap(resourceAttributes, wrap(keyValueValue, b))))
	td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
	if err == nil && td.ResourceSpans().Len() == 1 {
		if v, ok := td.ResourceSpans().At(0).Resource().Attributes().Get(""); ok {
			return v
		}
	}
	return pcommon.NewValueEmpty()
}

// matchTags reports whether a condition of a tag is met (Term.MatchSpan).
func matchTags(t *trace.Term, e trace.Encoded) bool {
	key := []byte(t.Key)
	if !bytes.Contains(e.Span, key) && !bytes.Contains(e.Resource, key) && !bytes.Contains(e.Scope, key) {
		return false
	}
	negative := t.Cmp == trace.CmpNotEqual || t.Cmp == trace.CmpNotMatch
	found := false
	all := tags(e, func(a attribute) bool {
		if !bytes.Equal(a.key, key) {
			return true
		}
		found = true
		return matchValue(t, a) == negative
	})
	if negative {
		return found && all
	}
	return !all
}

func matchValue(t *trace.Term, a attribute) bool {
	if text, ok := a.text(); ok {
		return t.MatchText(text)
	}
	return t.MatchValue(a.value())
}

// matchText reports whether a condition of any text is met (Term.MatchSpan).
func matchText(t *trace.Term, v *view) bool {
	if t.MatchText(v.name.name) || t.MatchText(text(message(message(v.encoded.Span, spanStatus), statusMessage))) {
		return true
	}
	noEvent := each(v.encoded.Span, spanEvents, func(event []byte) bool {
		return !t.MatchText(text(message(event, eventName)))
	})
	return !noEvent || !v.firehose && !tags(v.encoded, func(a attribute) bool { return !matchValue(t, a) })
}

// text returns b as text, without a copy.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

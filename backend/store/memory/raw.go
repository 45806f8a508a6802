// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"bytes"
	"iter"
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

// messages returns the fields num of message b that are text or messages.
func messages(b []byte, num protowire.Number) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(b) > 0 {
			n, typ, size := protowire.ConsumeTag(b)
			if size < 0 {
				return
			}
			b = b[size:]
			if n == num && typ == protowire.BytesType {
				m, size := protowire.ConsumeBytes(b)
				if size < 0 || !yield(m) {
					return
				}
				b = b[size:]
				continue
			}
			if size = protowire.ConsumeFieldValue(n, typ, b); size < 0 {
				return
			}
			b = b[size:]
		}
	}
}

func message(b []byte, num protowire.Number) []byte {
	for m := range messages(b, num) {
		return m
	}
	return nil
}

// attribute is a key and the bytes of an AnyValue.
type attribute struct{ key, any []byte }

// tags returns what trace.Span.Tags does for the decoded span. What it yields
// is part of e.
func tags(e trace.Encoded) iter.Seq[attribute] {
	return func(yield func(attribute) bool) {
		all := func(m []byte, num protowire.Number) bool {
			for kv := range messages(m, num) {
				if !yield(attribute{message(kv, keyValueKey), message(kv, keyValueValue)}) {
					return false
				}
			}
			return true
		}
		if !all(e.Span, spanAttributes) || !all(message(e.Resource, resourceSpansResource), resourceAttributes) ||
			!all(message(e.Scope, scopeSpansScope), scopeAttributes) {
			return
		}
		for event := range messages(e.Span, spanEvents) {
			if !all(event, eventAttributes) {
				return
			}
		}
	}
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
	return unsafe.String(unsafe.SliceData(s), len(s)), true
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
	for a := range tags(e) {
		if !bytes.Equal(a.key, key) {
			continue
		}
		found = true
		if matchValue(t, a) != negative {
			return !negative
		}
	}
	return found && negative
}

func matchValue(t *trace.Term, a attribute) bool {
	if text, ok := a.text(); ok {
		return t.MatchText(text)
	}
	return t.MatchValue(a.value())
}

// matchText reports whether a condition of any text is met (Term.MatchSpan).
func matchText(t *trace.Term, v *view) bool {
	if t.MatchText(v.name.name) || t.MatchText(string(message(message(v.encoded.Span, spanStatus), statusMessage))) {
		return true
	}
	for event := range messages(v.encoded.Span, spanEvents) {
		if t.MatchText(string(message(event, eventName))) {
			return true
		}
	}
	if v.firehose {
		return false
	}
	for a := range tags(v.encoded) {
		if matchValue(t, a) {
			return true
		}
	}
	return false
}

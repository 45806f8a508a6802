// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"bytes"
	"math"
	"strings"
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
	scopeName             = 1
	scopeVersion          = 2
	scopeAttributes       = 3
	spanAttributes        = 9
	spanEvents            = 11
	spanLinks             = 13
	spanStatus            = 15
	eventName             = 2
	eventAttributes       = 3
	linkTraceID           = 1
	statusMessage         = 2
	keyValueKey           = 1
	keyValueValue         = 2

	anyString = 1
	anyBool   = 2
	anyInt    = 3
	anyDouble = 4
)

// next returns the next field of message b that is text or a message, and what
// is behind it. At the end, or where b is broken, num is 0.
func next(b []byte) (num protowire.Number, m, rest []byte) {
	for len(b) >= 2 {
		if size := int(b[1]); b[0] < 0x80 && b[0]&7 == byte(protowire.BytesType) && size < min(0x80, len(b)-1) { // usually
			return protowire.Number(b[0] >> 3), b[2 : 2+size], b[2+size:]
		}
		num, typ, size := protowire.ConsumeTag(b)
		if size < 0 {
			break
		}
		b = b[size:]
		if typ == protowire.BytesType {
			m, size := protowire.ConsumeBytes(b)
			if size < 0 {
				break
			}
			return num, m, b[size:]
		}
		if size = protowire.ConsumeFieldValue(num, typ, b); size < 0 {
			break
		}
		b = b[size:]
	}
	return 0, nil, nil
}

// each calls f with the fields num of message b, as long as it returns true,
// and reports whether it always did.
func each(b []byte, num protowire.Number, f func([]byte) bool) bool {
	for n, m, rest := next(b); n != 0; n, m, rest = next(rest) {
		if n == num && !f(m) {
			return false
		}
	}
	return true
}

// message returns the first field num of message b.
func message(b []byte, num protowire.Number) []byte {
	for n, m, rest := next(b); n != 0; n, m, rest = next(rest) {
		if n == num {
			return m
		}
	}
	return nil
}

// attribute is a key with the bytes of an AnyValue, or with those of a text that
// OTLP has a field for.
type attribute struct{ key, any, field []byte }

// newAttribute cuts a KeyValue in two.
func newAttribute(kv []byte) (a attribute) {
	for n, m, rest := next(kv); n != 0; n, m, rest = next(rest) {
		if n == keyValueKey {
			a.key = m
		} else {
			a.any = m
		}
	}
	return a
}

// tags calls f with what trace.Span.Tags returns of the decoded span, as long
// as it returns true, and reports whether it always did.
func tags(e trace.Encoded, f func(attribute) bool) bool {
	return tagParts(e, func([]byte) bool { return true }, func(kv []byte) bool { return f(newAttribute(kv)) }) && fields(e, f)
}

// tagsOf is tags of one key.
func tagsOf(e trace.Encoded, key []byte, f func(attribute) bool) bool {
	has := func(part []byte) bool { return bytes.Contains(part, key) }
	attributes := tagParts(e, has, func(kv []byte) bool {
		num, m, _ := next(kv)
		if num == keyValueKey && !bytes.Equal(m, key) { // usually, the key is first
			return true
		}
		a := newAttribute(kv)
		return !bytes.Equal(a.key, key) || f(a)
	})
	if !attributes || !isField(string(key)) {
		return attributes
	}
	return fields(e, func(a attribute) bool { return !bytes.Equal(a.key, key) || f(a) })
}

// tagParts calls f with the KeyValues of those parts of e that are wanted.
func tagParts(e trace.Encoded, wanted, f func([]byte) bool) bool {
	inSpan := wanted(e.Span)
	return !(inSpan && !each(e.Span, spanAttributes, f) ||
		wanted(e.Resource) && !each(message(e.Resource, resourceSpansResource), resourceAttributes, f) ||
		wanted(e.Scope) && !each(message(e.Scope, scopeSpansScope), scopeAttributes, f) ||
		inSpan && !each(e.Span, spanEvents, func(event []byte) bool { return each(event, eventAttributes, f) }))
}

// service returns what trace.Service does of the decoded resource.
func service(resource []byte) (name string) {
	each(message(resource, resourceSpansResource), resourceAttributes, func(kv []byte) bool {
		a := newAttribute(kv)
		found := string(a.key) == "service.name"
		if found {
			name = a.value().AsString()
		}
		return !found
	})
	return name
}

// isJaeger reports whether a span came in a model of Jaeger's (trace.FormatJaeger).
func isJaeger(span []byte) (jaeger bool) {
	each(span, spanAttributes, func(kv []byte) bool {
		a := newAttribute(kv)
		found := string(a.key) == trace.AttributeFormat
		if found {
			format, _ := a.text()
			jaeger = format == trace.FormatJaeger
		}
		return !found
	})
	return jaeger
}

// fields is tags of what is no attribute.
func fields(e trace.Encoded, f func(attribute) bool) bool {
	field := func(key string, text []byte) bool {
		return len(text) == 0 || f(attribute{key: unsafe.Slice(unsafe.StringData(key), len(key)), field: text})
	}
	scope := message(e.Scope, scopeSpansScope)
	return field(trace.TagScopeName, message(scope, scopeName)) &&
		field(trace.TagScopeVersion, message(scope, scopeVersion)) &&
		each(e.Span, spanEvents, func(event []byte) bool { return field(trace.TagEvent, message(event, eventName)) })
}

// isField reports whether spans may have a tag of that key that is no attribute.
func isField(key string) bool {
	return key == trace.TagScopeName || key == trace.TagScopeVersion || key == trace.TagEvent
}

// value returns the value of an attribute.
func (a attribute) value() pcommon.Value {
	if a.field != nil {
		return pcommon.NewValueStr(string(a.field))
	}
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
	if a.field != nil {
		return text(a.field), true
	}
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

// matchIndexed reports whether a condition of a tag or a link is met
// (Term.MatchSpan).
func matchIndexed(t *trace.Term, v *view) bool {
	if t.Field == trace.FieldLink {
		return matchLinks(t, v.encoded.Span)
	}
	return !v.firehose && matchTags(t, v.encoded)
}

// matchTags reports whether a condition of a tag is met (Term.MatchSpan).
func matchTags(t *trace.Term, e trace.Encoded) bool {
	if isText(t) && !contains(e, t.Text) {
		return false
	}
	negative := t.Cmp == trace.CmpNotEqual || t.Cmp == trace.CmpNotMatch
	found := false
	all := tagsOf(e, []byte(t.Key), func(a attribute) bool {
		found = true
		return matchValue(t, a) == negative
	})
	if negative {
		return found && all
	}
	return !all
}

// matchLinks reports whether a span links to a trace.
func matchLinks(t *trace.Term, span []byte) bool {
	return bytes.Contains(span, t.ID[:]) && !each(span, spanLinks, func(link []byte) bool {
		return !bytes.Equal(message(link, linkTraceID), t.ID[:])
	})
}

// contains reports whether a text is anywhere in a span.
func contains(e trace.Encoded, text string) bool {
	b := unsafe.Slice(unsafe.StringData(text), len(text))
	return bytes.Contains(e.Span, b) || bytes.Contains(e.Resource, b) || bytes.Contains(e.Scope, b)
}

// isText reports whether only a tag that is text can meet t: no number, truth,
// list or map reads as t.Text (pcommon.Value.AsString), nor do bytes in base64.
func isText(t *trace.Term) bool {
	switch {
	case t.Cmp != trace.CmpEqual, t.Number.Valid, t.Text == "", t.Text == "true", t.Text == "false", t.Text == "NaN", strings.ContainsAny(t.Text[:1], "[{<"), strings.HasPrefix(t.Text, "json:"):
		return false
	}
	return len(t.Text)%4 != 0 || strings.ContainsAny(t.Text, "-_.: ")
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

// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"
)

// Encoded is a span as OTLP protobuf, cut where spans of a batch have parts in
// common (opentelemetry/proto/trace/v1/trace.proto).
type Encoded struct {
	Resource []byte // a ResourceSpans without its scope_spans
	Scope    []byte // a ScopeSpans without its spans
	Span     []byte // a Span
}

// Fields of TracesData, ResourceSpans and ScopeSpans: the inner message is 1 in
// the first and 2 in the others.
const (
	fieldResourceSpans protowire.Number = 1
	fieldScopeSpans    protowire.Number = 2
	fieldSpans         protowire.Number = 2
)

// Encode returns the spans of td in the order of Spans(td). Spans of one
// ResourceSpans or ScopeSpans share the bytes of Resource and Scope.
func Encode(td ptrace.Traces) ([]Encoded, error) {
	b, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		return nil, err
	}
	return appendCut(make([]Encoded, 0, td.SpanCount()), b)
}

// Cut returns the spans of a TracesData or ExportTraceServiceRequest, as Encode
// does. Each Span is a part of b. What is in a resource or scope without spans is left
// out; anything else beside spans is an error.
func Cut(b []byte) ([]Encoded, error) { return appendCut(nil, b) }

func appendCut(out []Encoded, b []byte) ([]Encoded, error) {
	rest, resources, err := cut(b, fieldResourceSpans)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, errors.New("more than spans")
	}
	for _, r := range resources {
		resource, scopes, err := cut(r, fieldScopeSpans)
		if err != nil {
			return nil, err
		}
		for _, s := range scopes {
			scope, spans, err := cut(s, fieldSpans)
			if err != nil {
				return nil, err
			}
			out = slices.Grow(out, len(spans))
			for _, span := range spans {
				out = append(out, Encoded{resource, scope, span})
			}
		}
	}
	return out, nil
}

// cut separates the messages in field num of message b from all its other
// fields.
func cut(b []byte, num protowire.Number) (rest []byte, messages [][]byte, err error) {
	for len(b) > 0 {
		n, typ, tag := protowire.ConsumeTag(b)
		if tag < 0 {
			return nil, nil, protowire.ParseError(tag)
		}
		size := protowire.ConsumeFieldValue(n, typ, b[tag:])
		if size < 0 {
			return nil, nil, protowire.ParseError(size)
		}
		if n == num {
			if typ != protowire.BytesType {
				return nil, nil, errors.New("not a message")
			}
			m, _ := protowire.ConsumeBytes(b[tag:])
			messages = append(messages, m)
		} else {
			rest = append(rest, b[:tag+size]...)
		}
		b = b[tag+size:]
	}
	return rest, messages, nil
}

// Decode returns what Join does as a ptrace.Traces. It keeps nothing of spans.
func Decode(spans []Encoded) (ptrace.Traces, error) {
	td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(Join(spans))
	if err != nil {
		return ptrace.Traces{}, fmt.Errorf("stored spans: %w", err)
	}
	return td, nil
}

// Join returns spans as one TracesData, those of the same resource and scope
// together, otherwise in their order.
func Join(spans []Encoded) []byte {
	type scope struct {
		head  []byte
		spans [][]byte
		size  int
	}
	type resource struct {
		head   []byte
		scopes []*scope
		byHead map[string]*scope
		size   int
	}
	var resources []*resource
	byHead := map[string]*resource{}
	for _, e := range spans {
		r := byHead[string(e.Resource)]
		if r == nil {
			r = &resource{head: e.Resource, byHead: map[string]*scope{}}
			byHead[string(e.Resource)] = r
			resources = append(resources, r)
		}
		s := r.byHead[string(e.Scope)]
		if s == nil {
			s = &scope{head: e.Scope}
			r.byHead[string(e.Scope)] = s
			r.scopes = append(r.scopes, s)
		}
		s.spans = append(s.spans, e.Span)
	}

	size := 0
	for _, r := range resources {
		r.size = len(r.head)
		for _, s := range r.scopes {
			s.size = len(s.head)
			for _, span := range s.spans {
				s.size += sizeMessage(fieldSpans, len(span))
			}
			r.size += sizeMessage(fieldScopeSpans, s.size)
		}
		size += sizeMessage(fieldResourceSpans, r.size)
	}
	b := make([]byte, 0, size)
	for _, r := range resources {
		b = append(appendHead(b, fieldResourceSpans, r.size), r.head...)
		for _, s := range r.scopes {
			b = append(appendHead(b, fieldScopeSpans, s.size), s.head...)
			for _, span := range s.spans {
				b = append(appendHead(b, fieldSpans, len(span)), span...)
			}
		}
	}
	return b
}

// sizeMessage is the length of a field that is a message of n bytes.
func sizeMessage(num protowire.Number, n int) int {
	return protowire.SizeTag(num) + protowire.SizeBytes(n)
}

// appendHead appends what is before the n bytes of such a message.
func appendHead(b []byte, num protowire.Number, n int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.BytesType), uint64(n))
}

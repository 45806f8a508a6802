// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/hex"
	"fmt"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/go-spur/spur/model"
)

// otlpView is a Span message in a form that is easy to compare and change.
type otlpView struct {
	trace, span, parent, state, name               string
	kind                                           tracepb.Span_SpanKind
	start, end                                     uint64
	flags                                          uint32
	attributes                                     map[string]string
	droppedAttributes, droppedEvents, droppedLinks uint32
	events                                         []eventView
	links                                          []string
	status                                         tracepb.Status_StatusCode
	message                                        string
}

type eventView struct {
	time       uint64
	name       string
	attributes map[string]string
}

// remove removes an attribute, if it is there.
func (v *otlpView) remove(key string) bool {
	_, ok := v.attributes[key]
	delete(v.attributes, key)
	return ok
}

func viewOfSpan(s *tracepb.Span) otlpView {
	v := otlpView{
		trace: hex.EncodeToString(s.TraceId), span: hex.EncodeToString(s.SpanId), parent: hex.EncodeToString(s.ParentSpanId),
		state: s.TraceState, name: s.Name, kind: s.Kind, start: s.StartTimeUnixNano, end: s.EndTimeUnixNano, flags: s.Flags,
		attributes: viewOf(s.Attributes), droppedAttributes: s.DroppedAttributesCount, droppedEvents: s.DroppedEventsCount, droppedLinks: s.DroppedLinksCount,
		status: s.GetStatus().GetCode(), message: s.GetStatus().GetMessage(),
	}
	for _, e := range s.Events {
		v.events = append(v.events, eventView{e.TimeUnixNano, e.Name, viewOf(e.Attributes)})
	}
	for _, l := range s.Links {
		v.links = append(v.links, fmt.Sprintf("%x/%x %v", l.TraceId, l.SpanId, viewOf(l.Attributes)["opentracing.ref_type"]))
	}
	return v
}

// linksWithout says which links the Collector makes when it takes parent for the
// parent.
func linksWithout(s *model.Span, parent model.SpanID) (links []string) {
	for _, r := range s.References {
		kind := "follows_from"
		if r.Type == model.ChildOf {
			kind = "child_of"
		}
		if r.SpanID != parent || r.Type != model.ChildOf {
			links = append(links, fmt.Sprintf("%s/%s text %q", r.TraceID.Hex32(), r.SpanID, kind))
		}
	}
	return links
}

// viewOfTags is v with kind, status and attributes as if the tags that without
// names were not there.
func viewOfTags(v otlpView, s *model.Span, without func(model.Tag) bool) otlpView {
	c := s.Clone()
	c.Tags = nil
	for _, t := range s.Tags {
		if !without(t) {
			c.Tags = append(c.Tags, t)
		}
	}
	w := viewOfSpan(toOTLPSpan(c))
	v.attributes, v.status, v.message = w.attributes, w.status, w.message
	return v
}

func tagOf(s *model.Span, key string) (model.Tag, bool) {
	for _, t := range s.Tags {
		if t.Key == key {
			return t, true
		}
	}
	return model.Tag{}, false
}

// viewOf prints the values.
func viewOf(list []*commonpb.KeyValue) map[string]string {
	out := map[string]string{}
	for _, kv := range list {
		switch v := kv.Value.Value.(type) {
		case *commonpb.AnyValue_StringValue:
			out[kv.Key] = fmt.Sprintf("text %q", v.StringValue)
		case *commonpb.AnyValue_BoolValue:
			out[kv.Key] = fmt.Sprint("bool ", v.BoolValue)
		case *commonpb.AnyValue_IntValue:
			out[kv.Key] = fmt.Sprint("int ", v.IntValue)
		case *commonpb.AnyValue_DoubleValue:
			out[kv.Key] = fmt.Sprint("double ", v.DoubleValue)
		case *commonpb.AnyValue_BytesValue:
			out[kv.Key] = fmt.Sprintf("bytes %x", v.BytesValue)
		default:
			out[kv.Key] = "nothing"
		}
	}
	return out
}

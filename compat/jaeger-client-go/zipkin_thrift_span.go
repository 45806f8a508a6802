// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur/model"
	z "github.com/uber/jaeger-client-go/thrift-gen/zipkincore"
	"github.com/uber/jaeger-client-go/utils"
)

// BuildZipkinThrift makes what Zipkin is sent of a span. Its tags and logs are there under
// the conditions of Tags.
func BuildZipkinThrift(s *Span) *z.Span {
	b := zipkinBuilder{Span: s.span.Data(), set: s.Tags(), limit: s.tracer.options.maxTagValueLength}
	b.endpoint = &z.Endpoint{ServiceName: s.tracer.serviceName, Ipv4: int32(s.tracer.hostIPv4)}
	b.readSpecialTags()
	start, duration := microseconds(b.Start), durationMicroseconds(s, b.Span)
	span := &z.Span{
		TraceID:   int64(b.TraceID.Low),
		ID:        int64(b.SpanID),
		Name:      b.Operation,
		Timestamp: &start,
		Duration:  &duration,
		Debug:     b.Flags.IsDebug(),
	}
	if high := int64(b.TraceID.High); high != 0 {
		span.TraceIDHigh = &high
	}
	if parent := int64(b.ParentID); parent != 0 {
		span.ParentID = &parent
	}
	span.Annotations = b.annotations()
	span.BinaryAnnotations = b.binaryAnnotations()
	return span
}

// zipkinBuilder is a span, and what some of its tags mean to Zipkin.
type zipkinBuilder struct {
	*model.Span
	set      opentracing.Tags // as the program set them, where that is known
	limit    int              // bytes of a value
	endpoint *z.Endpoint

	kind string
	peer z.Endpoint
	tags []model.Tag // the others, and of a root those of the process
}

func (b *zipkinBuilder) readSpecialTags() {
	for _, tag := range b.Tags {
		if !b.readSpecialTag(tag) {
			b.tags = append(b.tags, tag)
		}
	}
	if b.ParentID == 0 || b.kind == string(ext.SpanKindRPCServerEnum) {
		for _, tag := range b.Process.Tags {
			if tag.Key != TracerIPTagKey && tag.Key != TracerUUIDTagKey {
				b.tags = append(b.tags, tag)
			}
		}
	}
}

// readSpecialTag reports whether a tag becomes something else than an annotation.
func (b *zipkinBuilder) readSpecialTag(tag model.Tag) bool {
	v := tag.Value
	text, number := v.Kind() == model.KindString, v.Kind() == model.KindInt64
	switch tag.Key {
	case string(ext.SpanKind):
		if text {
			b.kind = v.Str()
		}
	case string(ext.PeerHostIPv4):
		if number {
			b.peer.Ipv4 = int32(v.Int64())
		} else if ip, err := utils.ParseIPToUint32(v.Str()); text && err == nil {
			b.peer.Ipv4 = int32(ip)
		}
	case string(ext.PeerPort):
		if number {
			b.peer.Port = int16(v.Int64())
		} else if port, err := utils.ParsePort(v.Str()); text && err == nil {
			b.peer.Port = int16(port)
		}
	case string(ext.PeerService):
		if text {
			b.peer.ServiceName = v.Str()
		}
	case TracerIPTagKey:
	default:
		return false
	}
	return true
}

func (b *zipkinBuilder) isClient() bool { return b.kind == string(ext.SpanKindRPCClientEnum) }

func (b *zipkinBuilder) isRPC() bool {
	return b.isClient() || b.kind == string(ext.SpanKindRPCServerEnum)
}

// annotations are the beginning and the end of a call, and the logs.
func (b *zipkinBuilder) annotations() []*z.Annotation {
	all := make([]*z.Annotation, 0, 2+len(b.Logs))
	at := func(ns int64, value string) {
		all = append(all, &z.Annotation{Timestamp: microseconds(ns), Value: value, Host: b.endpoint})
	}
	if b.isRPC() {
		start, end := z.SERVER_RECV, z.SERVER_SEND
		if b.isClient() {
			start, end = z.CLIENT_SEND, z.CLIENT_RECV
		}
		at(b.Start, start)
		if b.Duration != 0 {
			at(time.Unix(0, b.Start).Add(b.Duration).UnixNano(), end)
		}
	}
	for _, l := range b.Logs {
		at(l.Time, prefix(logText(l.Fields), b.limit))
	}
	return all
}

// logText is the value of a sole field "event", or all fields as JSON.
func logText(fields []model.Tag) string {
	if len(fields) == 1 && fields[0].Key == "event" {
		return zipkinText(fields[0].Value)
	}
	m := make(map[string]string, len(fields))
	for _, f := range fields {
		m[f.Key] = zipkinText(f.Value)
	}
	text, _ := json.Marshal(m) // of strings it cannot fail
	return string(text)
}

// zipkinText is how the fields of a log are written.
func zipkinText(v model.Value) string {
	if v.Kind() == model.KindFloat64 {
		return strconv.FormatFloat(v.Float64(), 'f', 6, 64)
	}
	return v.String()
}

// binaryAnnotations are the peer of a call, or the component, and the tags.
func (b *zipkinBuilder) binaryAnnotations() []*z.BinaryAnnotation {
	all := make([]*z.BinaryAnnotation, 0, 2+len(b.tags))
	if peer := b.peer; b.isRPC() && (peer.ServiceName != "" || peer.Ipv4 != 0 || peer.Port != 0) {
		label := z.CLIENT_ADDR
		if b.isClient() {
			label = z.SERVER_ADDR
		}
		all = append(all, &z.BinaryAnnotation{
			Key: label, Value: []byte{1}, AnnotationType: z.AnnotationType_BOOL, Host: &peer,
		})
	}
	if !b.isRPC() {
		all = append(all, &z.BinaryAnnotation{
			Key: z.LOCAL_COMPONENT, Value: []byte(b.componentName()), AnnotationType: z.AnnotationType_STRING, Host: b.endpoint,
		})
	}
	for _, tag := range b.tags {
		all = append(all, b.binaryAnnotation(tag))
	}
	return all
}

// componentName is the tag component, or the service.
func (b *zipkinBuilder) componentName() string {
	for _, tag := range b.Tags {
		if tag.Key == string(ext.Component) {
			return tag.Value.String()
		}
	}
	return b.endpoint.ServiceName
}

// binaryAnnotation keeps booleans and bytes; Zipkin wants all else as text.
func (b *zipkinBuilder) binaryAnnotation(tag model.Tag) *z.BinaryAnnotation {
	a := &z.BinaryAnnotation{Key: tag.Key}
	switch v := tag.Value; v.Kind() {
	case model.KindBytes:
		a.Value, a.AnnotationType = []byte(v.Str()), z.AnnotationType_BYTES
	case model.KindBool:
		a.Value, a.AnnotationType = []byte{0}, z.AnnotationType_BOOL
		if v.Bool() {
			a.Value[0] = 1
		}
	default:
		text := v.String()
		if f, ok := b.set[tag.Key].(float32); ok { // of which data has more digits
			text = fmt.Sprint(f)
		}
		a.Value, a.AnnotationType = []byte(prefix(text, b.limit)), z.AnnotationType_STRING
	}
	return a
}

// prefix returns the longest beginning of s that has limit bytes at most and ends between
// two characters.
func prefix(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xc0 == 0x80 {
		limit--
	}
	return s[:limit]
}

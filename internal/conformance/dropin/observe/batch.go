// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"fmt"
	"strings"

	thriftjaeger "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

// batchSpan says all of a span of thrift-gen.
func batchSpan(s *thriftjaeger.Span) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s trace=%d,%d span=%d parent=%d flags=%d start=%d duration=%d\n", s.OperationName, s.TraceIdHigh, s.TraceIdLow, s.SpanId, s.ParentSpanId, s.Flags, s.StartTime, s.Duration)
	for _, ref := range s.References {
		fmt.Fprintf(&b, "%s %d,%d,%d\n", ref.RefType, ref.TraceIdHigh, ref.TraceIdLow, ref.SpanId)
	}
	for _, t := range s.Tags {
		fmt.Fprintf(&b, "tag %s\n", tagText(t))
	}
	for _, l := range s.Logs {
		fmt.Fprintf(&b, "log %s\n", logText(l))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func logText(l *thriftjaeger.Log) string {
	fields := []string{fmt.Sprint(l.Timestamp)}
	for _, f := range l.Fields {
		fields = append(fields, tagText(f))
	}
	return strings.Join(fields, " ")
}

// tagText says a tag's key, type and value, and which other values it has.
func tagText(t *thriftjaeger.Tag) string {
	text := fmt.Sprintf("%s=%s", t.Key, t.VType)
	if t.VStr != nil {
		text += fmt.Sprintf(" %q", *t.VStr)
	}
	if t.VDouble != nil {
		text += fmt.Sprintf(" %v", *t.VDouble)
	}
	if t.VBool != nil {
		text += fmt.Sprintf(" %t", *t.VBool)
	}
	if t.VLong != nil {
		text += fmt.Sprintf(" %d", *t.VLong)
	}
	if len(t.VBinary) > 0 {
		text += fmt.Sprintf(" %x", t.VBinary)
	}
	return text
}

// withoutTimes clears what differs from run to run.
func withoutTimes(s *thriftjaeger.Span) *thriftjaeger.Span {
	s.StartTime, s.Duration = 0, 0
	for _, l := range s.Logs {
		l.Timestamp = 0
	}
	return s
}

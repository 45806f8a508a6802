// SPDX-License-Identifier: Apache-2.0

package model

import "time"

// Tag is a key with a frozen value: a span tag, a log field, a process tag or a
// tag that a sampler adds.
type Tag struct {
	Key   string
	Value Value
}

// Log is one timed event of a span.
type Log struct {
	Time   int64 // nanoseconds since 1970
	Fields []Tag
}

// ReferenceType says how a span relates to the one it refers to. The numbers are
// those of jaeger.thrift's SpanRefType.
type ReferenceType uint8

// The types of Reference.
const (
	ChildOf     ReferenceType = iota // the referred span waits for this one
	FollowsFrom                      // the referred span caused this one, or is linked to it
)

// Reference names another span.
type Reference struct {
	TraceID TraceID
	SpanID  SpanID
	Type    ReferenceType
}

// Process describes who sends spans. It is built once for each tracer and never
// modified afterwards, so its pointer identifies it.
type Process struct {
	Service string
	Tags    []Tag
}

// Span is a finished span on its way out. Reporters get a pointer to one that is
// used again as soon as Report returns: whoever keeps a span keeps a copy.
type Span struct {
	Context
	Operation  string
	Start      int64 // nanoseconds since 1970
	Duration   time.Duration
	Tags       []Tag
	Logs       []Log
	References []Reference
	Process    *Process

	TraceState   string // W3C tracestate, as it goes out over OTLP
	ParentRemote bool   // the parent lives in another process
	DroppedTags  uint32 // tags that limits removed
	DroppedLogs  uint32 // logs that limits removed
	DroppedRefs  uint32 // references that limits removed
	Trimmed      bool   // logs or values were removed to make the span fit a packet
}

// Clone returns a copy that shares only immutable data with s.
func (s *Span) Clone() *Span {
	c := *s
	c.Tags = append([]Tag(nil), s.Tags...)
	c.References = append([]Reference(nil), s.References...)
	c.Logs = append([]Log(nil), s.Logs...)
	for i := range c.Logs {
		c.Logs[i].Fields = append([]Tag(nil), s.Logs[i].Fields...)
	}
	return &c
}

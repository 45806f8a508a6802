// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"errors"
	"time"

	"github.com/go-spur/spur/model"
)

// What decoders return, wrapped with the place and the reason.
var (
	ErrMalformed     = errors.New("wire: malformed input")
	ErrUnknownMethod = errors.New("wire: unknown method")
)

// How many bytes the parts around the spans of a message take at most, in either
// protocol and with or without a message around the batch.
const (
	MessageHeadMax = 35 // in addition to the encoded process
	MessageTailMax = 50
)

// ClientStats are the totals of lost spans since the client started
// (jaeger.thrift: ClientStats).
type ClientStats struct {
	FullQueueDroppedSpans int64 // field 1
	TooLargeDroppedSpans  int64 // field 2
	FailedToEmitSpans     int64 // field 3
}

// Batch is what one client sends at once (jaeger.thrift: Batch).
type Batch struct {
	Process  *model.Process // never nil
	Spans    []model.Span   // their Process is the batch's
	SeqNo    int64          // number of the batch, counted by the client
	HasSeqNo bool           // SeqNo was sent
	Stats    *ClientStats   // nil when not sent
}

// Message is a call of agent.thrift's Agent.emitBatch, with its envelope.
type Message struct {
	Method string // "emitBatch"
	Type   byte   // Thrift's message type as sent: 1 is a call, 4 a one-way call
	SeqID  int32
	Batch  Batch
}

const (
	methodEmitBatch = "emitBatch"
	messageCall     = 1
)

// Tags that tell what a span lost on its way. The first three have the names
// that OpenTelemetry prescribes for formats without a field for them.
const (
	tagDroppedTags = "otel.dropped_attributes_count"
	tagDroppedLogs = "otel.dropped_events_count"
	tagDroppedRefs = "otel.dropped_links_count"
	tagTrimmed     = "spur.trimmed"
	maxNotes       = 4
)

// countNotes says how many tags appendNotes appends.
func countNotes(s *model.Span) int {
	if s.DroppedTags|s.DroppedLogs|s.DroppedRefs == 0 && !s.Trimmed {
		return 0
	}
	n := 0
	if s.DroppedTags > 0 {
		n++
	}
	if s.DroppedLogs > 0 {
		n++
	}
	if s.DroppedRefs > 0 {
		n++
	}
	if s.Trimmed {
		n++
	}
	return n
}

// appendNotes appends the tags for what s lost, at most maxNotes.
func appendNotes(tags []model.Tag, s *model.Span) []model.Tag {
	if s.DroppedTags > 0 {
		tags = append(tags, model.Tag{Key: tagDroppedTags, Value: model.Int64(int64(s.DroppedTags))})
	}
	if s.DroppedLogs > 0 {
		tags = append(tags, model.Tag{Key: tagDroppedLogs, Value: model.Int64(int64(s.DroppedLogs))})
	}
	if s.DroppedRefs > 0 {
		tags = append(tags, model.Tag{Key: tagDroppedRefs, Value: model.Int64(int64(s.DroppedRefs))})
	}
	if s.Trimmed {
		tags = append(tags, model.Tag{Key: tagTrimmed, Value: model.Bool(true)})
	}
	return tags
}

// durationMicros is d in whole microseconds, and at least one: Jaeger shows a
// duration of zero as missing.
func durationMicros(d time.Duration) int64 { return max(int64(d)/1000, 1) }

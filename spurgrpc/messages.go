// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"github.com/opentracing/opentracing-go/log"
	"google.golang.org/protobuf/proto"

	"github.com/go-spur/spur"
)

const (
	sent     = "sent"
	received = "received"
)

// logMessage logs a message of known sizes.
func logMessage(span *spur.Span, direction string, number int64, size, compressed int) {
	fields := [...]log.Field{
		log.Event("message"), log.String("message.type", direction), log.Int64("message.id", number),
		log.Int("message.uncompressed_size", size), log.Int("message.compressed_size", compressed),
	}
	if size == compressed {
		span.LogFields(fields[:4]...)
		return
	}
	span.LogFields(fields[:]...)
}

// logObject logs a message that an interceptor sees, whose size is known if it is
// a protobuf message.
func logObject(span *spur.Span, direction string, number int64, m any) {
	if !span.IsRecording() {
		return
	}
	if pm, ok := m.(proto.Message); ok {
		size := proto.Size(pm)
		logMessage(span, direction, number, size, size)
		return
	}
	span.LogFields(log.Event("message"), log.String("message.type", direction), log.Int64("message.id", number))
}

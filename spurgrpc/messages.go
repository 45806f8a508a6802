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

// logMessage logs a message. size is -1 when it is not known.
func logMessage(span *spur.Span, direction string, number int64, size, compressed int) {
	fields := [...]log.Field{
		log.Event("message"), log.String("message.type", direction), log.Int64("message.id", number),
		log.Int("message.uncompressed_size", size), log.Int("message.compressed_size", compressed),
	}
	n := len(fields)
	switch {
	case size < 0:
		n = 3
	case size == compressed:
		n = 4
	}
	span.LogFields(fields[:n]...)
}

// logObject logs a message that an interceptor sees, whose size is known if it is
// a protobuf message.
func logObject(span *spur.Span, direction string, number int64, m any) {
	if !span.IsRecording() {
		return
	}
	size := -1
	if pm, ok := m.(proto.Message); ok {
		try(func() { size = proto.Size(pm) })
	}
	logMessage(span, direction, number, size, size)
}

// logObject logs the only message in its direction, if messages are logged.
func (c *config) logObject(span *spur.Span, direction string, m any) {
	if c.events {
		logObject(span, direction, 1, m)
	}
}

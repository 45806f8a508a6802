// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/propagation"
)

// Produce sends a record, which tells the consumer of the span.
func Produce(ctx context.Context, tracer *spur.Tracer, client *kgo.Client, record *kgo.Record) error {
	ctx, span := tracer.Start(ctx, "send "+record.Topic, ext.SpanKindProducer)
	defer span.Finish()
	_ = tracer.Inject(span.Context(), opentracing.TextMap, kafkaHeaders(record))
	err := client.ProduceSync(ctx, record).FirstErr()
	span.SetError(err)
	return err
}

// Consume starts the span for the work on a record. It follows the producer's, which
// does not wait for it.
func Consume(ctx context.Context, tracer *spur.Tracer, record *kgo.Record) (context.Context, *spur.Span) {
	producer, _ := tracer.Extract(opentracing.TextMap, kafkaHeaders(record)) // nil when there is none
	return tracer.Start(ctx, "process "+record.Topic, ext.SpanKindConsumer, opentracing.FollowsFrom(producer))
}

// kafkaHeaders has the headers of a record as a carrier.
func kafkaHeaders(record *kgo.Record) *propagation.Messages[kgo.RecordHeader] {
	return &propagation.Messages[kgo.RecordHeader]{
		Headers: &record.Headers,
		Split:   func(h *kgo.RecordHeader) (string, []byte) { return h.Key, h.Value },
		Join:    func(key string, value []byte) kgo.RecordHeader { return kgo.RecordHeader{Key: key, Value: value} },
	}
}

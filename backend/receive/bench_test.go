// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// benchSpans is the number of spans in a batch, each with 12 tags.
const benchSpans = 100

func benchBatch() *wire.Batch {
	b := &wire.Batch{Process: &model.Process{Service: "shop", Tags: []model.Tag{{Key: "hostname", Value: model.String("host")}}}}
	var tags []model.Tag
	for i := range 12 {
		tags = append(tags, model.Tag{Key: fmt.Sprint("http.request.header.", i), Value: model.String("some value")})
	}
	for i := range benchSpans {
		b.Spans = append(b.Spans, model.Span{Context: model.Context{TraceID: model.TraceID{Low: 1, High: 2}, SpanID: model.SpanID(i + 1)}, Operation: "GET /", Start: 1, Duration: 1000, Tags: tags})
	}
	return b
}

// perSpan runs f on batches and reports the time a span.
func perSpan(b *testing.B, name string, f func() error) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(benchSpans*b.N), "ns/span")
	})
}

func BenchmarkThrift(b *testing.B) {
	batch := benchBatch()
	var spans []byte
	for i := range batch.Spans {
		spans = wire.AppendCompactSpan(spans, &batch.Spans[i])
	}
	data := wire.AppendCompactMessageHead(nil, 1, wire.AppendCompactProcess(nil, batch.Process), benchSpans)
	data = wire.AppendCompactMessageTail(append(data, spans...), 0, nil)
	perSpan(b, "decode", func() error {
		_, err := wire.DecodeCompactMessage(data)
		return err
	})
	perSpan(b, "traces", func() error {
		jaeger.Traces(batch)
		return nil
	})
}

func BenchmarkOTLP(b *testing.B) {
	data := protoOf(b, jaeger.Traces(benchBatch()))
	perSpan(b, "filter", func() error {
		_, err := filter(data, func(span []byte) bool { return checkSpan(span) == "" })
		return err
	})
	perSpan(b, "unmarshal", func() error {
		_, err := unmarshalProto(data)
		return err
	})
}

func BenchmarkPostSpans(b *testing.B) {
	tags := func(all []model.Tag) (fields []byte) {
		for _, t := range all {
			fields = append(fields, field(8, jTag(t.Key, 0, field(3, t.Value.Str())))...)
		}
		return fields
	}
	batch := field(2, field(1, "shop"))
	for _, s := range benchBatch().Spans {
		batch = append(batch, field(1, jSpan(field(3, s.Operation), field(6, jTime(1, 0)), field(7, jTime(0, 1000)), tags(s.Tags)))...)
	}
	data := postOf(batch)
	perSpan(b, "decode", func() error {
		_, err := decodePostSpans(data)
		return err
	})
}

// BenchmarkZipkin reads what real clients posted; its time is that of a span.
func BenchmarkZipkin(b *testing.B) {
	for end, file := range map[string]string{".v1.json": "zipkinjs-shared", ".v1.thrift": "jaegergo-values", ".v2.json": "zipkingo-shared", ".v2.pb": "zipkingo-shared"} {
		body := read(b, "zipkin/"+file+end)
		b.Run(end[1:], func(b *testing.B) {
			b.ReportAllocs()
			spans := 0
			for b.Loop() {
				r, err := zipkinDecoders[end](body, time.Time{})
				if err != nil {
					b.Fatal(err)
				}
				spans += r.traces.SpanCount()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(spans), "ns/span")
		})
	}
}

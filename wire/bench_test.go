// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"testing"

	"github.com/go-spur/spur/model"
)

// BenchmarkEncode compares all formats on the same spans.
func BenchmarkEncode(b *testing.B) {
	formats := []struct {
		name string
		span func([]byte, *model.Span) []byte
	}{{"otlp", AppendOTLPSpan}, {"semantic", AppendOTLPSpanSemantic}}
	for _, c := range codecs() {
		formats = append(formats, struct {
			name string
			span func([]byte, *model.Span) []byte
		}{c.name, c.span})
	}
	accents := rpcSpan() // valid UTF-8 that is not ASCII
	accents.Operation, accents.Tags[1].Value = "Fahrer::nächster", model.String("Größe")
	broken := rpcSpan()
	broken.Operation, broken.Tags[1].Value = "Driver::\xff", model.String("g\xffRPC")
	for _, s := range []struct {
		name string
		span *model.Span
	}{{"root", rootSpan()}, {"rpc", rpcSpan()}, {"large", largeSpan()}, {"accents", accents}, {"broken", broken}} {
		for _, f := range formats {
			b.Run(s.name+"/"+f.name, func(b *testing.B) {
				buf := f.span(make([]byte, 0, 1<<16), s.span)
				b.ReportMetric(float64(len(buf)), "B/span")
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					buf = f.span(buf[:0], s.span)
				}
			})
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range codecs() {
		m := goldenMessage()
		m.Batch.Spans = nil
		for range 100 {
			m.Batch.Spans = append(m.Batch.Spans, *rpcSpan())
		}
		input := c.message(m)
		b.Run(c.name+"/100rpc", func(b *testing.B) {
			b.SetBytes(int64(len(input)))
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if _, err := c.decodeMessage(input); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeOTLP(b *testing.B) {
	batch := goldenMessage().Batch
	batch.Spans = nil
	for range 100 {
		batch.Spans = append(batch.Spans, *rpcSpan())
	}
	input := otlpRequest(&batch, AppendOTLPSpan)
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, err := DecodeOTLP(input); err != nil {
			b.Fatal(err)
		}
	}
}

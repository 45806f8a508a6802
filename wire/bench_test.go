// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"testing"

	"github.com/go-spur/spur/model"
)

func BenchmarkEncode(b *testing.B) {
	for _, c := range codecs() {
		for _, s := range []struct {
			name string
			span *model.Span
		}{{"root", rootSpan()}, {"rpc", rpcSpan()}} {
			b.Run(c.name+"/"+s.name, func(b *testing.B) {
				buf := make([]byte, 0, 4096)
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					buf = c.span(buf[:0], s.span)
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

// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"strings"
	"testing"

	"github.com/go-spur/spur/propagation"
)

// BenchmarkJaeger has eight ordinary headers beside the tracer's own.
func BenchmarkJaeger(b *testing.B) {
	http, text, binary := newJaeger(b, propagation.HTTP), newJaeger(b, propagation.Text), newBinary(b)
	for _, baggage := range []struct {
		name  string
		items []string
	}{{"ids", nil}, {"2 items", []string{"tenant=acme corp", "user-id=42"}}} {
		c := aContext
		c.Baggage = members(baggage.items...)
		header := ordinary(nil)
		http.Inject(&c, header)
		message := asText(ordinary(nil), strings.ToLower)
		text.Inject(&c, message)
		frame := binary.AppendBinary(nil, &c)

		b.Run("inject/http/"+baggage.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				http.Inject(&c, header)
			}
		})
		b.Run("inject/text/"+baggage.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				text.Inject(&c, message)
			}
		})
		b.Run("extract/http/"+baggage.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if _, err := http.Extract(header); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("extract/text/"+baggage.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if _, err := text.Extract(message); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("append/binary/"+baggage.name, func(b *testing.B) {
			b.ReportAllocs()
			buf := make([]byte, 0, 256)
			for range b.N {
				_ = binary.AppendBinary(buf, &c)
			}
		})
		b.Run("parse/binary/"+baggage.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if _, err := binary.ParseBinary(frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkJaegerParallel shows what the shared counters cost.
func BenchmarkJaegerParallel(b *testing.B) {
	p := newJaeger(b, propagation.HTTP)
	c := aContext
	header := ordinary(nil)
	p.Inject(&c, header)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := p.Extract(header); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkComposite has eight ordinary headers beside the tracer's own.
func BenchmarkComposite(b *testing.B) {
	all := formats{fJaeger, fW3C, fB3}
	for _, tt := range []struct {
		name   string
		inject formats
	}{{"jaeger", formats{fJaeger}}, {"w3c", formats{fW3C}}, {"b3", formats{fB3}}, {"default", formats{fJaeger, fW3C}}, {"all", all}} {
		for _, baggage := range []struct {
			name  string
			items []string
		}{{"ids", nil}, {"2 items", []string{"tenant=acme corp", "user-id=42"}}} {
			p := newComposite(b, propagation.HTTP, all, tt.inject)
			c := aContext
			c.Baggage = members(baggage.items...)
			header := ordinary(nil)
			p.Inject(&c, header)
			b.Run("inject/"+tt.name+"/"+baggage.name, func(b *testing.B) {
				b.ReportAllocs()
				for range b.N {
					p.Inject(&c, header)
				}
			})
			b.Run("extract/"+tt.name+"/"+baggage.name, func(b *testing.B) {
				b.ReportAllocs()
				for range b.N {
					if _, err := p.Extract(header); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkHostile is to stay below a millisecond for a thousand keys.
func BenchmarkHostile(b *testing.B) {
	for name, h := range hostileHeaders() {
		for extractor, speaks := range extractors() {
			b.Run(strings.ReplaceAll(extractor+"/"+name, " ", "_"), func(b *testing.B) {
				p := newComposite(b, propagation.HTTP, speaks, nil)
				b.ReportAllocs()
				for range b.N {
					_, _ = p.Extract(h)
				}
			})
		}
	}
}

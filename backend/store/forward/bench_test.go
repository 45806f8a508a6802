// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"context"
	"fmt"
	"testing"

	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/trace"
)

// BenchmarkForward is what a span costs between Write and a receiver that does
// nothing, in batches of 500 with ten attributes each.
func BenchmarkForward(b *testing.B) {
	td := spans(0, 500)
	for s := range trace.Spans(td) {
		for i := range 10 {
			s.Attributes().PutStr(fmt.Sprintf("http.attribute.%d", i), "a value of usual length")
		}
	}
	all, err := trace.Encode(td)
	if err != nil {
		b.Fatal(err)
	}
	for _, spool := range []string{"", b.TempDir()} {
		b.Run(fmt.Sprintf("spool=%v", spool != ""), func(b *testing.B) {
			dial := func(send.Config) (send.Sender, error) { return discard{}, nil }
			s, err := open(Config{Endpoints: []string{"a:1"}, Spool: spool}, deps{dial: dial}, nil, quiet)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for n := 0; n < b.N; n += 500 {
				if err := s.WriteEncoded(b.Context(), all); err != nil {
					b.Fatal(err)
				}
			}
			for s.Books().Waiting > 0 {
				s.drain()
			}
			_ = s.Close() // nothing waits
		})
	}
}

// discard is a send.Sender.
type discard struct{}

func (discard) Send(context.Context, send.Batch) error { return nil }
func (discard) Close() error                           { return nil }

// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
)

// giants are spans as large as the limits of the root package let them become.
func giants() map[string]*model.Span {
	long := strings.Repeat("x", 16384)
	logs, small, tags := rootSpan(1), rootSpan(2), rootSpan(3)
	for i := range 1000 {
		at := logs.Start + int64(i)
		logs.Logs = append(logs.Logs, model.Log{Time: at, Fields: []model.Tag{{Key: "event", Value: model.String(long)}}})
		small.Logs = append(small.Logs, model.Log{Time: at, Fields: []model.Tag{{Key: "event", Value: model.String(long[:200+i%7])}}})
		tags.Tags = append(tags.Tags, model.Tag{Key: fmt.Sprintf("key-%d", i), Value: model.String(long[:4096-i%11])})
	}
	return map[string]*model.Span{"1000 long logs": logs, "1000 logs": small, "1000 long tags": tags}
}

func BenchmarkReportGiant(b *testing.B) {
	for name, s := range giants() {
		for _, format := range []transport.Format{transport.JaegerCompact, transport.JaegerBatch, transport.OTLP} {
			b.Run(name+"/"+format.String(), func(b *testing.B) {
				r := newBatching(b, discard{format}, BatchingOptions{FlushInterval: never, Shards: 1})
				b.ReportAllocs()
				for range b.N {
					r.Report(s)
				}
				mustClose(b, r)
			})
		}
	}
}

// A span of 16 MB costs a few encodings of what fits into a batch, all told.
func TestGiantsCostLittle(t *testing.T) {
	for name, s := range giants() {
		for _, format := range []transport.Format{transport.JaegerCompact, transport.JaegerBinary, transport.OTLP} {
			f := newFake(65000)
			f.format = format
			r := newBatching(t, f, BatchingOptions{FlushInterval: never, Shards: 1})
			encode, bytes := r.enc.span, 0
			r.enc.span = func(dst []byte, s *model.Span) []byte {
				out := encode(dst, s)
				bytes += len(out) - len(dst)
				return out
			}
			r.Report(s)
			if bytes > 12*65000 {
				t.Errorf("%s: %s: %d bytes were encoded", name, format, bytes)
			}
			mustClose(t, r)
			expectColumns(t, r, columns{Sent: 1})
			if size := len(f.got[0]); size < 48000 {
				t.Errorf("%s: %s: trimmed to %d bytes, there is room for 65000", name, format, size)
			}
		}
	}
}

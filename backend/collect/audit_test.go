// SPDX-License-Identifier: Apache-2.0

package collect

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"
)

func message(num protowire.Number, inner []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), inner)
}

// TestMemory: what waits takes no more memory than is counted, and what is
// counted as OTLP is enough, whatever the spans are made of.
func TestMemory(t *testing.T) {
	const n = 4_000
	times := func(b []byte) []byte { return bytes.Repeat(b, n) }
	ids := append(message(1, bytes.Repeat([]byte{1}, 16)), message(2, bytes.Repeat([]byte{2}, 8))...)
	span := message(2, ids)
	in := func(fields ...[]byte) []byte {
		return message(1, message(2, message(2, append(ids, bytes.Join(fields, nil)...))))
	}
	entity := append(message(1, nil), message(3, nil)...)
	link := append(ids, 0x35, 1, 1, 1, 1)
	for name, b := range map[string][]byte{
		"spans":           message(1, message(2, times(span))),
		"scopes":          message(1, times(message(2, span))),
		"resources":       times(message(1, message(2, span))),
		"empty scopes":    message(1, append(message(2, span), times(message(2, nil))...)),
		"empty resources": append(message(1, message(2, span)), times(message(1, nil))...),
		"entities":        message(1, append(message(1, times(message(3, entity))), message(2, span)...)),
		"entity keys":     message(1, append(message(1, message(3, times(message(3, nil)))), message(2, span)...)),
		"tags":            in(times(message(9, append(message(1, []byte("k")), message(2, message(1, []byte("v")))...)))),
		"events":          in(times(message(11, nil))),
		"links":           in(times(message(13, link))),
		"empty links":     in(times(message(13, nil))),
		"long names":      message(1, message(2, bytes.Repeat(message(2, append(message(5, bytes.Repeat([]byte("x"), 1_000)), ids...)), n/100))),
	} {
		c := &Collector{config: Config{MaxSpanBytes: DefaultMaxSpanBytes}}
		before := heap()
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
		if err != nil {
			t.Fatal(err)
		}
		p := c.validate(td)
		if used := heap() - before; used > p.memory*5/4+4_096 {
			t.Errorf("%s: %d bytes in memory, %d counted", name, used, p.memory)
		}
		if p.spans == 0 || p.refused != nil {
			t.Errorf("%s: %d spans, refused %v", name, p.spans, p.refused)
		}
		most := 0
		for _, rs := range td.ResourceSpans().All() {
			a := mendResource(rs)
			for _, ss := range rs.ScopeSpans().All() {
				a = a.plus(mendScope(ss))
				for _, s := range ss.Spans().All() {
					a = a.plus(mendSpan(s))
				}
			}
			most += a.mostOTLP()
		}
		if size := new(ptrace.ProtoMarshaler).TracesSize(td); size > most {
			t.Errorf("%s: %d bytes of OTLP, %d counted", name, size, most)
		}
		runtime.KeepAlive(p)
	}
}

// TestRefusedMemory: the text of a span that is refused counts as long as that of
// others, of which it can be a part, is kept.
func TestRefusedMemory(t *testing.T) {
	c := &Collector{config: Config{MaxSpanBytes: DefaultMaxSpanBytes}}
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	spans.AppendEmpty().SetName(strings.Repeat("x", 100_000))
	kept := spans.AppendEmpty()
	kept.SetTraceID([16]byte{1})
	kept.SetSpanID([8]byte{1})
	if p := c.validate(td); p.spans != 1 || p.memory < 100_000 {
		t.Errorf("%d spans, %d bytes", p.spans, p.memory)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

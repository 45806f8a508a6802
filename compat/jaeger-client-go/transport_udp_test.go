// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"strings"
	"testing"

	"github.com/go-spur/spur/spurtest"
	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/internal/reporterstats"
)

// losses are a reporter's.
type losses int64

func (l losses) SpansDroppedFromQueue() int64 { return int64(l) }

// A program may call the transport by itself.
func TestUDPTransport(t *testing.T) {
	spurtest.CheckLeaks(t)
	agent := spurtest.NewAgent(t)
	tp, err := jaeger.NewUDPTransport(agent.Addr(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	tp.(reporterstats.Receiver).SetReporterStats(losses(5))
	tracer, _ := newTracer(t, nil)
	expect := func(what string, n int, err error, wantN int, wantErr string) {
		t.Helper()
		text := ""
		if err != nil {
			text = err.Error()
		}
		if n != wantN || text != wantErr {
			t.Errorf("%s: %d, %q; want %d, %q", what, n, text, wantN, wantErr)
		}
	}
	n, err := tp.Flush()
	expect("empty Flush", n, err, 0, "")
	large := start(tracer, strings.Repeat("x", 1000))
	n, err = tp.Append(large)
	expect("a span larger than a datagram", n, err, 1, "span is too large")
	small := start(tracer, strings.Repeat("s", 200))
	sent := 0
	for sent == 0 {
		if n, err = tp.Append(small); err != nil {
			t.Fatal(err)
		}
		sent += n
	}
	n, err = tp.Flush()
	expect("Flush of the span that was too much", n, err, 1, "")
	arrived(t, agent, sent+1)
	b := agent.Batches()
	if len(b) != 2 || b[0].SeqNo != 1 || b[1].SeqNo != 2 || b[0].Stats.FullQueueDroppedSpans != 5 || b[0].Stats.TooLargeDroppedSpans != 1 {
		t.Errorf("batches %+v", b)
	}
	if size := b[0].Size; size > 1000 || size+350 < 1000 {
		t.Errorf("a datagram of %d bytes", size)
	}
	if p := b[1].Process; p.Service != "orders" {
		t.Errorf("process %+v", p)
	}
	if err := tp.Close(); err != nil {
		t.Error(err)
	}
}

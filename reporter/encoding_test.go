// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"bytes"
	"strings"
	"testing"

	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// sendOne reports one span over a fake of the given format and returns the batch.
func sendOne(t *testing.T, format transport.Format, o BatchingOptions) (batch []byte, name string) {
	t.Helper()
	f := newFake(65000)
	f.format, o.FlushInterval = format, never
	r := newBatching(t, f, o)
	r.Report(rpcSpan(7))
	mustClose(t, r)
	expectColumns(t, r, columns{Sent: 1})
	if len(f.got) != 1 {
		t.Fatalf("%d batches", len(f.got))
	}
	return f.got[0], stats(r).Name
}

func TestOTLPBatch(t *testing.T) {
	s := rpcSpan(7)
	resource := wire.AppendOTLPResource(nil, testProcess)
	plain, semantic := wire.AppendOTLPSpan(nil, s), wire.AppendOTLPSpanSemantic(nil, s)
	for _, tc := range []struct {
		name  string
		o     BatchingOptions
		span  []byte
		stats *wire.ClientStats
	}{
		{"default", BatchingOptions{}, plain, nil},
		{"semantic names", BatchingOptions{SemanticNames: true}, semantic, nil},
		{"in-band stats", BatchingOptions{InBandStats: true}, plain, &wire.ClientStats{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := append(wire.AppendOTLPHead(nil, resource, len(tc.span), 1, tc.stats), tc.span...)
			if got, name := sendOne(t, transport.OTLP, tc.o); !bytes.Equal(got, want) || name != "otlp" {
				t.Errorf("%q sent\n%q, want\n%q", name, got, want)
			}
		})
	}
	if bytes.Equal(plain, semantic) {
		t.Error("both names are the same")
	}
}

// The options for OTLP change no other format.
func TestOTLPOptionsElsewhere(t *testing.T) {
	for format, name := range map[transport.Format]string{
		transport.JaegerCompact: "agent", transport.JaegerBinary: "agent", transport.JaegerBatch: "collector",
	} {
		a, got := sendOne(t, format, BatchingOptions{})
		b, _ := sendOne(t, format, BatchingOptions{SemanticNames: true, InBandStats: true})
		if !bytes.Equal(a, b) || got != name {
			t.Errorf("%v (%q):\n%q and\n%q", format, got, a, b)
		}
	}
}

// Hints name what the reader can change: nobody with a collector has an agent.
func TestHints(t *testing.T) {
	for why := Reason(0); why < numLosses; why++ {
		for _, f := range []transport.Format{transport.JaegerCompact, transport.JaegerBinary, transport.JaegerBatch, transport.OTLP} {
			h := hint(why, f, "")
			web := f == transport.JaegerBatch || f == transport.OTLP
			if h == "" || web && (strings.Contains(h, "AGENT") || strings.Contains(h, "packet")) ||
				!web && (strings.Contains(h, "ENDPOINT") || strings.Contains(h, "requests")) || f == transport.JaegerBatch && strings.Contains(h, "OTEL") {
				t.Errorf("%v over %v: %s", why, f, h)
			}
		}
	}
}

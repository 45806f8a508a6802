// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

func TestOTLPResource(t *testing.T) {
	text := func(k, v string) model.Tag { return model.Tag{Key: k, Value: model.String(v)} }
	ours := []model.Tag{text("jaeger.version", "Go-spur-1.2"), text("hostname", "h"), text("ip", "10.0.0.1"), text("client-uuid", "00ff")}
	for _, tt := range []struct {
		name string
		in   model.Process
		want string // attributes as text
		back model.Process
	}{
		{
			"ours",
			model.Process{Service: "svc", Tags: ours},
			"service.name=svc telemetry.sdk.name=spur telemetry.sdk.language=go telemetry.sdk.version=1.2 host.name=h ip=10.0.0.1 service.instance.id=00ff",
			model.Process{Service: "svc", Tags: ours},
		},
		{
			"names that the user has",
			model.Process{Service: "svc", Tags: append([]model.Tag{text("host.name", "x"), text("service.instance.id", "y"), text("telemetry.sdk.language", "z")}, ours...)},
			"service.name=svc host.name=x service.instance.id=y telemetry.sdk.language=z jaeger.version=Go-spur-1.2 hostname=h ip=10.0.0.1 client-uuid=00ff",
			model.Process{Service: "svc", Tags: append([]model.Tag{text("host.name", "x"), text("service.instance.id", "y"), text("telemetry.sdk.language", "z")}, ours...)},
		},
		{
			"service of the user",
			model.Process{Service: "svc", Tags: []model.Tag{text("service.name", "other")}},
			"service.name=other",
			model.Process{Service: "other"},
		},
		{
			"another version",
			model.Process{Service: "svc", Tags: []model.Tag{text("jaeger.version", "Go-2.30.0")}},
			"service.name=svc jaeger.version=Go-2.30.0",
			model.Process{Service: "svc", Tags: []model.Tag{text("jaeger.version", "Go-2.30.0")}},
		},
		{
			"not UTF-8",
			model.Process{Service: "s\xff"},
			"service.name=s\ufffd",
			model.Process{Service: "s\ufffd"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			request := AppendOTLPHead(nil, AppendOTLPResource(nil, &tt.in), 0, 0, nil)
			if got := resourceText(t, request); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			batches, err := DecodeOTLP(request)
			if err != nil || len(batches) != 1 || !reflect.DeepEqual(batches[0].Process, &tt.back) {
				t.Errorf("back: %+v, error %v", batches, err)
			}
		})
	}
}

// resourceText prints the attributes of the resource, before the decoder gives
// them other names.
func resourceText(t *testing.T, request []byte) string {
	t.Helper()
	d := otlpDecoder{otlpReader: otlpReader{b: request, end: len(request)}, blocks: blocks{fill: true}}
	var parts []string
	for _, key := range []uint32{resourceSpansKey, resourceKey} {
		if d.field() != key {
			t.Fatal("no resource")
		}
		d.open()
	}
	for d.field() == resourceAttributesKey {
		tag := d.tag()
		parts = append(parts, tag.Key+"="+tag.Value.String())
	}
	if d.err != nil {
		t.Fatal(d.err)
	}
	return strings.Join(parts, " ")
}

func TestOTLPStats(t *testing.T) {
	p := &model.Process{Service: "svc"}
	for _, tt := range []struct {
		name     string
		seqNo    int64
		stats    *ClientStats
		wantNo   bool
		wantStat bool
	}{
		{"none", 7, nil, false, false},
		{"stats", 7, &ClientStats{1, 2, math.MaxInt64}, true, true},
		{"no number", 0, &ClientStats{-1, 0, 3}, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			batches, err := DecodeOTLP(otlpRequest(&Batch{Process: p, SeqNo: tt.seqNo, Stats: tt.stats, Spans: []model.Span{*rpcSpan()}}, AppendOTLPSpan))
			if err != nil || len(batches) != 1 {
				t.Fatalf("%d batches, error %v", len(batches), err)
			}
			b := batches[0]
			if b.HasSeqNo != tt.wantNo || b.HasSeqNo && b.SeqNo != tt.seqNo || (b.Stats != nil) != tt.wantStat || b.Stats != nil && *b.Stats != *tt.stats {
				t.Errorf("got %+v, stats %+v", b, b.Stats)
			}
		})
	}
}

func TestOTLPEncodersAllocateNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("allocations differ under the race detector")
	}
	s := largeSpan()
	s.DroppedTags, s.DroppedLogs, s.DroppedRefs, s.Trimmed = 1, 2, 3, true
	s.Tags = append(s.Tags,
		model.Tag{Key: "bad\xff", Value: model.String("\xff" + strings.Repeat("x", 200))},
		model.Tag{Key: "peer.address", Value: model.String("10.0.0.1:80")},
		model.Tag{Key: "peer.hostname", Value: model.String("h")})
	process := &model.Process{Service: "svc", Tags: append([]model.Tag{{Key: "jaeger.version", Value: model.String("Go-spur-1")}}, s.Tags...)}
	resource := AppendOTLPResource(nil, process)
	stats := &ClientStats{math.MaxInt64, math.MaxInt64, math.MaxInt64}
	buf := make([]byte, 0, 1<<14)
	for name, encode := range map[string]func(){
		"span":     func() { buf = AppendOTLPSpan(buf[:0], s) },
		"semantic": func() { buf = AppendOTLPSpanSemantic(buf[:0], s) },
		"resource": func() { buf = AppendOTLPResource(buf[:0], process) },
		"head":     func() { buf = AppendOTLPHead(buf[:0], resource, 1<<20, math.MaxInt64, stats) },
	} {
		if n := testing.AllocsPerRun(100, encode); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"errors"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
)

// TestExportEncoded: a sink that takes spans as they came gets those that are not
// refused, and what it does not get so is decoded.
func TestExportEncoded(t *testing.T) {
	from := trace.Origin{Protocol: "otlp", Transport: "http"}
	td := jaeger.Traces(benchBatch())
	spans := td.SpanCount()
	all := protoOf(t, td)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(1).SetSpanID(pcommon.SpanID{})
	one := protoOf(t, td)
	old := appendBytes(bytes.Clone(all), fieldResourceSpans, appendBytes(nil, fieldDeprecatedSpans, appendBytes(nil, fieldSpans, aSpan)))
	for name, test := range map[string]struct {
		body                    []byte
		busy                    bool
		encoded, decoded, wrong int
	}{
		"all":          {body: all, encoded: spans},
		"one is wrong": {body: one, encoded: spans - 1, wrong: 1},
		"none":         {},
		"busy":         {body: one, busy: true, wrong: 1},
		"old fields":   {body: old, decoded: spans + 1},
		"more":         {body: protowire.AppendVarint(protowire.AppendTag(bytes.Clone(all), 9, protowire.VarintType), 1), decoded: spans},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSink()
			s.raw, s.busy = true, test.busy
			refused, err := exportProto(t.Context(), test.body, s, from)
			if errors.Is(err, trace.ErrBusy) != test.busy || err != nil && !test.busy {
				t.Fatal(err)
			}
			decoded := 0
			for _, td := range s.taken {
				decoded += td.SpanCount()
			}
			if len(s.encoded) != test.encoded || decoded != test.decoded || s.refused[trace.ReasonSpanID] != test.wrong || !test.busy && len(refused) != test.wrong {
				t.Errorf("%d spans as they came, %d decoded, refused %v, answered %v", len(s.encoded), decoded, s.refused, refused)
			}
		})
	}
}

// aSpan is a span with nothing but ids.
var aSpan = appendBytes(appendBytes(nil, fieldTraceID, bytes.Repeat([]byte{1}, 16)), fieldSpanID, bytes.Repeat([]byte{1}, 8))

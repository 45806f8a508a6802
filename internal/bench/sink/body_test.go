// SPDX-License-Identifier: Apache-2.0

package sink

import (
	"strconv"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

func TestBodyCounters(t *testing.T) {
	process := &model.Process{Service: "s", Tags: []model.Tag{{Key: "k", Value: model.Int64(1)}}}
	span := &model.Span{Operation: "op", Tags: []model.Tag{{Key: "k", Value: model.String("v")}}}
	var c thriftCounter
	for i, n := range []int{1, 0, 300, 70_000} {
		thrift := wire.AppendBinaryBatchHead(nil, wire.AppendBinaryProcess(nil, process), n)
		var spans []byte
		for range n {
			thrift, spans = wire.AppendBinarySpan(thrift, span), wire.AppendOTLPSpan(spans, span)
		}
		thrift = wire.AppendBinaryBatchTail(thrift, int64(i), nil)
		otlp := append(wire.AppendOTLPHead(nil, wire.AppendOTLPResource(nil, process), len(spans), 1, nil), spans...)
		if got, ok := c.count(thrift); got != uint64(n) || !ok {
			t.Errorf("Thrift: %d spans, %v, want %d", got, ok, n)
		}
		if got, ok := countOTLP(otlp, 1, 2, 2); got != uint64(n) || !ok {
			t.Errorf("OTLP: %d spans, %v, want %d", got, ok, n)
		}
		if got, ok := countOTLP(otlp[:len(otlp)-1], 1, 2, 2); ok {
			t.Errorf("OTLP, cut off: %d spans", got)
		}
	}
	c.batches = 64 // the next is decoded
	if n, ok := c.count(wire.AppendBinaryBatchTail(wire.AppendBinaryBatchHead(nil, wire.AppendBinaryProcess(nil, process), 5), 1, nil)); ok {
		t.Error("a batch with fewer spans than it says counts as " + strconv.FormatUint(n, 10))
	}
}

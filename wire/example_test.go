// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"fmt"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// A datagram for an agent: the spans are encoded first, behind room for the head,
// which is written when their number is known.
func Example() {
	process := wire.AppendCompactProcess(nil, &model.Process{Service: "orders"})
	headroom := wire.MessageHeadMax + len(process)

	buf := make([]byte, headroom, 65000)
	for i := range 2 {
		buf = wire.AppendCompactSpan(buf, &model.Span{
			Context: model.Context{
				TraceID: model.TraceID{Low: 7}, SpanID: model.SpanID(7 + i), Flags: model.FlagSampled,
			},
			Operation: "pay",
			Start:     1_700_000_000_000_000_000,
			Duration:  3 * time.Millisecond,
			Tags:      []model.Tag{{Key: "attempt", Value: model.Int64(int64(i))}},
		})
	}
	buf = wire.AppendCompactMessageTail(buf, 1, &wire.ClientStats{TooLargeDroppedSpans: 4})

	head := wire.AppendCompactMessageHead(nil, 1, process, 2)
	datagram := buf[headroom-len(head):]
	copy(datagram, head)

	m, err := wire.DecodeCompactMessage(datagram)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Method, "number", m.Batch.SeqNo, "from", m.Batch.Process.Service)
	for _, s := range m.Batch.Spans {
		fmt.Println(s.TraceID, s.SpanID, s.Operation, s.Duration, s.Tags[0].Key, s.Tags[0].Value)
	}
	fmt.Println("too large:", m.Batch.Stats.TooLargeDroppedSpans)
	// Output:
	// emitBatch number 1 from orders
	// 0000000000000007 0000000000000007 pay 3ms attempt 0
	// 0000000000000007 0000000000000008 pay 3ms attempt 1
	// too large: 4
}

// A request to a collector over OTLP: the head needs the length of the spans.
func ExampleAppendOTLPHead() {
	resource := wire.AppendOTLPResource(nil, &model.Process{
		Service: "orders", Tags: []model.Tag{{Key: "hostname", Value: model.String("web-1")}},
	})
	headroom := wire.OTLPHeadMax + len(resource)

	buf := make([]byte, headroom, 65000)
	buf = wire.AppendOTLPSpan(buf, &model.Span{
		Context: model.Context{
			TraceID: model.TraceID{Low: 7}, SpanID: 8, ParentID: 7, Flags: model.FlagSampled,
		},
		Operation: "pay",
		Start:     1_700_000_000_000_000_000,
		Duration:  3 * time.Millisecond,
		Tags: []model.Tag{
			{Key: "span.kind", Value: model.String("client")}, // becomes Span.kind
			{Key: "error", Value: model.Bool(true)},           // becomes Span.status
			{Key: "attempt", Value: model.Int64(1)},           // stays an attribute
		},
	})
	head := wire.AppendOTLPHead(nil, resource, len(buf)-headroom, 1, nil)
	request := buf[headroom-len(head):]
	copy(request, head)

	batches, err := wire.DecodeOTLP(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range batches {
		fmt.Println(b.Process.Service, b.Process.Tags)
		for _, s := range b.Spans {
			fmt.Println(s.TraceID.Hex32(), s.ParentID, s.Operation, s.Duration, s.Tags)
		}
	}
	// Output:
	// orders [{hostname web-1}]
	// 00000000000000000000000000000007 0000000000000007 pay 3ms [{attempt 1} {span.kind client} {error true}]
}

// Malformed input is an error that says where and what.
func ExampleDecodeCompactMessage() {
	// 21 bytes that promise 2,147,483,647 spans.
	_, err := wire.DecodeCompactMessage([]byte("\x82\x21\x01\x09emitBatch\x1c\x29\xfc\xff\xff\xff\xff\x07"))
	fmt.Println(err)
	// Output:
	// wire: malformed input: size beyond the end at offset 21 of 21
}

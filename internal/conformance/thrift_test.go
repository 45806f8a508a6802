// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"context"
	"encoding/hex"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/jaegertracing/jaeger-idl/thrift-gen/agent"
	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// codec is one of wire's two protocols.
type codec struct {
	name          string
	compact       bool
	span          func([]byte, *model.Span) []byte
	process       func([]byte, *model.Process) []byte
	messageHead   func([]byte, int32, []byte, int) []byte
	messageTail   func([]byte, int64, *wire.ClientStats) []byte
	batchHead     func([]byte, []byte, int) []byte
	batchTail     func([]byte, int64, *wire.ClientStats) []byte
	decodeMessage func([]byte) (*wire.Message, error)
	decodeBatch   func([]byte) (*wire.Batch, error)
}

var codecs = []codec{
	{
		"compact", true, wire.AppendCompactSpan, wire.AppendCompactProcess, wire.AppendCompactMessageHead, wire.AppendCompactMessageTail,
		wire.AppendCompactBatchHead, wire.AppendCompactBatchTail, wire.DecodeCompactMessage, wire.DecodeCompactBatch,
	},
	{
		"binary", false, wire.AppendBinarySpan, wire.AppendBinaryProcess, wire.AppendBinaryMessageHead, wire.AppendBinaryMessageTail,
		wire.AppendBinaryBatchHead, wire.AppendBinaryBatchTail, wire.DecodeBinaryMessage, wire.DecodeBinaryBatch,
	},
}

func (c *codec) message(m *wire.Message) []byte {
	b := c.messageHead(nil, m.SeqID, c.process(nil, m.Batch.Process), len(m.Batch.Spans))
	for i := range m.Batch.Spans {
		b = c.span(b, &m.Batch.Spans[i])
	}
	return c.messageTail(b, m.Batch.SeqNo, m.Batch.Stats)
}

func (c *codec) batch(m *wire.Batch) []byte {
	b := c.batchHead(nil, c.process(nil, m.Process), len(m.Spans))
	for i := range m.Spans {
		b = c.span(b, &m.Spans[i])
	}
	return c.batchTail(b, m.SeqNo, m.Stats)
}

func thriftMessage(t testing.TB, b *idl.Batch, seqID int32, compact bool) []byte {
	t.Helper()
	ctx := context.Background()
	buf, p := protocol(compact)
	for _, err := range []error{
		p.WriteMessageBegin(ctx, "emitBatch", thrift.CALL, seqID),
		(&agent.AgentEmitBatchArgs{Batch: b}).Write(ctx, p),
		p.WriteMessageEnd(ctx),
		p.Flush(ctx),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return buf.Bytes()
}

func thriftBatch(t testing.TB, b *idl.Batch, compact bool) []byte {
	t.Helper()
	ctx := context.Background()
	buf, p := protocol(compact)
	if err := b.Write(ctx, p); err != nil {
		t.Fatal(err)
	}
	if err := p.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// goldenMessage holds one of everything; the bytes below are what jaeger-client-go
// and apache/thrift have always made of it.
func goldenMessage() *wire.Message {
	p := &model.Process{Service: "svc"}
	return &wire.Message{Method: "emitBatch", Type: 1, SeqID: 1, Batch: wire.Batch{
		Process: p, SeqNo: 1, HasSeqNo: true,
		Stats: &wire.ClientStats{FullQueueDroppedSpans: 1, TooLargeDroppedSpans: 2, FailedToEmitSpans: 3},
		Spans: []model.Span{{
			Context:   model.Context{TraceID: model.TraceID{High: 2, Low: 1}, SpanID: 3, ParentID: 4, Flags: model.FlagSampled},
			Operation: "o", Start: 5_000, Duration: 6 * time.Microsecond, Process: p,
			References: []model.Reference{{Type: model.FollowsFrom, TraceID: model.TraceID{High: 2, Low: 1}, SpanID: 4}},
			Tags: []model.Tag{
				{Key: "a", Value: model.String("s")},
				{Key: "b", Value: model.Float64(1.5)},
				{Key: "c", Value: model.Bool(true)},
				{Key: "d", Value: model.Int64(-1)},
				{Key: "e", Value: model.Bytes([]byte{9})},
			},
			Logs: []model.Log{{Time: 7_000, Fields: []model.Tag{{Key: "f", Value: model.String("s")}}}},
		}},
	}}
}

const (
	goldenCompactMessage = "82210109656d697442617463681c1c180373766300191c160216041606160818016f191c1502160216041608001502160a160c195c180161150018017300180162150227000000000000f83f00180163150431001801641506460100180165150858010900191c160e191c180166150018017300000016021c160216041606000000"
	goldenBinaryBatch    = "0c00010b000100000003737663000f00020c000000010a000100000000000000010a000200000000000000020a000300000000000000030a000400000000000000040b0005000000016f0f00060c00000001080001000000010a000200000000000000010a000300000000000000020a0004000000000000000400080007000000010a000800000000000000050a000900000000000000060f000a0c000000050b00010000000161080002000000000b00030000000173000b00010000000162080002000000010400043ff8000000000000000b000100000001630800020000000202000501000b00010000000164080002000000030a0006ffffffffffffffff000b00010000000165080002000000040b00070000000109000f000b0c000000010a000100000000000000070f00020c000000010b00010000000166080002000000000b000300000001730000000a000300000000000000010c00040a000100000000000000010a000200000000000000020a000300000000000000030000"
	binaryEnvelope       = "80010001" + "00000009656d69744261746368" + "00000001" + "0c0001"
)

func TestGolden(t *testing.T) {
	m := goldenMessage()
	b := toIDL(&m.Batch)
	compact, bin := &codecs[0], &codecs[1]
	for _, tc := range []struct {
		name, want     string
		spur, original []byte
	}{
		{"compact message", goldenCompactMessage, compact.message(m), thriftMessage(t, b, 1, true)},
		{"compact batch", goldenCompactMessage[2*14 : len(goldenCompactMessage)-2], compact.batch(&m.Batch), thriftBatch(t, b, true)},
		{"binary message", binaryEnvelope + goldenBinaryBatch + "00", bin.message(m), thriftMessage(t, b, 1, false)},
		{"binary batch", goldenBinaryBatch, bin.batch(&m.Batch), thriftBatch(t, b, false)},
	} {
		if got := hex.EncodeToString(tc.spur); got != tc.want {
			t.Errorf("%s by spur:\n%s, want\n%s", tc.name, got, tc.want)
		}
		if got := hex.EncodeToString(tc.original); got != tc.want {
			t.Errorf("%s by thrift:\n%s, want\n%s", tc.name, got, tc.want)
		}
	}
}

// TestBytesEqualThrift compares what spur and thrift write for random messages,
// byte for byte, and what spur then reads back.
func TestBytesEqualThrift(t *testing.T) {
	n := 600
	if testing.Short() {
		n = 100
	}
	r := rand.New(rand.NewPCG(1, 6831))
	spans, size := 0, 0
	for i := range n {
		m := randomMessage(r)
		size += sameBytes(t, m)
		spans += len(m.Batch.Spans)
		if t.Failed() {
			t.Fatalf("message %d", i)
		}
	}
	t.Logf("%d messages with %d spans, %d bytes, equal in both protocols, as message and as batch", n, spans, size)
}

// FuzzBytesEqualThrift lets the fuzzer choose the random numbers.
func FuzzBytesEqualThrift(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) { sameBytes(t, randomMessage(rand.New(rand.NewPCG(a, b)))) })
}

// sameBytes returns how many bytes it has compared.
func sameBytes(t *testing.T, m *wire.Message) (size int) {
	t.Helper()
	want := toIDL(&m.Batch)
	for i := range codecs {
		c := &codecs[i]
		got, original := c.message(m), thriftMessage(t, want, m.SeqID, c.compact)
		if !bytes.Equal(got, original) {
			t.Errorf("%s message:\nspur   %.4000x\nthrift %.4000x", c.name, got, original)
			continue
		}
		read, err := c.decodeMessage(original)
		if err != nil {
			t.Errorf("%s message: spur does not read what thrift wrote: %v\n%.4000x", c.name, err, original)
			continue
		}
		// Bytes are compared, since numbers that are none equal not even themselves.
		if again := thriftMessage(t, toIDL(&read.Batch), read.SeqID, c.compact); !bytes.Equal(again, original) {
			t.Errorf("%s message means something else after reading:\n%.4000x\nwas\n%.4000x", c.name, again, original)
		}
		batch, originalBatch := c.batch(&m.Batch), thriftBatch(t, want, c.compact)
		if !bytes.Equal(batch, originalBatch) {
			t.Errorf("%s batch:\nspur   %.4000x\nthrift %.4000x", c.name, batch, originalBatch)
		}
		size += len(original) + len(originalBatch)
	}
	return size
}

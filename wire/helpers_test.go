// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
)

// codec is one of the two protocols, so that tests can run over both.
type codec struct {
	name          string
	span          func([]byte, *model.Span) []byte
	process       func([]byte, *model.Process) []byte
	messageHead   func([]byte, int32, []byte, int) []byte
	messageTail   func([]byte, int64, *ClientStats) []byte
	batchHead     func([]byte, []byte, int) []byte
	batchTail     func([]byte, int64, *ClientStats) []byte
	decodeMessage func([]byte) (*Message, error)
	decodeBatch   func([]byte) (*Batch, error)
}

func codecs() []codec {
	return []codec{
		{
			"compact", AppendCompactSpan, AppendCompactProcess, AppendCompactMessageHead, AppendCompactMessageTail,
			AppendCompactBatchHead, AppendCompactBatchTail, DecodeCompactMessage, DecodeCompactBatch,
		},
		{
			"binary", AppendBinarySpan, AppendBinaryProcess, AppendBinaryMessageHead, AppendBinaryMessageTail,
			AppendBinaryBatchHead, AppendBinaryBatchTail, DecodeBinaryMessage, DecodeBinaryBatch,
		},
	}
}

// message encodes m. A SeqNo that was not sent must be 0.
func (c *codec) message(m *Message) []byte {
	b := c.messageHead(nil, m.SeqID, c.process(nil, m.Batch.Process), len(m.Batch.Spans))
	for i := range m.Batch.Spans {
		b = c.span(b, &m.Batch.Spans[i])
	}
	return c.messageTail(b, m.Batch.SeqNo, m.Batch.Stats)
}

// batch encodes b as a bare struct.
func (c *codec) batch(b *Batch) []byte {
	out := c.batchHead(nil, c.process(nil, b.Process), len(b.Spans))
	for i := range b.Spans {
		out = c.span(out, &b.Spans[i])
	}
	return c.batchTail(out, b.SeqNo, b.Stats)
}

// goldenMessage is the message whose bytes apache/thrift produced.
func goldenMessage() *Message {
	p := &model.Process{Service: "svc"}
	return &Message{Method: "emitBatch", Type: 1, SeqID: 1, Batch: Batch{
		Process: p, SeqNo: 1, HasSeqNo: true, Stats: &ClientStats{1, 2, 3},
		Spans: []model.Span{{
			Context:   model.Context{TraceID: model.TraceID{High: 2, Low: 1}, SpanID: 3, ParentID: 4, Flags: model.FlagSampled},
			Operation: "o",
			Start:     5_000,
			Duration:  6 * time.Microsecond,
			References: []model.Reference{
				{Type: model.FollowsFrom, TraceID: model.TraceID{High: 2, Low: 1}, SpanID: 4},
			},
			Tags: []model.Tag{
				{Key: "a", Value: model.String("s")},
				{Key: "b", Value: model.Float64(1.5)},
				{Key: "c", Value: model.Bool(true)},
				{Key: "d", Value: model.Int64(-1)},
				{Key: "e", Value: model.Bytes([]byte{9})},
			},
			Logs:    []model.Log{{Time: 7_000, Fields: []model.Tag{{Key: "f", Value: model.String("s")}}}},
			Process: p,
		}},
	}}
}

// rootSpan is a small root span: two sampler tags and one of its own.
func rootSpan() *model.Span {
	return &model.Span{
		Context: model.Context{
			TraceID: model.TraceID{High: 0x6e0c63257de34c92, Low: 0x8a5d1f0c9b3e7742},
			SpanID:  0x8a5d1f0c9b3e7742, Flags: model.FlagSampled,
		},
		Operation: "HTTP GET /dispatch",
		Start:     1_700_000_000_123_456_789,
		Duration:  731 * time.Millisecond,
		Tags: []model.Tag{
			{Key: "sampler.type", Value: model.String("const")},
			{Key: "sampler.param", Value: model.Bool(true)},
			{Key: "span.kind", Value: model.String("server")},
		},
	}
}

// rpcSpan is a client span: five tags, a log of two fields, a reference.
func rpcSpan() *model.Span {
	s := rootSpan()
	s.SpanID, s.ParentID = 0x3c1f9d20b7e64a15, 0x8a5d1f0c9b3e7742
	s.Operation = "Driver::findNearest"
	s.Tags = []model.Tag{
		{Key: "span.kind", Value: model.String("client")},
		{Key: "component", Value: model.String("gRPC")},
		{Key: "peer.service", Value: model.String("driver")},
		{Key: "peer.port", Value: model.Int64(8082)},
		{Key: "error", Value: model.Bool(true)},
	}
	s.Logs = []model.Log{{Time: s.Start + 1_000_000, Fields: []model.Tag{
		{Key: "event", Value: model.String("error")},
		{Key: "message", Value: model.String("deadline exceeded")},
	}}}
	s.References = []model.Reference{{TraceID: s.TraceID, SpanID: s.ParentID}}
	return s
}

// largeSpan is a span with the tags of an HTTP request, a link, logs and long
// texts.
func largeSpan() *model.Span {
	s := rpcSpan()
	s.Tags = append(s.Tags,
		model.Tag{Key: "http.method", Value: model.String("GET")},
		model.Tag{Key: "http.url", Value: model.String("https://driver.example/find?" + strings.Repeat("x", 200))},
		model.Tag{Key: "http.status_code", Value: model.Int64(504)},
		model.Tag{Key: "ratio", Value: model.Float64(0.75)},
		model.Tag{Key: "cached", Value: model.Bool(false)},
		model.Tag{Key: "key", Value: model.BytesString("0123456789abcdef")},
	)
	for i := range 5 {
		s.Logs = append(s.Logs, model.Log{Time: s.Start + int64(i), Fields: []model.Tag{
			{Key: "event", Value: model.String("error")},
			{Key: "error.kind", Value: model.String("timeout")},
			{Key: "message", Value: model.String("deadline exceeded")},
			{Key: "stack", Value: model.String(strings.Repeat("goroutine 1 [running]\n", 20))},
		}})
	}
	s.References = append(s.References, model.Reference{TraceID: s.TraceID, SpanID: 7, Type: model.FollowsFrom})
	return s
}

// randomMessage makes a message that survives encoding and decoding unchanged:
// times in whole microseconds, empty lists nil.
func randomMessage(r *rand.Rand) *Message {
	m := &Message{Method: "emitBatch", Type: 1, SeqID: int32(r.Uint32())}
	m.Batch.Process = &model.Process{Service: randomText(r), Tags: randomTags(r)}
	if r.IntN(2) == 0 {
		m.Batch.SeqNo, m.Batch.HasSeqNo = randomInt(r)|1, true
	}
	if r.IntN(2) == 0 {
		m.Batch.Stats = &ClientStats{randomInt(r), randomInt(r), randomInt(r)}
	}
	for n := randomLen(r); n > 0; n-- {
		s := model.Span{
			Context: model.Context{
				TraceID: model.TraceID{High: uint64(randomInt(r)), Low: uint64(randomInt(r))},
				SpanID:  model.SpanID(randomInt(r)), ParentID: model.SpanID(randomInt(r)), Flags: model.Flags(r.Uint32()),
			},
			Operation: randomText(r),
			Start:     randomInt(r) / 1000 * 1000,
			Duration:  time.Duration(1+r.Int64N(1<<r.IntN(53))) * time.Microsecond,
			Tags:      randomTags(r),
			Process:   m.Batch.Process,
		}
		for n := randomLen(r); n > 0; n-- {
			s.Logs = append(s.Logs, model.Log{Time: randomInt(r) / 1000 * 1000, Fields: randomTags(r)})
		}
		for n := randomLen(r); n > 0; n-- {
			s.References = append(s.References, model.Reference{
				TraceID: model.TraceID{High: uint64(randomInt(r)), Low: uint64(randomInt(r))},
				SpanID:  model.SpanID(randomInt(r)), Type: model.ReferenceType(r.IntN(2)),
			})
		}
		m.Batch.Spans = append(m.Batch.Spans, s)
	}
	return m
}

func randomTags(r *rand.Rand) []model.Tag {
	var tags []model.Tag
	for n := randomLen(r); n > 0; n-- {
		t := model.Tag{Key: randomText(r)}
		switch r.IntN(5) {
		case 0:
			t.Value = model.String(randomText(r))
		case 1:
			t.Value = model.Float64(r.NormFloat64())
		case 2:
			t.Value = model.Bool(r.IntN(2) == 0)
		case 3:
			t.Value = model.Int64(randomInt(r))
		case 4:
			t.Value = model.BytesString(randomText(r))
		}
		tags = append(tags, t)
	}
	return tags
}

// randomLen is mostly small, and often on the border between the two forms of a
// compact list header.
func randomLen(r *rand.Rand) int {
	lengths := [...]int{0, 0, 1, 1, 2, 3, 5, 14, 15, 16}
	return lengths[r.IntN(len(lengths))]
}

// randomInt has any number of significant bits and either sign.
func randomInt(r *rand.Rand) int64 {
	return (int64(r.Uint64()>>1)>>r.IntN(64) + int64(r.IntN(2))) * int64(1-2*r.IntN(2))
}

func randomText(r *rand.Rand) string {
	lengths := [...]int{0, 1, 5, 12, 127, 128, 300}
	return strings.Repeat("é", r.IntN(2)) + strings.Repeat("x", lengths[r.IntN(len(lengths))])
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// randomMessage is a message of anything the types can hold, and more often than
// chance would have it of what stands on a border: lengths where a length or a
// list header takes one more byte, numbers of every width and either sign.
func randomMessage(r *rand.Rand) *wire.Message {
	m := &wire.Message{Method: "emitBatch", Type: 1, SeqID: int32(r.Uint32() >> r.IntN(32))}
	m.Batch.Process = &model.Process{Service: randomText(r), Tags: randomTags(r)}
	if r.IntN(2) == 0 {
		m.Batch.SeqNo, m.Batch.HasSeqNo = randomInt(r)|1, true
	}
	if r.IntN(2) == 0 {
		m.Batch.Stats = &wire.ClientStats{
			FullQueueDroppedSpans: randomInt(r), TooLargeDroppedSpans: randomInt(r), FailedToEmitSpans: randomInt(r),
		}
	}
	for range randomCount(r) {
		m.Batch.Spans = append(m.Batch.Spans, randomSpan(r, m.Batch.Process))
	}
	return m
}

func randomSpan(r *rand.Rand, p *model.Process) model.Span {
	s := model.Span{
		Context: model.Context{
			TraceID: randomTraceID(r), SpanID: model.SpanID(randomInt(r)),
			ParentID: model.SpanID(randomInt(r)), Flags: model.Flags(r.Uint32()),
		},
		Operation: randomText(r), Start: randomInt(r), Duration: time.Duration(randomInt(r)), Tags: randomTags(r), Process: p,
	}
	if r.IntN(4) == 0 {
		s.DroppedTags, s.DroppedLogs, s.DroppedRefs = r.Uint32N(2)*r.Uint32(), r.Uint32N(2), r.Uint32N(3)
		s.Trimmed = r.IntN(2) == 0
	}
	for range randomCount(r) {
		s.Logs = append(s.Logs, model.Log{Time: randomInt(r), Fields: randomTags(r)})
	}
	for range randomCount(r) {
		s.References = append(s.References, model.Reference{
			TraceID: randomTraceID(r), SpanID: model.SpanID(randomInt(r)), Type: model.ReferenceType(r.IntN(2)),
		})
	}
	return s
}

func randomTags(r *rand.Rand) []model.Tag {
	var tags []model.Tag
	for range randomCount(r) {
		t := model.Tag{Key: randomText(r)}
		switch r.IntN(5) {
		case 0:
			t.Value = model.String(randomText(r))
		case 1:
			t.Value = model.Float64(randomFloat(r))
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

func randomTraceID(r *rand.Rand) model.TraceID {
	return model.TraceID{High: uint64(randomInt(r)), Low: uint64(randomInt(r))}
}

// randomCount is 14, 15 or 16 now and then: a compact list header changes there.
func randomCount(r *rand.Rand) int {
	counts := [...]int{0, 0, 0, 1, 1, 1, 2, 3, 14, 15, 16}
	return counts[r.IntN(len(counts))]
}

// randomInt has any number of significant bits and either sign.
func randomInt(r *rand.Rand) int64 {
	switch r.IntN(50) {
	case 0:
		return math.MinInt64
	case 1:
		return math.MaxInt64
	}
	return (int64(r.Uint64()>>1)>>r.IntN(64) + int64(r.IntN(2))) * int64(1-2*r.IntN(2))
}

// randomFloat has any bits, those of infinities and numbers that are none too.
func randomFloat(r *rand.Rand) float64 {
	special := [...]float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, math.SmallestNonzeroFloat64}
	if i := r.IntN(4 * len(special)); i < len(special) {
		return special[i]
	}
	return math.Float64frombits(r.Uint64())
}

// randomText is up to 16,400 bytes long, with characters of several bytes.
func randomText(r *rand.Rand) string {
	lengths := [...]int{0, 1, 2, 5, 12, 126, 127, 128, 300}
	if r.IntN(1000) == 0 {
		return strings.Repeat("y", 1<<14-8+r.IntN(16))
	}
	return strings.Repeat("é", r.IntN(2)) + strings.Repeat("x", lengths[r.IntN(len(lengths))])
}

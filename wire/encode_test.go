// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

// What apache/thrift writes for goldenMessage: the message in the compact
// protocol, the bare batch in the binary one.
const (
	goldenCompact = "82210109656d697442617463681c1c180373766300191c160216041606160818016f191c1502160216041608001502160a160c19" +
		"5c180161150018017300180162150227000000000000f83f00180163150431001801641506460100180165150858010900191c160e191c18016615" +
		"0018017300000016021c160216041606000000"
	goldenBinary = "0c00010b000100000003737663000f00020c000000010a000100000000000000010a000200000000000000020a0003000000000000" +
		"00030a000400000000000000040b0005000000016f0f00060c00000001080001000000010a000200000000000000010a0003000000000000000" +
		"20a0004000000000000000400080007000000010a000800000000000000050a000900000000000000060f000a0c000000050b0001000000016108" +
		"0002000000000b00030000000173000b00010000000162080002000000010400043ff8000000000000000b000100000001630800020000000202" +
		"000501000b00010000000164080002000000030a0006ffffffffffffffff000b00010000000165080002000000040b00070000000109000f000b" +
		"0c000000010a000100000000000000070f00020c000000010b00010000000166080002000000000b000300000001730000000a00030000000000" +
		"0000010c00040a000100000000000000010a000200000000000000020a000300000000000000030000"
	// The envelope of a binary message: strict version and CALL, name, sequence
	// id 1, argument 1.
	binaryEnvelope = "80010001" + "00000009656d69744261746368" + "00000001" + "0c0001"
)

func TestGolden(t *testing.T) {
	compact, bin := codecs()[0], codecs()[1]
	m := goldenMessage()
	for _, tt := range []struct {
		name, want string
		got        []byte
	}{
		{"compact message", goldenCompact, compact.message(m)},
		{"binary batch", goldenBinary, bin.batch(&m.Batch)},
		{"binary message", binaryEnvelope + goldenBinary + "00", bin.message(m)},
		{"compact batch", goldenCompact[2*14 : len(goldenCompact)-2], compact.batch(&m.Batch)},
	} {
		if got := hex.EncodeToString(tt.got); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestOptionalParts checks what is left out: empty lists, a batch number of 0,
// stats that are nil.
func TestOptionalParts(t *testing.T) {
	s := &model.Span{}
	tagged := &model.Span{Tags: []model.Tag{{}}}
	logged := &model.Span{Logs: []model.Log{{}}}
	for _, tt := range []struct {
		name string
		got  []byte
		want string
	}{
		{"span", AppendCompactSpan(nil, s), "1600160016001600180025001600160200"},
		{"span with tags only", AppendCompactSpan(nil, tagged), "1600160016001600180025001600160219" + "1c" + "18001500180000" + "00"},
		{"span with logs only", AppendCompactSpan(nil, logged), "1600160016001600180025001600160229" + "1c" + "1600190c00" + "00"},
		{"process", AppendCompactProcess(nil, &model.Process{}), "180000"},
		{"no number", AppendCompactMessageTail(nil, 0, &ClientStats{}), "2c16001600160000" + "0000"},
		{"no stats", AppendCompactMessageTail(nil, -1, nil), "1601" + "0000"},
		{"neither", AppendCompactMessageTail(nil, 0, nil), "0000"},
		{"binary batch without either", AppendBinaryBatchTail(nil, 0, nil), "00"},
		{"15 spans", AppendCompactBatchHead(nil, []byte{0}, 15), "1c00" + "19fc0f"},
		{"14 spans", AppendCompactBatchHead(nil, []byte{0}, 14), "1c00" + "19ec"},
	} {
		if got := hex.EncodeToString(tt.got); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestMaxSizes(t *testing.T) {
	process := []byte{1, 2, 3}
	worst := &ClientStats{math.MinInt64, math.MinInt64, math.MinInt64}
	longestHead, longestTail := 0, 0
	for _, c := range codecs() {
		longestHead = max(longestHead, len(c.messageHead(nil, -1, process, math.MaxInt32))-len(process))
		longestTail = max(longestTail, len(c.messageTail(nil, math.MinInt64, worst)))
	}
	if longestHead != MessageHeadMax || longestTail != MessageTailMax {
		t.Errorf("head %d, tail %d; the constants say %d and %d", longestHead, longestTail, MessageHeadMax, MessageTailMax)
	}
}

func TestTimes(t *testing.T) {
	for _, tt := range []struct {
		name                    string
		start, wantStart        int64
		duration, wantDuration  time.Duration
		logTime, wantTimeOfALog int64
	}{
		{"whole", 5_000, 5_000, 6_000, 6_000, 7_000, 7_000},
		{"cut down", 5_999, 5_000, 6_999, 6_000, 7_999, 7_000},
		{"at least one", 0, 0, 0, 1_000, 999, 0},
		{"just below one", 0, 0, 999, 1_000, 0, 0},
		{"negative", -1_500, -1_000, -7_000, 1_000, -1, 0},
		{"largest", math.MaxInt64, math.MaxInt64 / 1000 * 1000, math.MaxInt64, math.MaxInt64 / 1000 * 1000, math.MinInt64, math.MinInt64 / 1000 * 1000},
	} {
		for _, c := range codecs() {
			t.Run(c.name+"/"+tt.name, func(t *testing.T) {
				s := model.Span{Start: tt.start, Duration: tt.duration, Logs: []model.Log{{Time: tt.logTime}}}
				got := decodeOne(t, c, &s)
				if got.Start != tt.wantStart || got.Duration != tt.wantDuration || got.Logs[0].Time != tt.wantTimeOfALog {
					t.Errorf("start %d, duration %d, log %d; want %d, %d, %d",
						got.Start, got.Duration, got.Logs[0].Time, tt.wantStart, tt.wantDuration, tt.wantTimeOfALog)
				}
			})
		}
	}
}

func TestNotes(t *testing.T) {
	own := []model.Tag{{Key: "own", Value: model.String("v")}}
	for _, tt := range []struct {
		name string
		span model.Span
		want []model.Tag
	}{
		{"nothing lost", model.Span{Tags: own}, own},
		{
			"everything",
			model.Span{Tags: own, DroppedTags: 1, DroppedLogs: 2, DroppedRefs: math.MaxUint32, Trimmed: true},
			[]model.Tag{
				own[0],
				{Key: "otel.dropped_attributes_count", Value: model.Int64(1)},
				{Key: "otel.dropped_events_count", Value: model.Int64(2)},
				{Key: "otel.dropped_links_count", Value: model.Int64(math.MaxUint32)},
				{Key: "spur.trimmed", Value: model.Bool(true)},
			},
		},
		{"trimmed, no tags", model.Span{Trimmed: true}, []model.Tag{{Key: "spur.trimmed", Value: model.Bool(true)}}},
		{"logs, no tags", model.Span{DroppedLogs: 7}, []model.Tag{{Key: "otel.dropped_events_count", Value: model.Int64(7)}}},
	} {
		for _, c := range codecs() {
			t.Run(c.name+"/"+tt.name, func(t *testing.T) {
				if got := decodeOne(t, c, &tt.span); !reflect.DeepEqual(got.Tags, tt.want) {
					t.Errorf("tags %v, want %v", got.Tags, tt.want)
				}
			})
		}
	}
}

// TestUvarint compares the encoder, which works on eight bytes at a time, with
// the standard library's loop.
func TestUvarint(t *testing.T) {
	check := func(v uint64) {
		t.Helper()
		prefix := []byte("x")
		if got, want := appendUvarint(prefix, v), binary.AppendUvarint(prefix, v); !bytes.Equal(got, want) {
			t.Fatalf("%#x: got %x, want %x", v, got, want)
		}
	}
	for shift := range 64 {
		check(1 << shift)
		check(1<<shift - 1)
		check(^uint64(0) >> shift)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		check(r.Uint64() >> r.IntN(64))
	}
}

func TestEncodersAllocateNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("allocations differ under the race detector")
	}
	s := rpcSpan()
	s.DroppedTags, s.DroppedLogs, s.DroppedRefs, s.Trimmed = 1, 2, 3, true
	s.Tags = append(s.Tags, goldenMessage().Batch.Spans[0].Tags...)
	process := &model.Process{Service: "svc", Tags: s.Tags}
	stats := &ClientStats{1, 2, 3}
	buf := make([]byte, 0, 4096)
	for _, c := range codecs() {
		encoded := c.process(nil, process)
		for name, encode := range map[string]func(){
			"span":    func() { buf = c.span(buf[:0], s) },
			"process": func() { buf = c.process(buf[:0], process) },
			"head":    func() { buf = c.messageHead(buf[:0], 1, encoded, 1000) },
			"tail":    func() { buf = c.messageTail(buf[:0], 1, stats) },
		} {
			if n := testing.AllocsPerRun(100, encode); n != 0 {
				t.Errorf("%s %s: %v allocations", c.name, name, n)
			}
		}
	}
}

// decodeOne sends s through c.
func decodeOne(t *testing.T, c codec, s *model.Span) *model.Span {
	t.Helper()
	m := goldenMessage()
	m.Batch.Spans = []model.Span{*s}
	got, err := c.decodeMessage(c.message(m))
	if err != nil {
		t.Fatal(err)
	}
	return &got.Batch.Spans[0]
}

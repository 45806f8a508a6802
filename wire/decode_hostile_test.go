// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/race"
)

func TestTimesSaturate(t *testing.T) {
	const most = math.MaxInt64 / 1000
	for _, tt := range []struct {
		micros, want int64
	}{
		{0, 0},
		{-1, -1000},
		{most, most * 1000},
		{most + 1, math.MaxInt64},
		{math.MaxInt64, math.MaxInt64},
		{-most, -most * 1000},
		{-most - 1, math.MinInt64},
		{math.MinInt64, math.MinInt64},
	} {
		in := appendCompactI64(unhex(t, compactSvc+"191c"+"1600160016001600"+"1800"+"2500"), compact1I64, tt.micros)
		in = appendCompactI64(in, compact1I64, tt.micros)
		in = appendCompactI64(append(in, 0x29, 0x1c), compact1I64, tt.micros)
		in = append(in, 0x19, 0x0c, 0, 0, 0)
		b, err := DecodeCompactBatch(in)
		if err != nil {
			t.Fatalf("%d: %v", tt.micros, err)
		}
		s := b.Spans[0]
		if s.Start != tt.want || s.Duration != time.Duration(tt.want) || s.Logs[0].Time != tt.want {
			t.Errorf("%d µs: start %d, duration %d, log %d; want %d", tt.micros, s.Start, s.Duration, s.Logs[0].Time, tt.want)
		}
	}
}

// TestMemoryBound feeds decoders with what takes most memory for its length.
func TestMemoryBound(t *testing.T) {
	const n = 20_000
	list := func(hexHead string, elem []byte) []byte {
		return append(appendUvarint(append(unhex(t, hexHead), 0xfc), n), bytes.Repeat(elem, n)...)
	}
	span := unhex(t, compactSpan)
	inBatch := func(process []byte) []byte {
		return append(append([]byte{0x1c}, process...), unhex(t, "0019"+"0c00")...)
	}
	bigTag := append(appendUvarint(unhex(t, "180019"+"1c18"), 1<<20), append(bytes.Repeat([]byte("k"), 1<<20), unhex(t, "150000")...)...)
	for _, tt := range []struct {
		name   string
		input  []byte
		decode func([]byte) error
		fails  bool
	}{
		{"smallest spans", append(list(compactSvc+"19", span), 0), batchDecoder(DecodeCompactBatch), false},
		{"smallest tags", inBatch(list("180019", unhex(t, "1800150000"))), batchDecoder(DecodeCompactBatch), false},
		{"smallest logs", append(list(compactSvc+"191c"+compactSpan[:32]+"29", unhex(t, "1600190c00")), 0, 0), batchDecoder(DecodeCompactBatch), false},
		{"smallest references", append(list(compactSvc+"191c1600160016001600180019", unhex(t, "150016001600160000")), unhex(t, "1500160016000000")...), batchDecoder(DecodeCompactBatch), false},
		{"one long string", inBatch(bigTag), batchDecoder(DecodeCompactBatch), false},
		{"processes", append(append([]byte{0x1c}, bytes.Repeat(unhex(t, "180000"+"0c02"), n)...), unhex(t, "180000"+"190c00")...), batchDecoder(DecodeCompactBatch), false},
		{"stats", append(unhex(t, compactSvc+"190c"), append(bytes.Repeat(unhex(t, "0c0816021602160200"), n), 0)...), batchDecoder(DecodeCompactBatch), false},
		{"smallest spans, binary", append(append(unhex(t, "0c00010b00010000000000"+"0f00020c00004e20"), bytes.Repeat(unhex(t, binarySpan), n)...), 0), batchDecoder(DecodeBinaryBatch), false},
		{"2^31-1 spans in 21 bytes", unhex(t, claim31Bits), messageDecoder(DecodeCompactMessage), true},
		{"cut off at the end", list(compactSvc+"19", span), batchDecoder(DecodeCompactBatch), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if race.Enabled {
				t.Skip("allocations differ under the race detector")
			}
			var err error
			limit := memoryLimit(tt.input)
			if tt.fails {
				limit = 4096 // nothing but the error
			}
			used := allocated(limit, func() { err = tt.decode(tt.input) })
			if (err != nil) != tt.fails {
				t.Fatalf("error %v", err)
			}
			t.Logf("%d bytes allocated for %d", used, len(tt.input))
			if used > limit {
				t.Errorf("%d bytes allocated for %d; the limit is %d", used, len(tt.input), limit)
			}
		})
	}
}

func messageDecoder(decode func([]byte) (*Message, error)) func([]byte) error {
	return func(b []byte) error { _, err := decode(b); return err }
}

func batchDecoder(decode func([]byte) (*Batch, error)) func([]byte) error {
	return func(b []byte) error { _, err := decode(b); return err }
}

// memoryLimit is what a decoder promises to stay below.
func memoryLimit(input []byte) uint64 { return 64<<10 + 16*uint64(len(input)) }

// allocated measures f. What other goroutines allocate meanwhile counts too, so
// that a value above limit is measured again.
func allocated(limit uint64, f func()) (used uint64) {
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		if used = after.TotalAlloc - before.TotalAlloc; used <= limit {
			break
		}
	}
	return used
}

// TestErrorsAreShort: what an error quotes from the input is bounded.
func TestErrorsAreShort(t *testing.T) {
	in := append(unhex(t, "8221"+"01"+"808001"), bytes.Repeat([]byte{0xff}, 16384)...)
	_, err := DecodeCompactMessage(in)
	if !errors.Is(err, ErrUnknownMethod) || len(err.Error()) > 300 {
		t.Errorf("%d bytes: %.80s", len(err.Error()), err)
	}
}

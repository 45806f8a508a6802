// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
)

func FuzzDecodeCompactMessage(f *testing.F) { fuzzMessage(f, codecs()[0]) }
func FuzzDecodeBinaryMessage(f *testing.F)  { fuzzMessage(f, codecs()[1]) }
func FuzzDecodeCompactBatch(f *testing.F)   { fuzzBatch(f, codecs()[0]) }
func FuzzDecodeBinaryBatch(f *testing.F)    { fuzzBatch(f, codecs()[1]) }

func fuzzMessage(f *testing.F, c codec) {
	seed(f, c.message(goldenMessage()))
	f.Add(unhex(f, "00000009656d69744261746368"+"01"+"00000001"+"0c0001"+goldenBinary+"00")) // old header
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := decodeBounded(t, in, c.decodeMessage)
		if err != nil {
			return
		}
		once := c.message(m)
		m2, err := c.decodeMessage(once)
		if err != nil {
			t.Fatalf("cannot read its own message: %v", err)
		}
		if m.SeqID != m2.SeqID || m.Method != m2.Method || len(m.Batch.Spans) != len(m2.Batch.Spans) {
			t.Fatalf("message changed from %+v to %+v", m, m2)
		}
		if twice := c.message(m2); !bytes.Equal(once, twice) {
			t.Fatalf("encoded once %x\n twice %x", once, twice)
		}
	})
}

func fuzzBatch(f *testing.F, c codec) {
	seed(f, c.batch(&goldenMessage().Batch))
	f.Fuzz(func(t *testing.T, in []byte) {
		b, err := decodeBounded(t, in, c.decodeBatch)
		if err != nil {
			return
		}
		once := c.batch(b)
		b2, err := c.decodeBatch(once)
		if err != nil {
			t.Fatalf("cannot read its own batch: %v", err)
		}
		if b.SeqNo != b2.SeqNo || len(b.Spans) != len(b2.Spans) || (b.Stats == nil) != (b2.Stats == nil) {
			t.Fatalf("batch changed from %+v to %+v", b, b2)
		}
		if twice := c.batch(b2); !bytes.Equal(once, twice) {
			t.Fatalf("encoded once %x\n twice %x", once, twice)
		}
	})
}

// seed adds a whole input and the kinds of damage that hurt other decoders.
func seed(f *testing.F, whole []byte) {
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(whole[:len(whole)-1])
	f.Add([]byte{})
	f.Add(unhex(f, claim31Bits))                                                           // jaeger-client-go allocates 16 GiB
	f.Add(unhex(f, compactHead+compactSvc+"19fcffffffff0f"))                               // negative list size
	f.Add(unhex(f, "80010001ffffffff"))                                                    // negative name length
	f.Add(unhex(f, binaryEnvelope+"0c00010b0001ffffffff"))                                 // negative service length
	f.Add(unhex(f, compactSvc+"19fcffffffff07"))                                           // bare batch, too many spans
	f.Add(unhex(f, "0c00010b00010000000000"+"0f00020c7fffffff"))                           // the same in binary
	f.Add(unhex(f, "fc"+strings.Repeat("1c", 40)))                                         // deep structs
	f.Add(unhex(f, binaryEnvelope+"0d0063"+strings.Repeat("0d0d00000001", 40)))            // deep maps
	f.Add(unhex(f, compactSvc+"191c"+compactSpan+"00"))                                    // smallest span
	f.Add(unhex(f, "0c00010b00010000000000"+"0f00020c00000001"+binarySpan+"00"))           // the same in binary
	f.Add(unhex(f, compactSvc+"191c"+compactSpan[:32]+"193c"+"18016b15121801730000"+"00")) // tag of unknown type
}

// decodeBounded checks what holds for any input: the error is one of two, and
// the memory is bounded.
func decodeBounded[T any](t *testing.T, in []byte, decode func([]byte) (*T, error)) (out *T, err error) {
	t.Helper()
	limit := memoryLimit(in)
	if used := allocated(limit, func() { out, err = decode(in) }); used > limit && !race.Enabled {
		t.Fatalf("%d bytes allocated for %d; the limit is %d", used, len(in), limit)
	}
	if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrUnknownMethod) {
		t.Fatalf("error of no kind: %v", err)
	}
	if (err == nil) == (out == nil) {
		t.Fatalf("returned %v and error %v", out, err)
	}
	return out, err
}

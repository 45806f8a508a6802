// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"
)

// Damaged input that only one of the two decoders takes, by what the other says.
// Everything else must be taken, or refused, by both.
var (
	// thrift does not ask for what wire does.
	onlyThrift = map[string]string{
		"number too large":                    "thrift drops the bits of a varint that do not fit its type",
		"unknown type":                        "thrift skips fields of types that no protocol has",
		"list of something else than structs": "thrift reads a list of any type as the one it expects",
		"nested too deep":                     "thrift skips 64 levels, wire 32",
		"negative size":                       "thrift takes the size of a container it skips for 0",
	}
	// wire does not ask for what thrift does.
	onlyWire = map[string]string{
		"don't know what type": "an empty list may be of any type",
	}
)

// TestDamagedInput damages valid batches and compares what both decoders make of
// them: whatever both take must mean the same.
func TestDamagedInput(t *testing.T) {
	n := 60_000
	if testing.Short() {
		n = 10_000
	}
	r := rand.New(rand.NewPCG(2, 6831))
	var c counts
	for done := 0; done < n && !t.Failed(); {
		codec := &codecs[r.IntN(2)]
		m := randomMessage(r)
		m.Batch.Spans = m.Batch.Spans[:min(len(m.Batch.Spans), 2)]
		whole := codec.batch(&m.Batch)
		if len(whole) > 2000 {
			continue
		}
		for range 40 {
			decodeBoth(t, codec, damage(r, bytes.Clone(whole)), &c)
			done++
		}
	}
	t.Logf("both take %d and agree, both refuse %d, only thrift takes %d, only wire %d", c.both, c.neither, c.thrift, c.wire)
	if c.both < n/10 || c.neither < n/10 {
		t.Errorf("hardly anything was compared: %+v of %d", c, n)
	}
}

// FuzzDecodeLikeThrift does the same with what the fuzzer finds.
func FuzzDecodeLikeThrift(f *testing.F) {
	m := goldenMessage()
	for i := range codecs {
		f.Add(i == 0, codecs[i].batch(&m.Batch))
	}
	f.Add(true, []byte("\x1c\x18\x00\x00\x19\xfc\xff\xff\xff\xff\x07")) // jaeger-client-go's decoder allocates 16 GiB
	f.Fuzz(func(t *testing.T, compact bool, in []byte) {
		codec := &codecs[1]
		if compact {
			codec = &codecs[0]
		}
		if len(in) <= 4096 {
			decodeBoth(t, codec, in, new(counts))
		}
	})
}

type counts struct{ both, neither, thrift, wire int }

func decodeBoth(t *testing.T, c *codec, in []byte, n *counts) {
	t.Helper()
	ours, ourErr := c.decodeBatch(in)
	buf, p := protocol(c.compact)
	buf.Write(in)
	theirs := &idl.Batch{}
	theirErr := theirs.Read(context.Background(), p)
	switch {
	case ourErr == nil && theirErr == nil:
		n.both++
		a, b := thriftBatch(t, toIDL(ours), false), thriftBatch(t, asWireReads(theirs), false)
		if !bytes.Equal(a, b) {
			t.Errorf("%s %x means something else:\nspur   %v\nthrift %v", c.name, in, toIDL(ours), theirs)
		}
	case ourErr != nil && theirErr != nil:
		n.neither++
	case ourErr != nil:
		n.thrift++
		if !explained(onlyThrift, ourErr) {
			t.Errorf("%s %x: spur does not take what thrift does: %v", c.name, in, ourErr)
		}
	default:
		n.wire++
		if !explained(onlyWire, theirErr) {
			t.Errorf("%s %x: spur takes what thrift does not: %v", c.name, in, theirErr)
		}
	}
}

func explained(known map[string]string, err error) bool {
	for reason := range known {
		if strings.Contains(err.Error(), reason) {
			return true
		}
	}
	return false
}

// damage changes, adds, removes or repeats up to three parts of in.
func damage(r *rand.Rand, in []byte) []byte {
	for range 1 + r.IntN(3) {
		switch at := r.IntN(len(in)); r.IntN(5) {
		case 0:
			in[at] ^= 1 << r.IntN(8)
		case 1:
			in[at] = byte(r.Uint32())
		case 2:
			in = append(in[:at], in[at+1:]...)
		case 3:
			in = append(in[:at:at], append([]byte{byte(r.Uint32())}, in[at:]...)...)
		case 4:
			end := at + r.IntN(min(30, len(in)-at)+1)
			in = append(in[:end:end], in[at:]...)
		}
		if len(in) == 0 {
			in = []byte{0}
		}
	}
	return in
}

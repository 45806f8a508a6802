// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
)

func TestDecodeGolden(t *testing.T) {
	want := goldenMessage()
	for _, tt := range []struct {
		name   string
		input  string
		decode func([]byte) (*Message, error)
	}{
		{"compact", goldenCompact, DecodeCompactMessage},
		{"strict binary", binaryEnvelope + goldenBinary + "00", DecodeBinaryMessage},
		{"old binary", "00000009656d69744261746368" + "01" + "00000001" + "0c0001" + goldenBinary + "00", DecodeBinaryMessage},
		{"bytes behind it", goldenCompact + "ffff", DecodeCompactMessage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.decode(unhex(t, tt.input))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
			if got.Batch.Spans[0].Process != got.Batch.Process {
				t.Error("the span has a process of its own")
			}
		})
	}
	batch, err := DecodeBinaryBatch(unhex(t, goldenBinary))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(batch, &want.Batch) {
		t.Errorf("batch %+v\nwant %+v", batch, &want.Batch)
	}
}

func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		want := randomMessage(r)
		for _, c := range codecs() {
			got, err := c.decodeMessage(c.message(want))
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s:\n got %+v\nwant %+v", c.name, got, want)
			}
			batch, err := c.decodeBatch(c.batch(&want.Batch))
			if err != nil {
				t.Fatalf("%s batch: %v", c.name, err)
			}
			if !reflect.DeepEqual(batch, &want.Batch) {
				t.Fatalf("%s batch:\n got %+v\nwant %+v", c.name, batch, &want.Batch)
			}
		}
	}
}

// TestDecodeKeepsNothing overwrites the input of a decoder.
func TestDecodeKeepsNothing(t *testing.T) {
	for _, c := range codecs() {
		input := c.message(goldenMessage())
		got, err := c.decodeMessage(input)
		if err != nil {
			t.Fatal(err)
		}
		for i := range input {
			input[i] = 0xee
		}
		if !reflect.DeepEqual(got, goldenMessage()) {
			t.Errorf("%s: the message changed with the input: %+v", c.name, got)
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, c := range codecs() {
		whole := c.message(goldenMessage())
		for n := range whole {
			if m, err := c.decodeMessage(whole[:n:n]); !errors.Is(err, ErrMalformed) || m != nil {
				t.Errorf("%s, %d of %d bytes: got %v, error %v", c.name, n, len(whole), m, err)
			}
		}
		whole = c.batch(&goldenMessage().Batch)
		for n := range whole {
			if b, err := c.decodeBatch(whole[:n:n]); !errors.Is(err, ErrMalformed) || b != nil {
				t.Errorf("%s batch, %d of %d bytes: got %v, error %v", c.name, n, len(whole), b, err)
			}
		}
	}
}

// Parts of inputs in hexadecimal.
const (
	compactHead = "82210109656d69744261746368" + "1c" // up to the batch
	compactSvc  = "1c180373766300"                    // Batch.process
	compactSpan = "1600160016001600180025001600160200"
	binarySpan  = "0a00010000000000000000" + "0a00020000000000000000" + "0a00030000000000000000" + "0a00040000000000000000" +
		"0b000500000000" + "08000700000000" + "0a00080000000000000000" + "0a00090000000000000000" + "00"
)

// claim31Bits says in 21 bytes that 2^31-1 spans follow. The reader that
// jaeger-client-go vendors allocates 16 GiB for it.
const claim31Bits = compactHead + "29fcffffffff07"

func TestMalformed(t *testing.T) {
	deepCompact := compactHead + "fc" + strings.Repeat("1c", 40) + strings.Repeat("00", 60)
	for _, tt := range []struct {
		name, input string
		decode      func([]byte) (*Message, error)
		want        string // in the error
	}{
		{"empty", "", DecodeCompactMessage, "unexpected end at offset 0 of 0"},
		{"empty binary", "", DecodeBinaryMessage, "unexpected end at offset 0 of 0"},
		{"not compact", "80", DecodeCompactMessage, "not a compact message"},
		{"compact version 2", "8222", DecodeCompactMessage, "unknown version"},
		{"binary version 2", "80020001", DecodeBinaryMessage, "unknown version"},
		{"sequence id of 35 bits", "8221ffffffff7f", DecodeCompactMessage, "number too large"},
		{"number without end", compactHead + compactSvc + "26ffffffffffffffffffff01", DecodeCompactMessage, "number too large"},
		{"2^31-1 spans in 21 bytes", claim31Bits, DecodeCompactMessage, "size beyond the end"},
		{"2^32-1 spans", compactHead + compactSvc + "19fcffffffff0f", DecodeCompactMessage, "negative size"},
		{"-1 spans", binaryEnvelope + "0c00010b00010000000000" + "0f00020cffffffff", DecodeBinaryMessage, "negative size"},
		{"name of -1 bytes", "80010001ffffffff", DecodeBinaryMessage, "negative size"},
		{"name of 2^31-1 bytes", "800100017fffffff", DecodeBinaryMessage, "size beyond the end"},
		{"name of 2^31-1 bytes, old form", "7fffffff", DecodeBinaryMessage, "size beyond the end"},
		{"operation of 2^31-1 bytes", compactHead + compactSvc + "191c" + "160016001600160018ffffffff07", DecodeCompactMessage, "size beyond the end"},
		{"list of numbers for spans", compactHead + compactSvc + "1915" + "00" + "0000", DecodeCompactMessage, "list of something else"},
		{"deep structs", deepCompact, DecodeCompactMessage, "nested too deep"},
		{"deep lists", binaryEnvelope + "0f0063" + strings.Repeat("0f00000001", 40), DecodeBinaryMessage, "nested too deep"},
		{"deep maps", binaryEnvelope + "0d0063" + strings.Repeat("0d0d00000001", 40), DecodeBinaryMessage, "nested too deep"},
		{"type 14", compactHead + "1e", DecodeCompactMessage, "unknown type"},
		{"type 7", binaryEnvelope + "070063", DecodeBinaryMessage, "unknown type"},
		{"elements of type 0", compactHead + "3910" + "00000000", DecodeCompactMessage, "unknown type"},
		{"no batch", "82210109656d69744261746368" + "00", DecodeCompactMessage, "emitBatch without field 1"},
		{"no process", compactHead + "290c0000", DecodeCompactMessage, "Batch without field 1"},
		{"no spans", compactHead + compactSvc + "0000", DecodeCompactMessage, "Batch without field 2"},
		{"no service", compactHead + "1c00" + "190c" + "0000", DecodeCompactMessage, "Process without field 1"},
		{"span of another type", compactHead + compactSvc + "191c" + "1500" + "00", DecodeCompactMessage, "Span without field 1"},
		{"no stats fields", compactHead + compactSvc + "190c" + "2c160000" + "0000", DecodeCompactMessage, "ClientStats without field 2"},
		{"no vType", compactHead + "1c1800191c18000000" + "190c0000", DecodeCompactMessage, "Tag without field 2"},
		{"no log fields", compactHead + compactSvc + "191c" + compactSpan[:32] + "291c160000" + "00", DecodeCompactMessage, "Log without field 2"},
		{"no span id in reference", compactHead + compactSvc + "191c" + "1600160016001600" + "1800" + "191c15001600160000", DecodeCompactMessage, "SpanRef without field 4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := tt.decode(unhex(t, tt.input))
			if m != nil || !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, error %v; want one with %q", m, err, tt.want)
			}
		})
	}
}

func TestUnknownMethod(t *testing.T) {
	long := strings.Repeat("6d", 100)
	for _, tt := range []struct {
		name, input, want string
		decode            func([]byte) (*Message, error)
	}{
		{"zipkin", "8221010f656d69745a69706b696e4261746368", `wire: unknown method "emitZipkinBatch"`, DecodeCompactMessage},
		{"empty", "80010001" + "00000000" + "00000001", `wire: unknown method ""`, DecodeBinaryMessage},
		{"long", "82210164" + long, `wire: unknown method "` + strings.Repeat("m", 64) + `"`, DecodeCompactMessage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.decode(unhex(t, tt.input))
			if !errors.Is(err, ErrUnknownMethod) || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

// TestTolerant checks what decoders accept though no client of ours writes it.
func TestTolerant(t *testing.T) {
	compact, bin := codecs()[0], codecs()[1]
	svc, span := compactSvc, compactSpan
	tag := func(rest string) string {
		return compactSvc + "191c" + span[:32] + "191c" + "18016b" + rest + "00" + "00" + "00"
	}
	wantTag := func(v model.Value) func(*Batch) bool {
		return func(b *Batch) bool {
			return reflect.DeepEqual(b.Spans[0].Tags, []model.Tag{{Key: "k", Value: v}})
		}
	}
	spans := func(n int) func(*Batch) bool { return func(b *Batch) bool { return len(b.Spans) == n } }
	for _, tt := range []struct {
		name, input string
		c           codec
		check       func(*Batch) bool
	}{
		{"spans before process", "29" + "1c" + span + "0c02" + "180373766300" + "00", compact, func(b *Batch) bool {
			return b.Process.Service == "svc" && b.Spans[0].Process == b.Process
		}},
		{"process twice: last", "1c18016100" + "0c02" + "18016200" + "190c" + "00", compact, func(b *Batch) bool { return b.Process.Service == "b" }},
		{"spans twice: last", svc + "192c" + span + span + "0904" + "1c" + span + "00", compact, spans(1)},
		{"stats twice: last", svc + "190c" + "2c16021602160200" + "0c08" + "16041604160400" + "00", compact, func(b *Batch) bool {
			return *b.Stats == ClientStats{2, 2, 2}
		}},
		{"number 0", svc + "190c" + "1600" + "00", compact, func(b *Batch) bool { return b.HasSeqNo && b.SeqNo == 0 }},
		{"no number", svc + "190c" + "00", compact, func(b *Batch) bool { return !b.HasSeqNo && b.Stats == nil }},
		{"empty list of another type", svc + "1905" + "00", compact, spans(0)},
		{"long form of a short list", svc + "19fc01" + span + "00", compact, spans(1)},
		{"long form of a field id", "0c02" + "180373766300" + "0904" + "1c" + span + "00", compact, spans(1)},
		{"number of another type", svc + "190c" + "1502" + "00", compact, func(b *Batch) bool { return !b.HasSeqNo }},
		{"tag without its value", tag("1506"), compact, wantTag(model.Int64(0))},
		{"tag with every value", tag("1506" + "180173" + "17000000000000f83f" + "11" + "1653" + "180162"), compact, wantTag(model.Int64(-42))},
		{"tag of type 9", tag("1512" + "180173"), compact, wantTag(model.String("(unknown tag type)"))},
		{"tag value twice: last", tag("1500" + "180173" + "0806" + "0174"), compact, wantTag(model.String("t"))},
		{"false", tag("1504" + "32"), compact, wantTag(model.Bool(false))},
		{"reference of type 7", svc + "191c" + "1600160016001600" + "1800" + "191c" + "150e160216041606" + "00" + "1500160016000000", compact, func(b *Batch) bool {
			return reflect.DeepEqual(b.Spans[0].References, []model.Reference{{
				TraceID: model.TraceID{High: 2, Low: 1}, SpanID: 3, Type: model.FollowsFrom,
			}})
		}},
		{"flags beyond a byte", svc + "191c" + "160016001600160018002582041600160200" + "00", compact, func(b *Batch) bool { return b.Spans[0].Flags == 1 }},
		{"unknown fields, compact", svc + "190c" + // field 2, then 3 or more after it, one of each type
			"31" + "12" + "13ff" + "1401" + "1501" + "1601" + "170102030405060708" + "180161" +
			"19320102" + "02" + "1a250102" + "1b00" + "1b018801610162" + "1c1100" + "1d000102030405060708090a0b0c0d0e0f" + "00", compact, spans(0)},
		{"unknown fields, binary", "0c00010b000100000003737663" + "00" + "0f00020c00000001" + binarySpan +
			"020063" + "01" + "030063" + "ff" + "040063" + "0102030405060708" + "060063" + "0102" + "080063" + "01020304" +
			"0a0063" + "0102030405060708" + "0b0063" + "0000000161" + "0c0063" + "02006301" + "00" +
			"0d0063" + "0b0300000001" + "0000000161" + "07" + "0e0063" + "0600000002" + "00010002" + "0f0063" + "0200000001" + "01" +
			"100063" + "000102030405060708090a0b0c0d0e0f" + "00", bin, spans(1)},
		{"nested 30 deep", svc + "190c" + "3c" + strings.Repeat("1c", 29) + strings.Repeat("00", 30) + "00", compact, spans(0)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := tt.c.decodeBatch(unhex(t, tt.input))
			if err != nil {
				t.Fatal(err)
			}
			if !tt.check(b) {
				t.Errorf("got %+v, process %+v, stats %+v", b, b.Process, b.Stats)
			}
		})
	}
}

func TestAnyMessageType(t *testing.T) {
	for _, typ := range []byte{0, 1, 2, 4, 7} {
		compact := unhex(t, goldenCompact)
		compact[1] = typ<<5 | 1
		bin := unhex(t, binaryEnvelope+goldenBinary+"00")
		bin[3] = typ
		for name, decode := range map[string]func() (*Message, error){
			"compact": func() (*Message, error) { return DecodeCompactMessage(compact) },
			"binary":  func() (*Message, error) { return DecodeBinaryMessage(bin) },
		} {
			if m, err := decode(); err != nil || m.Type != typ {
				t.Errorf("%s: type %d read as %+v, error %v", name, typ, m, err)
			}
		}
	}
}

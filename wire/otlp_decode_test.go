// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

// otlpMessage returns a field with a message, in hexadecimal.
func otlpMessage(key string, parts ...string) string {
	body := strings.Join(parts, "")
	return key + hex.EncodeToString(appendUvarint(nil, uint64(len(body)/2))) + body
}

// otlpSpans returns a request with a resource and spans of these bodies.
func otlpSpans(bodies ...string) string {
	var spans []string
	for _, body := range bodies {
		spans = append(spans, otlpMessage("12", body))
	}
	return otlpMessage("0a", "0a00", otlpMessage("12", spans...))
}

// Parts of spans in hexadecimal.
const (
	otlpIDs      = "0a10" + "00000000000000000000000000000001" + "1208" + "0000000000000002"
	claim63Bits  = "0a" + "ffffffffffffffff7f" // a message of 2^63-1 bytes
	claimInSpans = "0a" + "05" + "12" + "ffffff7f"
)

func TestDecodeOTLPMalformed(t *testing.T) {
	for _, tt := range []struct{ name, input, want string }{
		{"no length", "0a", "unexpected end at offset 1 of 1"},
		{"2^63-1 bytes", claim63Bits, "length beyond the end"},
		{"length beyond its message", claimInSpans, "length beyond the end"},
		{"length beyond the outer message", "0a02" + "0a05" + "0000000000", "length beyond the end"},
		{"length of 65 bits", "0a" + "ffffffffffffffffff7f", "number too large"},
		{"number without end", "0a" + strings.Repeat("80", 11), "number too large"},
		{"field 0", "00", "impossible field number"},
		{"field beyond 2^29", "ffffffff7f", "impossible field number"},
		{"group", "0b0c", "group"},
		{"end of a group", "0c", "group"},
		{"type 6", "0e", "unknown type"},
		{"group in a span", otlpSpans(otlpIDs + "a306" + "a406"), "group"},
		{"span without ids", otlpSpans(""), "Span without its ids"},
		{"span without its id", otlpSpans(otlpIDs[:36]), "Span without its ids"},
		{"trace id of 8 bytes", otlpSpans("0a08" + "0000000000000001" + otlpIDs[36:]), "trace id of a wrong length"},
		{"span id of 9 bytes", otlpSpans(otlpIDs[:36] + "1209" + strings.Repeat("00", 9)), "span id of a wrong length"},
		{"parent id of 16 bytes", otlpSpans(otlpIDs + "2210" + strings.Repeat("00", 16)), "span id of a wrong length"},
		{"link without ids", otlpSpans(otlpIDs + "6a00"), "Link without its ids"},
		{"name that is not UTF-8", otlpSpans(otlpIDs + "2a01ff"), "text that is not UTF-8"},
		{"key that is not UTF-8", otlpSpans(otlpIDs + "4a03" + "0a01c3"), "text that is not UTF-8"},
		{"value that is not UTF-8", otlpSpans(otlpIDs + "4a05" + "1203" + "0a01ff"), "text that is not UTF-8"},
		{"half a time", otlpSpans(otlpIDs + "39" + "00000000"), "unexpected end"},
		{"half the flags", otlpSpans(otlpIDs + "8501" + "0000"), "unexpected end"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := DecodeOTLP(unhex(t, tt.input))
			if b != nil || !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, error %v; want one with %q", b, err, tt.want)
			}
		})
	}
}

// TestDecodeOTLPTolerant checks what is accepted though no client of ours writes
// it.
func TestDecodeOTLPTolerant(t *testing.T) {
	one := func(check func(*model.Span) bool) func([]Batch) bool {
		return func(b []Batch) bool { return len(b) == 1 && len(b[0].Spans) == 1 && check(&b[0].Spans[0]) }
	}
	wantTags := func(tags ...model.Tag) func([]Batch) bool {
		return one(func(s *model.Span) bool { return reflect.DeepEqual(s.Tags, tags) })
	}
	text := func(k, v string) model.Tag { return model.Tag{Key: k, Value: model.String(v)} }
	deep := ""
	for range 2000 { // lists within lists
		deep = otlpMessage("2a", otlpMessage("0a", deep))
	}
	for _, tt := range []struct {
		name, input string
		check       func([]Batch) bool
	}{
		{"nothing", "", func(b []Batch) bool { return len(b) == 0 }},
		{"empty ResourceSpans", "0a00" + "0a00" + "0a020a00", func(b []Batch) bool { return len(b) == 1 }},
		{"unknown fields of every type", "9a0601ff" + "9006ff01" + "9106" + "0102030405060708" + "9506" + "01020304" + otlpSpans(otlpIDs+"9a0600"), one(func(*model.Span) bool { return true })},
		{"known fields of another type", otlpSpans(otlpIDs + "2801" + "3200" + "3801" + "4801"), wantTags()},
		{"two scopes", otlpMessage("0a", otlpMessage("12", "0a00", otlpMessage("12", otlpIDs)), otlpMessage("12", otlpMessage("12", otlpIDs))), func(b []Batch) bool { return len(b[0].Spans) == 2 }},
		{"spans before the resource", otlpMessage("0a", otlpMessage("12", otlpMessage("12", otlpIDs)), otlpMessage("0a", "0a15"+"0a0c736572766963652e6e616d65"+"1205"+"0a03737663")), func(b []Batch) bool {
			return b[0].Process.Service == "svc" && b[0].Spans[0].Process == b[0].Process
		}},
		{"two batches", otlpSpans(otlpIDs) + otlpSpans(otlpIDs, otlpIDs), func(b []Batch) bool {
			return len(b) == 2 && len(b[0].Spans) == 1 && len(b[1].Spans) == 2 && b[1].Spans[1].Process == b[1].Process && b[0].Process != b[1].Process
		}},
		{"attributes apart", otlpSpans(otlpIDs + "4a09" + "0a0161" + "1204" + "0a023131" + "5a04" + "1a02" + "1200" + "4a07" + "0a0162" + "1202" + "1001"), wantTags(text("a", "11"), model.Tag{Key: "b", Value: model.Bool(true)})},
		{"name twice: last", otlpSpans("2a0161" + otlpIDs + "2a0162"), one(func(s *model.Span) bool { return s.Operation == "b" })},
		{"value twice: last", otlpSpans(otlpIDs + "4a0c" + "0a0161" + "1205" + "0a0178" + "1001" + "1200"), wantTags(model.Tag{Key: "a", Value: model.Bool(true)})},
		{"no value", otlpSpans(otlpIDs + "4a03" + "0a0161" + "4a00"), wantTags(text("a", ""), text("", ""))},
		{"list and map", otlpSpans(otlpIDs + "4a07" + "0a0161" + "1202" + "2a00" + "4a07" + "0a0162" + "1202" + "3200"), wantTags(text("a", "(list)"), text("b", "(map)"))},
		{"lists 2,000 deep", otlpSpans(otlpIDs + otlpMessage("4a", otlpMessage("12", deep))), wantTags(text("", "(list)"))},
		{"length in the long form", "0a8000" + "0a828000" + "1200", func(b []Batch) bool { return len(b) == 1 }},
		{"kind beyond the known", otlpSpans(otlpIDs + "3006"), wantTags()},
		{"message without a code", otlpSpans(otlpIDs + "7a03" + "120177"), wantTags(text("otel.status_description", "w"))},
		{"status twice", otlpSpans(otlpIDs + "7a03" + "120177" + "7a02" + "1802"), wantTags(model.Tag{Key: "error", Value: model.Bool(true)}, text("otel.status_description", "w"))},
		{"empty parent id", otlpSpans(otlpIDs + "2200"), one(func(s *model.Span) bool { return s.ParentID == 0 && s.References == nil })},
		{"time beyond ours", otlpSpans(otlpIDs + "39" + "ffffffffffffffff" + "41" + "0000000000000000"), one(func(s *model.Span) bool { return s.Start == 1<<63-1 && s.Duration == 0 })},
		{"link to the parent", otlpSpans(otlpIDs + "2208" + "0000000000000003" + otlpMessage("6a", "0a10"+"00000000000000000000000000000001"+"1208"+"0000000000000003")), one(func(s *model.Span) bool {
			return reflect.DeepEqual(s.References, []model.Reference{{TraceID: model.TraceID{Low: 1}, SpanID: 3, Type: model.FollowsFrom}})
		})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := DecodeOTLP(unhex(t, tt.input))
			if err != nil {
				t.Fatal(err)
			}
			if !tt.check(b) {
				t.Errorf("got %+v", b)
			}
		})
	}
}

func TestDecodeOTLPRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		in := &randomMessage(r).Batch
		once := otlpRequest(in, AppendOTLPSpan)
		batches, err := DecodeOTLP(once)
		if err != nil || len(batches) != 1 || len(batches[0].Spans) != len(in.Spans) {
			t.Fatalf("%d batches, error %v", len(batches), err)
		}
		if twice := otlpRequest(&batches[0], AppendOTLPSpan); !bytes.Equal(once, twice) {
			t.Fatalf("encoded once %x\n twice %x", once, twice)
		}
		for i := range in.Spans {
			a, b := &in.Spans[i], &batches[0].Spans[i]
			if a.TraceID != b.TraceID || a.SpanID != b.SpanID || a.ParentID != b.ParentID || a.Operation != b.Operation || !reflect.DeepEqual(a.Tags, b.Tags) {
				t.Fatalf("got %+v\nwant %+v", b, a)
			}
		}
	}
}

// TestDecodeOTLPKeepsNothing overwrites the input.
func TestDecodeOTLPKeepsNothing(t *testing.T) {
	input := otlpRequest(&Batch{Process: &model.Process{Service: "svc"}, Spans: []model.Span{*largeSpan()}}, AppendOTLPSpan)
	got, err := DecodeOTLP(input)
	want, err2 := DecodeOTLP(input)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	for i := range input {
		input[i] = 0xee
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the batch changed with the input: %+v", got)
	}
}

func TestDecodeOTLPTruncated(t *testing.T) {
	whole := otlpRequest(&Batch{Process: &model.Process{Service: "svc"}, Spans: []model.Span{*largeSpan()}, SeqNo: 1, Stats: &ClientStats{1, 2, 3}}, AppendOTLPSpan)
	for n := 1; n < len(whole); n++ {
		if b, err := DecodeOTLP(whole[:n:n]); !errors.Is(err, ErrMalformed) || b != nil {
			t.Errorf("%d of %d bytes: got %v, error %v", n, len(whole), b, err)
		}
	}
}

// otlpMemoryLimit is what DecodeOTLP promises to stay below.
func otlpMemoryLimit(input []byte) uint64 { return 64<<10 + 32*uint64(len(input)) }

// TestDecodeOTLPMemoryBound feeds the decoder with what takes most memory for its
// length.
func TestDecodeOTLPMemoryBound(t *testing.T) {
	if race.Enabled {
		t.Skip("allocations differ under the race detector")
	}
	const n = 20_000
	in := func(parts ...string) string { return otlpSpans(otlpIDs + strings.Join(parts, "")) }
	for _, tt := range []struct {
		name, input string
		fails       bool
	}{
		{"batches", strings.Repeat("0a020a00", n), false},
		{"spans", otlpSpans(strings.Split(strings.Repeat(otlpIDs+",", n)+otlpIDs, ",")...), false},
		{"spans with a status and a parent", otlpSpans(strings.Split(strings.Repeat(otlpIDs+"2208"+"0000000000000001"+"3001"+"7a05"+"120161"+"1802"+",", n)+otlpIDs, ",")...), false},
		{"attributes", in(strings.Repeat("4a00", n)), false},
		{"attributes of the resource", otlpMessage("0a", otlpMessage("0a", strings.Repeat("0a00", n))), false},
		{"attributes of the scope", otlpMessage("0a", otlpMessage("12", otlpMessage("0a", strings.Repeat("1a00", n)))), false},
		{"resources", otlpMessage("0a", strings.Repeat("0a00", n)), false},
		{"lists", in(strings.Repeat("4a04"+"1202"+"2a00", n)), false},
		{"events", in(strings.Repeat("5a00", n)), false},
		{"named events", in(strings.Repeat("5a03"+"120161", n)), false},
		{"names of one event", in(otlpMessage("5a", strings.Repeat("120161", n))), false},
		{"links", in(strings.Repeat(otlpMessage("6a", otlpIDs), n)), false},
		{"kinds", in(strings.Repeat("3001", n)), false},
		{"one long text", in(otlpMessage("2a", strings.Repeat("61", 1<<20))), false},
		{"2^63-1 bytes", claim63Bits, true},
		{"cut off at the end", in(strings.Repeat("4a00", n)) + "0a", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			input := unhex(t, tt.input)
			limit := otlpMemoryLimit(input)
			if tt.fails {
				limit = 4096 // nothing but the error
			}
			var err error
			used := allocated(limit, func() { _, err = DecodeOTLP(input) })
			if (err != nil) != tt.fails {
				t.Fatalf("error %v", err)
			}
			t.Logf("%d bytes allocated for %d", used, len(input))
			if used > limit {
				t.Errorf("%d bytes allocated for %d; the limit is %d", used, len(input), limit)
			}
		})
	}
}

func FuzzDecodeOTLP(f *testing.F) {
	whole := otlpRequest(&Batch{Process: &model.Process{Service: "svc"}, Spans: []model.Span{*largeSpan(), *goldenOTLP()}, SeqNo: 1, Stats: &ClientStats{1, 2, 3}}, AppendOTLPSpan)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(whole[:len(whole)-1])
	f.Add([]byte{})
	for _, s := range []string{
		claim63Bits, // as jaeger-client-go's 16 GiB for 21 bytes
		claimInSpans,
		"0a" + strings.Repeat("80", 11),
		"0b0c",        // groups
		otlpSpans(""), // a span without ids
		otlpSpans(otlpIDs),
		otlpSpans(otlpIDs + "4a00" + "5a00" + "3001" + "7a021801"),
		otlpSpans(otlpIDs + "4a07" + "0a0161" + "1202" + "2a00"),
		otlpSpans(otlpIDs + "4a12" + "0a0c" + hex.EncodeToString([]byte("spur.trimmed")) + "1202" + "1001" + "4a12" + "0a09" + hex.EncodeToString([]byte("span.kind")) + "1205" + "0a0361626300"[:10]),
		otlpSpans(otlpIDs + "2208" + "0000000000000003" + otlpMessage("6a", "0a10"+"00000000000000000000000000000001"+"1208"+"0000000000000003")),
	} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var batches []Batch
		var err error
		limit := otlpMemoryLimit(in)
		if used := allocated(limit, func() { batches, err = DecodeOTLP(in) }); used > limit && !race.Enabled {
			t.Fatalf("%d bytes allocated for %d; the limit is %d", used, len(in), limit)
		}
		if err != nil {
			if !errors.Is(err, ErrMalformed) || batches != nil {
				t.Fatalf("returned %v and error %v", batches, err)
			}
			return
		}
		var once, twice []byte
		for i := range batches {
			once = append(once, otlpRequest(&batches[i], AppendOTLPSpan)...)
		}
		again, err := DecodeOTLP(once)
		if err != nil || len(again) != len(batches) {
			t.Fatalf("cannot read its own %d batches: %d, %v", len(batches), len(again), err)
		}
		for i := range again {
			twice = append(twice, otlpRequest(&again[i], AppendOTLPSpan)...)
			if len(again[i].Spans) != len(batches[i].Spans) {
				t.Fatalf("batch %d has %d spans, had %d", i, len(again[i].Spans), len(batches[i].Spans))
			}
		}
		if !bytes.Equal(once, twice) {
			t.Fatalf("encoded once %x\n twice %x", once, twice)
		}
		for i := range batches { // names change, but neither do they break anything
			if _, err := DecodeOTLP(otlpRequest(&batches[i], AppendOTLPSpanSemantic)); err != nil {
				t.Fatalf("semantic: %v", err)
			}
		}
	})
}

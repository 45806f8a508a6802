// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// TestNested: what is nested as deep as pdata reads is taken, and what is taken can
// be read.
func TestNested(t *testing.T) {
	for depth := 1; depth <= 110; depth++ {
		for kind, wrap := range map[string]func(pcommon.Value) pcommon.Value{
			"lists": func(v pcommon.Value) pcommon.Value { return v.SetEmptySlice().AppendEmpty() },
			"maps":  func(v pcommon.Value) pcommon.Value { return v.SetEmptyMap().PutEmpty("k") },
		} {
			td := traces(1)
			v := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutEmpty("k")
			for range depth {
				v = wrap(v)
			}
			b := marshal(t, td)
			encoded, taken := takeEncoded(t, collect.Config{}, b)
			stored, refused, _ := through(t, collect.Config{}, td)
			if taken != (len(refused) == 0) || depth <= 32 && !taken {
				t.Errorf("%d %s: taken as it came is %t, refused %v", depth, kind, taken, refused)
			}
			if _, err := trace.Decode(encoded); err != nil {
				t.Errorf("%d %s are taken as they came, but %v", depth, kind, err)
			}
			again, err := trace.Encode(stored)
			if err == nil {
				_, err = trace.Decode(again)
			}
			if err != nil {
				t.Errorf("%d %s are taken, but %v", depth, kind, err)
			}
		}
	}
}

// TestTakeEncodedFound: what is taken as it came is found by what it says once it is
// decoded, however odd its encoding is.
func TestTakeEncodedFound(t *testing.T) {
	g := encoder{Rand: rand.New(rand.NewPCG(1, 2))}
	taken := 0
	for range 1_000 {
		g.odd = 3 * g.IntN(20)
		e := trace.Encoded{Resource: g.resource(), Scope: g.scope(), Span: g.span()}
		s := memory.Open(memory.Config{MaxBytes: 1 << 20})
		c := collect.New(collect.Config{}, s, nil, quiet)
		ok, err := c.TakeEncoded(t.Context(), []trace.Encoded{e}, udp)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if ok {
			taken++
			found(t, s, e)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if taken < 200 || taken > 900 {
		t.Errorf("%d of 1000 are taken", taken)
	}
}

// found searches for tags that e has, and that it has not.
func found(t *testing.T, s *memory.Store, e trace.Encoded) {
	t.Helper()
	td, err := trace.Decode([]trace.Encoded{e})
	if err != nil {
		t.Fatalf("%x: %v", e, err)
	}
	spans := slices.Collect(trace.Spans(td))
	texts := []string{"a", "b", "7", "true", ""}
	for _, v := range spans[0].Tags() {
		texts = append(texts, v.AsString())
	}
	for _, key := range []string{"k", "l", "", trace.TagEvent, trace.TagScopeName, trace.TagScopeVersion} {
		for _, text := range texts {
			for _, cmp := range []trace.Cmp{trace.CmpEqual, trace.CmpNotEqual, trace.CmpExists} {
				term := trace.Term{Field: trace.FieldTag, Key: key, Cmp: cmp, Text: text, Number: trace.ParseNumber(text)}
				q := trace.Query{Where: &trace.Expr{Term: term}, Limit: 1}
				_, want := q.Match(spans)
				page, err := s.Search(t.Context(), q)
				if err != nil || (len(page.Traces) > 0) != want {
					t.Fatalf("%x: %v of %q %q is %t, found %d, %v", e, cmp, key, text, want, len(page.Traces), err)
				}
			}
		}
	}
}

// encoder makes OTLP whose fields come in any order, with numbers longer than they
// need be. One in odd messages has a field twice, too, or one that nobody knows.
type encoder struct {
	*rand.Rand
	odd int
}

func (g *encoder) resource() []byte {
	attributes := [][]byte{g.bytes(1, g.message(g.bytes(1, []byte("service.name")), g.bytes(2, g.message(g.bytes(1, []byte("shop"))))))}
	return g.message(g.bytes(1, g.message(append(attributes, g.attributes(1)...)...)), g.bytes(3, []byte("a")))
}

func (g *encoder) scope() []byte {
	return g.message(g.bytes(1, g.message(append(g.attributes(3), g.bytes(1, g.text()), g.bytes(2, g.text()))...)))
}

func (g *encoder) span() []byte {
	event := g.message(append(g.attributes(3), g.bytes(2, g.text()))...)
	return g.message(append(g.attributes(9),
		g.bytes(1, []byte("a trace's id 16.")), g.bytes(2, []byte("span's 8")), g.bytes(5, []byte("name")),
		g.fixed64(7, 1), g.fixed64(8, 2), g.number(6, 3), g.bytes(11, event), g.bytes(11, g.message()),
	)...)
}

func (g *encoder) attributes(num protowire.Number) (fields [][]byte) {
	for range g.IntN(3) {
		kv := [][]byte{g.bytes(1, []byte([]string{"k", "l", ""}[g.IntN(3)])), g.bytes(2, g.value())}
		fields = append(fields, g.bytes(num, g.message(kv[g.IntN(2)*g.IntN(2):]...)))
	}
	return fields
}

func (g *encoder) text() []byte { return []byte([]string{"", "a", "b", "7", "true"}[g.IntN(5)]) }

func (g *encoder) value() []byte {
	switch g.IntN(8) {
	case 0:
		return g.message()
	case 1:
		return g.message(g.number(2, g.Uint64N(2)))
	case 2:
		return g.message(g.number(3, 7))
	case 3:
		return g.message(g.fixed64(4, math.Float64bits(7)))
	case 4:
		return g.message(g.bytes(5, g.message(g.bytes(1, g.message(g.bytes(1, g.text()))))))
	case 5:
		return g.message(g.bytes(7, g.text()))
	default:
		return g.message(g.bytes(1, g.text()))
	}
}

// message joins fields.
func (g *encoder) message(fields ...[]byte) []byte {
	if g.odd > 0 && g.IntN(g.odd) == 0 {
		fields = append(fields, [][]byte{g.bytes(1, g.text()), g.bytes(2, g.number(3, 7)), g.bytes(3, g.text()), g.number(3, 7), g.bytes(15, g.text()), g.number(99, 7)}[g.IntN(6)])
	}
	if len(fields) > 1 {
		g.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	}
	return bytes.Join(fields, nil)
}

func (g *encoder) bytes(num protowire.Number, b []byte) []byte {
	return append(g.varint(g.varint(nil, uint64(num)<<3|2), uint64(len(b))), b...)
}

func (g *encoder) number(num protowire.Number, n uint64) []byte {
	return g.varint(g.varint(nil, uint64(num)<<3), n)
}

func (g *encoder) fixed64(num protowire.Number, n uint64) []byte {
	return protowire.AppendFixed64(g.varint(nil, uint64(num)<<3|1), n)
}

// varint appends n, sometimes as a long one.
func (g *encoder) varint(b []byte, n uint64) []byte {
	b = protowire.AppendVarint(b, n)
	if g.IntN(10) == 0 {
		b[len(b)-1] |= 0x80
		b = append(b, 0x80, 0)
	}
	return b
}

// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/klauspost/compress/s2"

	"github.com/go-spur/spur/backend/trace"
)

func TestColumns(t *testing.T) {
	c := columns{
		trace:     []int64{5, 4, 1 << 40, 1},
		start:     []uint64{math.MaxUint64, 0, 1 << 63, 1<<63 - 1},
		duration:  []int64{0, math.MaxInt64, 127, 128},
		operation: []int64{1, 2, 1 << 40, 3},
		status:    []uint8{0, 1, 2, 255},
		span:      []uint64{1, math.MaxUint64, 0, 7},
		parent:    []uint64{0, 1, 2, math.MaxUint64},
	}
	var got columns
	for k := range columnKinds {
		if err := got.decode(k, 4, c.encode(k)); err != nil {
			t.Errorf("column %d: %v", k, err)
		}
		for _, n := range []int{0, 3, 5, 1 << 40} {
			if err := new(columns).decode(k, n, c.encode(k)); err == nil {
				t.Errorf("column %d of 4 was read as one of %d", k, n)
			}
		}
	}
	if !reflect.DeepEqual(got, c) {
		t.Errorf("got %+v, want %+v", got, c)
	}
}

// A length that is not true does not take memory.
func TestBlockBomb(t *testing.T) {
	bomb := binary.AppendUvarint(nil, math.MaxUint32)
	piece := s2.Encode(nil, []byte{0})
	for name, body := range map[string][]byte{
		"heads": appendBytes(nil, bomb),
		"spans": appendBytes(appendBytes(nil, piece), bomb),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := readBlock(body); err == nil {
			t.Errorf("%s: no error", name)
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}

func TestSortPostings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 1000, 50_000} {
		list := make([]posting, n)
		for i := range list {
			list[i] = posting{token(r.Uint64N(1<<r.UintN(64)) | r.Uint64N(2)<<63), uint32(i)}
		}
		want := slices.Clone(list)
		slices.SortStableFunc(want, func(a, b posting) int { return cmp.Compare(a.token, b.token) })
		before := slices.Clone(list)
		if got := sortPostings(list); !slices.Equal(got, want) {
			t.Errorf("%d postings are not sorted", n)
		}
		if !slices.Equal(list, before) {
			t.Errorf("%d postings were changed", n)
		}
	}
}

func TestPostings(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const spans = 3000
	want := map[token]bitset{}
	var list []posting
	for i := range uint32(spans) {
		for _, tok := range []token{1, token(i % 7), token(1e15 + r.Uint64N(500)), token(math.MaxInt64 - int64(i))} {
			list = append(list, posting{tok, i})
			if want[tok] == nil {
				want[tok] = newBitset(spans)
			}
			want[tok].set(uint64(i))
		}
	}
	got := map[token]bitset{}
	rows := 0
	err := encodePostings(list, func(first token, body []byte) error {
		rows++
		return decodePostings(first, body, func(tok token, l spanList) bool {
			if got[tok] != nil {
				t.Errorf("token %d is there twice", tok)
			}
			got[tok] = newBitset(spans)
			l.addTo(got[tok])
			return true
		})
	})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%d tokens in %d rows, %v; want %d", len(got), rows, err, len(want))
	}
	if rows < 10 {
		t.Errorf("only %d rows", rows)
	}
}

// Equal numbers have a token in common, others do not.
func TestCanonical(t *testing.T) {
	groups := [][]string{
		{"5", "5.0", "+5", "05", "5e0", "0.5e1"},
		{"0", "-0", "0.0", "-0.0"},
		{"5.5", "55e-1"},
		{"1e300", "10e299"},
		{"9007199254740993"},
		{"9007199254740992", "9007199254740992.0"},
		{"Infinity"},
		{"-Infinity"},
		{"-9223372036854775808", "-9.223372036854775808e18"},
	}
	seen := map[string]int{}
	for i, group := range groups {
		for _, text := range group {
			n := number(text)
			if !n.Valid {
				t.Fatalf("%s is no number", text)
			}
			c := canonical(n)
			if j, ok := seen[c]; ok && j != i {
				t.Errorf("%s is %s, like %s", text, c, groups[j][0])
			}
			if seen[c] = i; canonical(number(group[0])) != c {
				t.Errorf("%s is %s, but %s is not", text, c, group[0])
			}
		}
	}
	for _, text := range []string{"", "x", "0x5", "NaN", "1_0", "1e999", "5 "} {
		if number(text).Valid {
			t.Errorf("%q is a number", text)
		}
	}
}

func TestTraceSet(t *testing.T) {
	set := func(rows ...int64) *traceSet {
		s := newTraceSet()
		for _, r := range rows {
			s.add(r)
		}
		return s
	}
	rows := func(s *traceSet) []int64 { return slices.Sorted(s.all()) }
	a, b := set(1, 2, 1<<20, 1<<40), set(2, 3, 1<<20, 1<<30)
	for name, test := range map[string]struct {
		op   func(x, y *traceSet)
		want []int64
	}{
		"and":    {(*traceSet).and, []int64{2, 1 << 20}},
		"or":     {(*traceSet).or, []int64{1, 2, 3, 1 << 20, 1 << 30, 1 << 40}},
		"andNot": {(*traceSet).andNot, []int64{1, 1 << 40}},
	} {
		c := a.clone()
		c.add(1) // the page that was used last must not outlive the operation
		test.op(c, b)
		if !slices.Equal(rows(c), test.want) || c.count() != len(test.want) {
			t.Errorf("%s: %v, want %v", name, rows(c), test.want)
		}
		c.add(7)
		if !c.has(7) || c.has(8) || slices.Index(rows(c), 7) < 0 {
			t.Errorf("%s: 7 was not added: %v", name, rows(c))
		}
	}
	if !slices.Equal(rows(a), []int64{1, 2, 1 << 20, 1 << 40}) {
		t.Errorf("changed: %v", rows(a))
	}
}

// What is read from a damaged file makes errors, no panic and no endless
// memory.
func FuzzDecode(f *testing.F) {
	var w blockWriter
	w.reset()
	encoded, err := trace.Encode(some(1, 3))
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range encoded {
		w.add(e)
	}
	f.Add(uint16(3), slices.Clone(w.body()))
	f.Add(uint16(1), appendBytes(nil, s2.Encode(nil, []byte{0xff, 0xff, 0xff, 0xff, 0x0f})))
	f.Add(uint16(1), appendBytes(appendBytes(nil, s2.Encode(nil, []byte{1, 0, 0})), s2.Encode(nil, []byte{0, 5, 1, 2})))
	f.Add(uint16(2), []byte{1, 2})
	f.Add(uint16(2), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add(uint16(6), []byte{0x82, 1, 0, 3, 0x81, 0x80, 0x80, 2, 5, 1})
	l := links{map[call]count{{5, 1, 2, 3}: {7, 1}, {1, 28e6, 2, 1}: {1, 0}}, []orphan{{1 << 40, 1}, {3, 2}}}
	f.Add(uint16(3), l.encode())
	f.Add(uint16(64), []byte{5, 3, 1, 2, 0xff, 200, 1, 0})
	f.Fuzz(func(t *testing.T, n uint16, b []byte) {
		if spans, err := readBlock(b); err == nil {
			var w blockWriter
			w.reset()
			for _, e := range spans {
				w.add(e)
			}
			if again, err := readBlock(w.body()); err != nil || !reflect.DeepEqual(again, spans) {
				t.Errorf("a block of %d spans is not the same again: %v", len(spans), err)
			}
		}
		if block, err := openBlock(b); err == nil {
			_, _ = block.span(int(n))
		}
		for k := range columnKinds {
			var c columns
			_ = c.decode(k, int(n), b)
		}
		var picked, want []int64
		set := newBitset(int(n))
		for i := uint64(0); i < uint64(n); i += 3 {
			set.set(i)
		}
		if pickDeltas(b, set, func(v int64) { picked = append(picked, v) }) {
			var c columns
			err := c.decode(columnTrace, int(n), b)
			for i := 0; i < len(c.trace); i += 3 {
				want = append(want, c.trace[i])
			}
			if err == nil && !slices.Equal(picked, want) {
				t.Errorf("picked %d of % x, want %d", picked, b, want)
			}
		}
		l, again := links{calls: map[call]count{}}, links{calls: map[call]count{}}
		var err error
		if l.orphans, err = decodeLinks(b, int(n), l.add); err == nil {
			if again.orphans, err = decodeLinks(l.encode(), int(n), again.add); err != nil || !reflect.DeepEqual(again, l) {
				t.Errorf("%+v became %+v, %v", l, again, err)
			}
		}
		_ = decodePostings(1, b, func(_ token, l spanList) bool {
			l.addTo(set)
			return true
		})
	})
}

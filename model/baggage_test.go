// SPDX-License-Identifier: Apache-2.0

package model

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func text(b *Baggage) string {
	var parts []string
	for m := range b.All() {
		parts = append(parts, m.Key+"="+m.Value)
	}
	return strings.Join(parts, " ")
}

func TestBaggageIsImmutable(t *testing.T) {
	var none *Baggage
	a := none.With(Member{Key: "a", Value: "1"})
	ab := a.With(Member{Key: "b", Value: "2"})
	again := ab.With(Member{Key: "a", Value: "3"})
	without := ab.Without("a")
	for _, tt := range []struct {
		b    *Baggage
		want string
	}{
		{none, ""},
		{a, "a=1"},
		{ab, "b=2 a=1"},
		{again, "a=3 b=2"},
		{without, "b=2"},
		{ab.Without("x"), "b=2 a=1"},
		{none.Without("x"), ""},
		{a.Without("a"), ""},
		{NewBaggage(), ""},
		{NewBaggage(Member{Key: "x", Value: "1"}, Member{Key: "y"}, Member{Key: "x", Value: "2"}), "x=2 y="},
	} {
		if got := text(tt.b); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
		if n := len(strings.Fields(tt.want)); tt.b.Len() != n {
			t.Errorf("%q has length %d", tt.want, tt.b.Len())
		}
	}
	for m := range ab.All() {
		if m.Key != "b" {
			t.Error("iteration did not stop")
		}
		break
	}
}

// Against a map, with random changes.
func TestBaggageAgainstAMap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var b *Baggage
	want := map[string]string{}
	for i := range 5000 {
		key := fmt.Sprint(rnd.IntN(40))
		if rnd.IntN(3) == 0 {
			b = b.Without(key)
			delete(want, key)
		} else {
			b = b.With(Member{Key: key, Value: fmt.Sprint(i)})
			want[key] = fmt.Sprint(i)
		}
		got := map[string]string{}
		for m := range b.All() {
			if _, twice := got[m.Key]; twice {
				t.Fatalf("%s is there twice", m.Key)
			}
			got[m.Key] = m.Value
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || b.Len() != len(want) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	for key, value := range want {
		if m, ok := b.Get(key); !ok || m.Value != value {
			t.Errorf("Get(%s) = %v, %v", key, m, ok)
		}
	}
}

// One allocation for all, however many.
func TestNewBaggageAllocations(t *testing.T) {
	members := []Member{{Key: "a"}, {Key: "b"}, {Key: "c"}}
	if n := testing.AllocsPerRun(100, func() { sink = NewBaggage(members...) }); n != 1 {
		t.Errorf("%v allocations, want 1", n)
	}
}

var sink *Baggage

// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"maps"
	"reflect"
	"testing"

	"github.com/go-spur/spur/model"
)

// keyed is a carrier that is not a Header.
type keyed map[string]string

func (k keyed) Set(key, value string) { k[key] = value }

// Sets that every format can hold whole have a shorter way, which writes the same.
func TestInjectOrdinary(t *testing.T) {
	member := func(pairs ...string) *model.Baggage {
		var b *model.Baggage
		for i := 0; i < len(pairs); i += 2 {
			b = b.With(model.Member{Key: pairs[i], Value: pairs[i+1]})
		}
		return b
	}
	sets := map[string]struct {
		b        *model.Baggage
		ordinary bool
	}{
		"one":            {member("tenant", "acme"), true},
		"three":          {member("tenant", "acme", "User-Id", "42", "x_y.z", "a~b"), true},
		"no value":       {member("k", ""), true},
		"no key":         {member("", "v"), false},
		"a space":        {member("k", "v w", "l", "%,;"), true},
		"a space first":  {member("k", " v"), false},
		"control bytes":  {member("k", "v\n"), false},
		"an odd key":     {member("k!", "v"), false},
		"not ASCII":      {member("k", "é"), false},
		"two spellings":  {member("k", "1", "K", "2"), false},
		"properties":     {model.NewBaggage(model.Member{Key: "k", Value: "v", Properties: "p=1"}), false},
		"binary to gRPC": {member("k-bin", "v"), true},
	}
	for _, kind := range []Kind{HTTP, Text} {
		for _, to := range [][]Format{{FormatJaeger}, {FormatW3C}, {FormatB3}, {FormatJaeger, FormatW3C}, {FormatB3, FormatBaggage, FormatJaeger}} {
			for name, set := range sets {
				for limit := range 160 { // bytes, of which the largest set needs less
					p, err := Composite(kind, nil, to, WithLimits(Limits{BaggageBytes: limit + 1, BaggageMembers: 1 + limit/30}))
					if err != nil {
						t.Fatal(err)
					}
					check := func(carrier string, style keyStyle, write func(put func(w *writer)) map[string]any) {
						t.Helper()
						took := false
						short := write(func(w *writer) { w.names, w.style = p.names, style; took = p.injectOrdinary(set.b, w) })
						long := write(func(w *writer) { w.names, w.style = p.names, style; p.injectChosen(set.b, w) })
						if took && !reflect.DeepEqual(short, long) || !took && len(short) > 0 {
							t.Fatalf("%v %v %s into a %s, limit %d: %v, want %v", kind, to, name, carrier, limit, short, long)
						}
						ordinary := set.ordinary && !(style == inLower && name == "binary to gRPC")
						if limit == 159 && took != ordinary && !(len(to) == 1 && to[0] == FormatW3C && name == "two spellings") {
							t.Fatalf("%v %v %s into a %s is ordinary: %v, want %v", kind, to, name, carrier, took, ordinary)
						}
					}
					check("Header", inHeader, func(put func(w *writer)) map[string]any {
						w := &writer{header: Header{}}
						put(w)
						return anyOf(w.header)
					})
					for _, style := range []keyStyle{asIs, inLower, inEnviron} {
						check("map", style, func(put func(w *writer)) map[string]any {
							to := keyed{}
							put(&writer{to: to})
							return anyOf(to)
						})
					}
				}
			}
		}
	}
}

func anyOf[V any](m map[string]V) map[string]any {
	all := map[string]any{}
	for k, v := range maps.All(m) {
		all[k] = v
	}
	return all
}

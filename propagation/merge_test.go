// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func TestCompositeMergesBaggage(t *testing.T) {
	jaegerIDs, w3cIDs := [2]string{"uber-trace-id", "1:2:0:1"}, [2]string{"traceparent", w3cParent}
	for _, tt := range []struct {
		name    string
		carrier [][2]string
		want    string
		dropped string // of each format
	}{
		{"the same in both", [][2]string{jaegerIDs, {"uberctx-user-id", "a+b"}, {"baggage", "user-id=a%20b"}}, "user-id=a b", "0 0 0"},
		{"the same in both, ordinary", [][2]string{jaegerIDs, {"uberctx-user-id", "a"}, {"uberctx-tenant", "b"}, {"baggage", "user-id=a,tenant=b"}}, "tenant=b user-id=a", "0 0 0"},
		{"one more in w3c's", [][2]string{jaegerIDs, {"uberctx-k", "1"}, {"baggage", "k=1,l=2,m=%"}}, "k=1 l=2", "0 1 0"},
		{"the same in both, with properties", [][2]string{jaegerIDs, {"uberctx-k", "1"}, {"baggage", "k=1;p"}, {"baggage", "l=2"}}, "k=1;p l=2", "0 0 0"},
		{"the same in both, w3c's ids", [][2]string{w3cIDs, {"uberctx-k", "1"}, {"baggage", "k=2"}}, "k=2", "0 0 0"},
		{"w3c's spelling and properties", [][2]string{jaegerIDs, {"uberctx-user-id", "jaeger"}, {"baggage", "User-Id=w3c;p=1"}}, "User-Id=jaeger;p=1", "0 0 0"},
		{"w3c's value where its ids won", [][2]string{w3cIDs, {"uberctx-user-id", "jaeger"}, {"baggage", "User-Id=w3c;p=1"}}, "User-Id=w3c;p=1", "0 0 0"},
		{"nobody's ids", [][2]string{{"uberctx-user-id", "jaeger"}, {"baggage", "User-Id=w3c;p=1"}}, "User-Id=jaeger;p=1", "0 0 0"},
		{"neither's ids", [][2]string{{"b3", "1-2-1"}, {"uberctx-k", "jaeger"}, {"baggage", "K=w3c"}}, "K=jaeger", "0 0 0"},
		{"three formats", [][2]string{{"b3", "1-2-1"}, {"uberctx-k", "jaeger"}, {"baggage", "K=w3c;p"}, {"baggage-k", "b3"}}, "K=b3;p", "0 0 0"},
		{"each its own", [][2]string{jaegerIDs, {"uberctx-a", "1"}, {"jaeger-baggage", "b=2"}, {"baggage", "c=3"}, {"baggage-d", "4"}}, "a=1 b=2 c=3 d=4", "0 0 0"},
		{"plus", [][2]string{jaegerIDs, {"uberctx-a", "1+1"}, {"jaeger-baggage", "b=1+1"}, {"baggage", "c=1+1"}, {"baggage-d", "1+1"}}, "a=1 1 b=1 1 c=1+1 d=1+1", "0 0 0"},
		{"a list's spelling", [][2]string{jaegerIDs, {"jaeger-baggage", "Key=1"}, {"uberctx-key", "2"}}, "key=2", "0 0 0"},
		{"undecodable in one", [][2]string{jaegerIDs, {"uberctx-k", "100%"}, {"baggage", "k=100%25"}}, "k=100%", "0 0 0"},
		{"undecodable in both", [][2]string{jaegerIDs, {"uberctx-k", "100%"}, {"baggage", "k=100%"}}, "k=100%", "0 1 0"},
		{"undecodable in a list", [][2]string{jaegerIDs, {"jaeger-baggage", "k=100%"}, {"baggage", "k=1"}}, "k=100%", "0 0 0"},
		{"encoded in B3", [][2]string{{"b3", "1-2-1"}, {"baggage-k", "50%20off"}, {"baggage-l", "100%"}}, "k=50%20off l=100%", "0 0 0"},
		{"not UTF-8", [][2]string{jaegerIDs, {"uberctx-k", "%ff"}, {"baggage", "k=%ff,l=%ff"}}, "k=\xff l=\ufffd", "0 0 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := propagation.Header{}
			for _, kv := range tt.carrier {
				http.Header(h).Add(kv[0], kv[1])
			}
			reversed := &pairs{}
			for i := range tt.carrier {
				reversed.list = append(reversed.list, tt.carrier[len(tt.carrier)-1-i])
			}
			for what, from := range map[string]propagation.Reader{"Header": h, "foreign": &pairs{list: tt.carrier}, "reversed": reversed} {
				p := newDefault(t, propagation.HTTP)
				c, err := p.Extract(from)
				if got := listMembers(c.Baggage); err != nil || got != tt.want {
					t.Errorf("%s: %q, %v; want %q", what, got, err, tt.want)
				}
				var dropped []uint64
				for _, s := range p.Stats() {
					dropped = append(dropped, s.BaggageDropped)
				}
				if got := strings.Trim(fmt.Sprint(dropped), "[]"); got != tt.dropped {
					t.Errorf("%s: %s dropped, want %s", what, got, tt.dropped)
				}
			}
		})
	}
}

// A set that fills the preferred format travels on for any number of hops, whole and
// in that format alone.
func TestFullBaggageSurvives(t *testing.T) {
	value := strings.Repeat("v", 8192/64-len("uberctx-")-len("key-00"))
	full := members(numberedAll("key-%02d="+value, 64)...)
	one := members("k=" + strings.Repeat("v", 8192-len("uberctx-k")))
	encoded := members(numberedAll("k%02d="+strings.Repeat("é", 19), 64)...) // 8 + 3 + 6 * 19 = 125 bytes each
	for name, baggage := range map[string]*model.Baggage{"64 members": full, "one member": one, "encoded": encoded} {
		for _, inject := range []formats{{fJaeger, fW3C}, {fW3C, fJaeger, fB3}, {fJaeger}, {fW3C}} {
			p := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, inject)
			c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Baggage: baggage}
			want := listMembers(baggage)
			for hop := range 4 {
				var carrier duplex = propagation.Header{}
				if hop%2 == 1 {
					carrier = textMap{}
				}
				p.Inject(&c, carrier)
				if total, sizes := baggageSizes(carrier); total > 8192 || len(sizes) != 1 || sizes[inject[0]] == 0 {
					t.Errorf("%s over %v: %d bytes go out, %v", name, inject, total, sizes)
				}
				var err error
				if c, err = p.Extract(carrier); err != nil {
					t.Fatal(err)
				}
			}
			if got := listMembers(c.Baggage); got != want {
				t.Errorf("%s over %v: %d bytes, %d members arrived; want %d, %d", name, inject, len(got), c.Baggage.Len(), len(want), baggage.Len())
			}
			for i, s := range p.Stats() {
				left := uint64(0)
				if f := []propagation.Format{fJaeger, fW3C, fB3}[i]; f != inject[0] && slices.Contains(inject, f) {
					left = 4 * uint64(baggage.Len())
				}
				if s.BaggageDropped != left || s.Conflicts > 0 || s.Rejected > 0 {
					t.Errorf("%s over %v: %+v, want %d members left out", name, inject, s, left)
				}
			}
		}
	}
}

// What the formats bring together stays within the limits, too.
func TestMergedLimits(t *testing.T) {
	value := strings.Repeat("v", 5000)
	p := newDefault(t, propagation.HTTP)
	c, err := p.Extract(propagation.Header{"Uber-Trace-Id": {"1:1:1:1"}, "Uberctx-A": {value}, "Baggage": {"b=" + value + ",c=1"}, "Baggage-D": {value}})
	if err != nil || c.Baggage.Len() != 2 {
		t.Errorf("%d members, %v; want a and c", c.Baggage.Len(), err)
	}
	for i, want := range []uint64{0, 1, 1} {
		if s := p.Stats()[i]; s.BaggageDropped != want {
			t.Errorf("%s: %d dropped, want %d", s.Format, s.BaggageDropped, want)
		}
	}
	h := propagation.Header{"Uber-Trace-Id": {"1:1:1:1"}, "Baggage": {strings.Join(numberedAll("w%d=1", 64), ",")}}
	for _, kv := range numberedAll("Uberctx-J%d", 64) {
		h[kv] = []string{"1"}
	}
	c, err = newDefault(t, propagation.HTTP).Extract(h)
	if err != nil || c.Baggage.Len() != 64 {
		t.Errorf("%d members, %v; want 64", c.Baggage.Len(), err)
	}
	for m := range c.Baggage.All() {
		if m.Key[0] != 'j' {
			t.Errorf("member %s, want those of the format whose ids won", m.Key)
		}
	}
}

// TestOneBudget: the whole set goes into every format while all of them together have
// at most 8192 bytes, else whole into those that fit, the preferred ones first.
func TestOneBudget(t *testing.T) {
	all := formats{fJaeger, fW3C, fB3}
	value := func(n int) string { return strings.Repeat("v", n) }
	for _, tt := range []struct {
		name   string
		inject formats
		oldest []string
		want   formats // where the set is
		keep   string  // keys
	}{
		{"both fit", formats{fJaeger, fW3C}, []string{"k=" + value((8192-9-2)/2)}, formats{fJaeger, fW3C}, "k"},
		{"one byte more", formats{fJaeger, fW3C}, []string{"k=" + value((8192-9-2)/2+1)}, formats{fJaeger}, "k"},
		{"one byte more, W3C's preferred", formats{fW3C, fJaeger}, []string{"k=" + value((8192-9-2)/2+1)}, formats{fW3C}, "k"},
		{"the preferred one is too small", formats{fJaeger, fW3C}, []string{"k=" + value(8192-2)}, formats{fW3C}, "k"},
		{"a third one fits beside the first", formats{fJaeger, fW3C, fB3}, []string{"k=" + strings.Repeat("\"", 1300)}, formats{fJaeger, fW3C}, "k"},
		{"the second does not, the third does", formats{fJaeger, fW3C, fB3}, []string{"k=" + strings.Repeat("\"", 1700)}, formats{fJaeger, fB3}, "k"},
		{"nowhere", formats{fJaeger, fW3C}, []string{"k=" + value(8191)}, nil, ""},
		{"quotes grow", formats{fJaeger, fW3C}, []string{"k=" + strings.Repeat("\"", 2775)}, nil, ""},
		{"what fits nowhere goes alone", formats{fJaeger, fW3C}, []string{"old=1", "k=" + strings.Repeat("\"", 2775), "new=2"}, formats{fJaeger, fW3C}, "new old"},
		{"newest first", formats{fJaeger, fW3C}, []string{"a=" + value(3000), "b=" + value(3000), "c=" + value(3000)}, formats{fJaeger}, "b c"},
		{"whole rather than preferred", formats{fB3, fJaeger}, []string{"k=" + value(4100), "odd= x"}, formats{fJaeger}, "k odd"},
		{"a small one behind", formats{fW3C, fJaeger}, []string{"a=1", "b=" + value(6000), "c=" + value(3000)}, formats{fW3C, fJaeger}, "a c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, carrier := range []duplex{propagation.Header{}, textMap{}} {
				p := newComposite(t, propagation.HTTP, all, tt.inject)
				c := model.Context{Baggage: members(tt.oldest...)}
				p.Inject(&c, carrier)
				total, sizes := baggageSizes(carrier)
				if total > 8192 {
					t.Errorf("%d bytes go out: %v", total, sizes)
				}
				for i, f := range all {
					read, _ := newComposite(t, propagation.HTTP, formats{f}, nil).Extract(carrier)
					keys, left := "", 0
					if slices.Contains(tt.want, f) {
						keys = tt.keep
					}
					if slices.Contains(tt.inject, f) {
						left = len(tt.oldest) - len(strings.Fields(keys))
					}
					var got []string
					for m := range read.Baggage.All() {
						got = append(got, m.Key)
					}
					slices.Sort(got)
					if s := strings.Join(got, " "); s != keys || p.Stats()[i].BaggageDropped != uint64(left) {
						t.Errorf("%v has %q, %d left out; want %q, %d", f, s, p.Stats()[i].BaggageDropped, keys, left)
					}
				}
			}
		})
	}
}

// TestNothingIsLeftBehind: a Header loses what an earlier Inject wrote of members that
// are left out now.
func TestNothingIsLeftBehind(t *testing.T) {
	for _, tt := range []struct {
		inject formats
		value  string
		want   string
	}{
		{formats{fJaeger, fW3C}, strings.Repeat("v", 5000), "Uberctx-K Uberctx-Other"},
		{formats{fW3C, fJaeger}, strings.Repeat("v", 5000), "Baggage"},
		{formats{fJaeger, fW3C}, strings.Repeat("\"", 3000), "Baggage Uberctx-Other"},
		{formats{fB3}, "line\nbreak", "Baggage-Other"},
	} {
		p := newComposite(t, propagation.HTTP, nil, tt.inject)
		h := propagation.Header{"Accept": {"*/*"}, "Baggage-Claim": {"7"}}
		for _, value := range []string{"old", tt.value} {
			p.Inject(&model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Baggage: members("other=1", "k="+value)}, h)
		}
		var got []string
		for k := range h {
			if strings.HasPrefix(k, "Baggage") && k != "Baggage-Claim" || strings.HasPrefix(k, "Uberctx-") {
				got = append(got, k)
			}
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != tt.want || h["Accept"] == nil || h["Baggage-Claim"] == nil {
			t.Errorf("%v: %s, want %s", tt.inject, s, tt.want)
		}
	}
}

// A member that one format cannot hold is left out there, and nowhere else.
func TestMembersThatDoNotFitAFormat(t *testing.T) {
	odd := []string{"a b=1", "ü=2", "=3", "c:d=4", "ok=5"}
	for _, tt := range []struct {
		name   string
		kind   propagation.Kind
		limits propagation.Limits
		oldest []string
		want   [3]string // in Jaeger's, W3C's, B3's
	}{
		{"ordinary", propagation.HTTP, propagation.Limits{}, []string{"User-Id=1", "z=2"}, [3]string{"user-id=1 z=2", "user-id=1 z=2", "user-id=1 z=2"}},
		{"keys in headers", propagation.HTTP, propagation.Limits{}, odd, [3]string{"ok=5", "ok=5", "ok=5"}},
		{"keys in text", propagation.Text, propagation.Limits{}, odd, [3]string{"a b=1 c:d=4 ok=5 ü=2", "ok=5", "a b=1 c:d=4 ok=5 ü=2"}},
		{"values in text", propagation.Text, propagation.Limits{}, []string{"a=\n", "b=\x00", "ok=é%"}, [3]string{"ok=é%", "a=\n b=\x00 ok=é%", "ok=é%"}},
		{"values in headers", propagation.HTTP, propagation.Limits{}, []string{"a=\n", "b= b", "c=é", "ok=%"}, [3]string{"a=\n b= b c=é ok=%", "a=\n b= b c=é ok=%", "ok=%"}},
		{"newest first", propagation.HTTP, propagation.Limits{BaggageMembers: 2}, []string{"a=1", "b=2", "c=3"}, [3]string{"b=2 c=3", "b=2 c=3", "b=2 c=3"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all, opt := formats{fJaeger, fW3C, fB3}, propagation.WithLimits(tt.limits)
			p := newComposite(t, tt.kind, nil, all, opt)
			c := model.Context{Baggage: members(tt.oldest...)}
			carrier := textMap{}
			p.Inject(&c, carrier)
			for i, f := range all {
				back, err := newComposite(t, tt.kind, formats{f}, nil, opt).Extract(carrier)
				if got := strings.ToLower(listMembers(back.Baggage)); err != nil || got != tt.want[i] {
					t.Errorf("%v: %q, %v; want %q", f, got, err, tt.want[i])
				}
				if s := p.Stats()[i]; int(s.BaggageDropped) != len(tt.oldest)-back.Baggage.Len() || s.Injected != 1 {
					t.Errorf("%+v, but %d of %d members are there", s, back.Baggage.Len(), len(tt.oldest))
				}
			}
		})
	}
}

// TestCaseOfW3CKeys: they are distinct to W3C's own receivers, and one key where other
// formats, whose names have no case, are spoken too.
func TestCaseOfW3CKeys(t *testing.T) {
	for _, tt := range []struct {
		extract, inject formats
		want, listed    string
	}{
		{formats{fW3C}, formats{fW3C}, "KEY=3;p Key=1 key=2", "Key=1,key=2,KEY=3;p"},
		{formats{propagation.FormatBaggage}, formats{propagation.FormatTraceContext, propagation.FormatBaggage}, "KEY=3;p Key=1 key=2", "Key=1,key=2,KEY=3;p"},
		{formats{fW3C}, formats{fJaeger, fW3C}, "KEY=3;p Key=1 key=2", "Key=1"},
		{formats{fJaeger, fW3C}, formats{fW3C}, "KEY=3;p", "KEY=3;p"},
	} {
		p := newComposite(t, propagation.HTTP, tt.extract, tt.inject)
		c, err := p.Extract(propagation.Header{"Baggage": {"Key=1,key=2", "KEY=3;p"}})
		if got := listMembers(c.Baggage); err != nil || got != tt.want {
			t.Errorf("%v: read %q, %v; want %q", tt.extract, got, err, tt.want)
		}
		var env propagation.Environ
		for _, carrier := range []propagation.Setter{propagation.Header{}, textMap{}, &env} {
			p.Inject(&c, carrier)
			found := ""
			_ = carrier.(propagation.Reader).ForeachKey(func(k, v string) error {
				if strings.EqualFold(k, "baggage") {
					found = v
				}
				return nil
			})
			if found != tt.listed {
				t.Errorf("%v: wrote %q into a %T; want %q", tt.inject, found, carrier, tt.listed)
			}
		}
	}
}

// TestKeysThatLowerCaseMakesOne: a few letters beyond ASCII have a letter of ASCII as
// their lower case. One key comes out, and stays.
func TestKeysThatLowerCaseMakesOne(t *testing.T) {
	for _, inject := range []formats{{fJaeger}, {fB3}, {fW3C, fB3}, {fJaeger, fW3C, fB3}} {
		p := newComposite(t, propagation.Text, inject, inject)
		c := model.Context{Baggage: members("\u212a=1", "K=2", "İ=3", "I=4")}
		for range 4 {
			carrier := &pairs{}
			p.Inject(&c, carrier)
			var err error
			if c, err = p.Extract(carrier); err != nil || c.Baggage.Len() != 2 {
				t.Errorf("%v: %s, %v", inject, listMembers(c.Baggage), err)
			}
		}
	}
}

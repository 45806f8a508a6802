// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// Loss names what a format has no place for. Values may be added up.
type Loss uint

// What a format may lose.
const (
	LosesBaggage   Loss = 1 << iota // all of it
	LosesParentID                   // the parent's id: as W3C's
	LosesDebug                      // the debug flag: as W3C's
	LosesFirehose                   // the firehose flag: as W3C's and B3
	Loses128Bits                    // the upper half of trace ids
	LosesOddValues                  // baggage that HTTP cannot carry unencoded: as B3's
)

// PropagatorOptions tells TestPropagator what to expect.
type PropagatorOptions struct {
	// Kind is what the propagator is for. What it writes under propagation.HTTP, the
	// default, must be valid headers, and is looked for in headers that have been
	// over the wire, and in a carrier that has turned keys to lower case.
	Kind propagation.Kind
	// Loses is what need not come back.
	Loses Loss
}

// TestPropagator tests whether a propagator keeps the contract of
// propagation.Propagator. newPropagator returns the one to test, a new one or always
// the same. What is demanded:
//
//   - Extract returns what Inject wrote: ids of 64 and 128 bits with all their
//     zeros, the sampled flag, and, but for what o.Loses names, parent id, flags and
//     baggage with any text. A member with control characters or without a value
//     may be missing, but never arrives changed. A decision left open is not read
//     back as "sampled".
//   - A context with baggage but without ids goes through; one with nothing in it
//     is read back as propagation.ErrNotFound, and so is a carrier without a context.
//   - Inject changes neither the context nor other entries of the carrier, and
//     replaces the ids of an earlier Inject.
//   - Under propagation.HTTP, names are tokens and values printable, whatever the
//     baggage is: of ASCII alone where the carrier is no propagation.Header.
//   - Extract accepts anything: it does not panic, its errors wrap ErrNotFound or
//     ErrCorrupted and have at most 1,024 bytes, and a success has ids, baggage, a
//     debug id or a decision. A Reader that fails leads to an error.
//   - Whatever the baggage, Inject writes at most 64 KiB, and Extract returns at
//     most 64 KiB of it.
//   - All of it holds for propagation.Header and for other carriers, and on several
//     goroutines at a time.
func TestPropagator(t *testing.T, newPropagator func() propagation.Propagator, o PropagatorOptions) {
	t.Helper()
	runSuite(t, propagatorPiece{newPropagator, o}, propagatorChecks)
}

type propagatorPiece struct {
	make func() propagation.Propagator
	PropagatorOptions
}

var propagatorChecks = []check[propagatorPiece]{
	{"ids", checkIDs},
	{"flags", checkFlags},
	{"baggage", checkBaggage},
	{"baggage without ids", checkBaggageAlone},
	{"nothing there", checkNothingThere},
	{"the context is not changed", checkContextUnchanged},
	{"foreign entries", checkForeignEntries},
	{"twice into one carrier", checkTwice},
	{"valid headers", checkValidHeaders},
	{"hostile carriers", checkHostileCarriers},
	{"readers that fail", checkFailingReader},
	{"limits", checkPropagatorLimits},
	{"concurrent use", checkPropagatorConcurrent},
}

type trip struct {
	name string
	walk func(p propagation.Propagator, c *model.Context) (model.Context, error)
}

func (p propagatorPiece) trips() []trip {
	return []trip{
		{"propagation.Header", func(via propagation.Propagator, c *model.Context) (model.Context, error) {
			h := http.Header{}
			via.Inject(c, propagation.Header(h))
			if p.Kind == propagation.HTTP {
				var err error
				if h, err = overTheWire(h); err != nil {
					return model.Context{}, err
				}
			}
			return via.Extract(propagation.Header(h))
		}},
		{"another carrier", func(via propagation.Propagator, c *model.Context) (model.Context, error) {
			var list entries
			via.Inject(c, &list)
			if p.Kind == propagation.HTTP {
				for i := range list {
					list[i].key = strings.ToLower(list[i].key)
				}
			}
			return via.Extract(list)
		}},
	}
}

func (p propagatorPiece) keeps(l Loss) bool { return p.Loses&l == 0 }

// each makes every trip with a context.
func (p propagatorPiece) each(t testing.TB, what string, c model.Context, see func(label string, got model.Context, err error)) {
	t.Helper()
	for _, trip := range p.trips() {
		label := what + " by " + trip.name
		survive(t, label, func() {
			got, err := trip.walk(p.make(), &c)
			see(label, got, err)
		})
	}
}

const (
	someTrace = 0x1f94672794ce4b8d
	someSpan  = 0x1176e0d0ae74869a
)

func checkIDs(t testing.TB, p propagatorPiece) {
	for _, tc := range []struct {
		name         string
		high, low    uint64
		span, parent model.SpanID
	}{
		{"64 bits", 0, someTrace, someSpan, 0},
		{"128 bits", 0xc0ffee0123456789, someTrace, someSpan, 0x3333},
		{"leading zeros", 0, 0xa, 0xb, 0xc},
		{"leading zeros in 128 bits", 0xd, 0xe, 0xf, 0},
		{"half of the trace id is zero", 1 << 63, 0, 1, 0},
		{"all bits", 1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1},
		{"a letter in every place", 0xabcdefabcdefabcd, 0xfedcbafedcbafedc, 0xbadcabbadcabbadc, 0},
	} {
		if tc.low == 0 && !p.keeps(Loses128Bits) {
			continue
		}
		c := model.Context{TraceID: model.TraceID{High: tc.high, Low: tc.low}, SpanID: tc.span, ParentID: tc.parent, Flags: model.FlagSampled}
		p.each(t, tc.name, c, func(label string, got model.Context, err error) {
			want := c
			if !p.keeps(Loses128Bits) {
				want.TraceID.High = got.TraceID.High & want.TraceID.High
			}
			if err != nil || got.TraceID != want.TraceID || got.SpanID != want.SpanID {
				t.Errorf("%s: got trace %v, span %v, error %v; want trace %v, span %v", label, got.TraceID, got.SpanID, err, want.TraceID, want.SpanID)
			}
			if got.ParentID != want.ParentID && (got.ParentID != 0 || p.keeps(LosesParentID)) {
				t.Errorf("%s: got parent %v, want %v", label, got.ParentID, want.ParentID)
			}
		})
	}
}

func checkFlags(t testing.TB, p propagatorPiece) {
	lost := model.Flags(0)
	if !p.keeps(LosesDebug) {
		lost |= model.FlagDebug
	}
	if !p.keeps(LosesFirehose) {
		lost |= model.FlagFirehose
	}
	for _, flags := range []model.Flags{
		0, model.FlagSampled, model.FlagSampled | model.FlagDebug, model.FlagSampled | model.FlagFirehose,
		model.FlagSampled | model.FlagDebug | model.FlagFirehose,
	} {
		c := model.Context{TraceID: model.TraceID{Low: someTrace}, SpanID: someSpan, Flags: flags}
		p.each(t, fmt.Sprintf("flags %b", flags), c, func(label string, got model.Context, err error) {
			if err != nil || got.Flags&^lost != flags&^lost || got.State&model.StateDeferred != 0 {
				t.Errorf("%s: got %b, deferred %v, error %v", label, got.Flags, got.State&model.StateDeferred != 0, err)
			}
		})
	}
	open := model.Context{TraceID: model.TraceID{Low: someTrace}, SpanID: someSpan, State: model.StateDeferred}
	p.each(t, "open decision", open, func(label string, got model.Context, err error) {
		if err != nil || got.Flags.IsSampled() {
			t.Errorf("%s: got flags %b, error %v; want it not to be sampled", label, got.Flags, err)
		}
	})
}

var baggageTexts = map[string]string{
	"word": "acme", "blank": "acme corp", "blanks": "  at  both  ends ", "accent": "acmé", "script": "東京 🗼",
	"percent": "100%", "escape": "%41%zz%", "plus": "a+b", "list": "a=b;c,d", "quotes": `"a" \ 'b'`, "long": strings.Repeat("long ", 200),
	"colon": "1:2:3:4", "slash": "https://example.com/a?b=c&d#e",
}

func checkBaggage(t testing.TB, p propagatorPiece) {
	if !p.keeps(LosesBaggage) {
		return
	}
	c := model.Context{TraceID: model.TraceID{Low: someTrace}, SpanID: someSpan, Flags: model.FlagSampled}
	for key, value := range baggageTexts {
		c.Baggage = c.Baggage.With(model.Member{Key: key, Value: value})
	}
	p.each(t, "all kinds of text", c, func(label string, got model.Context, err error) {
		if err != nil || got.TraceID != c.TraceID {
			t.Errorf("%s: got trace %v, error %v", label, got.TraceID, err)
		}
		members := 0
		for key, want := range baggageTexts {
			m, ok := got.Baggage.Get(key)
			if !ok && !p.keeps(LosesOddValues) && (strings.TrimSpace(want) != want || !isPrintable(want, true)) {
				continue
			}
			if members++; m.Value != want {
				t.Errorf("%s: %s is %q (there: %v), want %q", label, key, m.Value, ok, want)
			}
		}
		if n := got.Baggage.Len(); n != members {
			t.Errorf("%s: %d members, want %d", label, n, members)
		}
	})
	for what, value := range map[string]string{"empty": "", "NUL": "a\x00b", "line break": "a\r\nb: c", "not UTF-8": "a\xff"} {
		c.Baggage = model.NewBaggage(model.Member{Key: "odd", Value: value}, model.Member{Key: "even", Value: "kept"})
		p.each(t, what, c, func(label string, got model.Context, err error) {
			kept, _ := got.Baggage.Get("even")
			if err != nil || kept.Value != "kept" {
				t.Errorf("%s: the other member is %q, error %v", label, kept.Value, err)
			}
			replaced := strings.ToValidUTF8(value, "\ufffd") // as W3C demands
			if m, ok := got.Baggage.Get("odd"); ok && m.Value != value && m.Value != replaced {
				t.Errorf("%s: got %q, want %q or nothing", label, m.Value, value)
			}
		})
	}
}

func checkBaggageAlone(t testing.TB, p propagatorPiece) {
	if !p.keeps(LosesBaggage) {
		return
	}
	c := model.Context{Baggage: model.NewBaggage(model.Member{Key: "tenant", Value: "acme"})}
	p.each(t, "baggage alone", c, func(label string, got model.Context, err error) {
		if m, _ := got.Baggage.Get("tenant"); err != nil || m.Value != "acme" || got.IsValid() {
			t.Errorf("%s: got %+v, %q, error %v", label, got, m.Value, err)
		}
	})
}

func checkNothingThere(t testing.TB, p propagatorPiece) {
	p.each(t, "nothing", model.Context{}, func(label string, got model.Context, err error) {
		if !errors.Is(err, propagation.ErrNotFound) {
			t.Errorf("%s: got %+v, error %v, want ErrNotFound", label, got, err)
		}
	})
	foreign := http.Header{"Content-Type": {"text/plain"}, "Cookie": {"a=b", "c=d"}, "X-Request-Id": {"1234"}}
	for name, from := range map[string]propagation.Reader{
		"nil Header": propagation.Header(nil), "empty Header": propagation.Header{}, "Header without a context": propagation.Header(foreign),
		"empty carrier": entries{}, "carrier without a context": entriesOf(foreign),
	} {
		survive(t, name, func() {
			if got, err := p.make().Extract(from); !errors.Is(err, propagation.ErrNotFound) {
				t.Errorf("%s: got %+v, error %v, want ErrNotFound", name, got, err)
			}
		})
	}
}

func checkPropagatorConcurrent(t testing.TB, p propagatorPiece) {
	shared := p.make()
	concurrently(8, 50, func(n int) {
		value := fmt.Sprint("number ", n)
		c := model.Context{
			TraceID: model.TraceID{Low: uint64(n) | 1<<20}, SpanID: model.SpanID(n + 1), Flags: model.FlagSampled,
			Baggage: model.NewBaggage(model.Member{Key: "value", Value: value}),
		}
		for _, trip := range p.trips() {
			survive(t, trip.name, func() {
				got, err := trip.walk(shared, &c)
				m, _ := got.Baggage.Get("value")
				if err != nil || got.TraceID != c.TraceID || got.SpanID != c.SpanID || p.keeps(LosesBaggage) && m.Value != value {
					t.Errorf("by %s: got %v:%v with %q, error %v; want %v:%v with %q",
						trip.name, got.TraceID, got.SpanID, m.Value, err, c.TraceID, c.SpanID, value)
				}
			})
		}
	})
}

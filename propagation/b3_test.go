// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func newB3(t testing.TB, kind propagation.Kind, opts ...propagation.Option) *propagation.Textual {
	t.Helper()
	p, err := propagation.B3(kind, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// multi makes the headers x-b3-*: trace id, span id, parent id, sampled, flags. An
// "-" is a header that is not there.
func multi(values ...string) [][2]string {
	var list [][2]string
	for i, name := range []string{"x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"} {
		if i < len(values) && values[i] != "-" {
			list = append(list, [2]string{name, values[i]})
		}
	}
	return list
}

func TestB3Spellings(t *testing.T) {
	const (
		corrupted = "corrupted"
		absent    = "absent"
		deferred  = " state=3"
		decided   = " state=2"
		told      = " state=a"
		alone     = "0000000000000000 0000000000000000 0000000000000000 "
		ids       = "0000000000000001 0000000000000002 "
		noParent  = ids + "0000000000000000 "
		parent    = ids + "0000000000000003 "
		wide      = "80f198ee56343ba864fe8b2a57d3eff7"
		span      = "e457b5a2e4d86bd1"
		mother    = "05e3ac9a4f6e3b90"
	)
	one := func(value string) [][2]string { return [][2]string{{"b3", value}} }
	for _, tt := range []struct {
		name    string
		carrier [][2]string
		want    string
	}{
		{"single", one(wide + "-" + span + "-1-" + mother), wide + " " + span + " " + mother + " flags=1" + decided},
		{"single, 64 bits", one(wide[16:] + "-" + span + "-0"), wide[16:] + " " + span + " 0000000000000000 flags=0" + decided},
		{"single, debug", one("1-2-d-3"), parent + "flags=3" + decided},
		{"single, spelled out", one("1-2-true"), noParent + "flags=1" + decided},
		{"single, false", one("1-2-False-3"), parent + "flags=0" + decided},
		{"single, no decision", one("1-2"), noParent + "flags=0" + deferred},
		{"single, no decision but a parent", one("1-2-0000000000000003"), parent + "flags=0" + deferred},
		{"single, garbage parent", one("1-2-1-x"), corrupted},
		{"single, parent of 17 digits", one("1-2-1-00000000000000003"), corrupted},
		{"single, empty parent", one("1-2-1-"), corrupted},
		{"single, more", one("1-2-1-3-4"), corrupted},
		{"single, nothing more", one("1-2-1-3-"), corrupted},
		{"single, more behind a parent without a decision", one("1-2-0000000000000003-1"), corrupted},
		{"single, upper case", one("AB-CD-1"), "00000000000000ab 00000000000000cd 0000000000000000 flags=1" + decided},
		{"single, zeros before", one("00000000000000000000000000000001-0000000000000002-1"), noParent + "flags=1" + decided},
		{"single 0", one("0"), alone + "flags=0" + told},
		{"single 1", one("1"), alone + "flags=1" + told},
		{"single d", one("d"), alone + "flags=3" + told},
		{"single, empty", one(""), absent},
		{"single, decision unknown", one("1-2-x"), corrupted},
		{"single, decision empty", one("1-2-"), corrupted},
		{"single, decision empty before a parent", one("1-2--3"), parent + "flags=0" + deferred},
		{"single, word", one("hello"), corrupted},
		{"single, zero trace id", one("0-2-1"), corrupted},
		{"single, zero span id", one("1-0-1"), corrupted},
		{"single, no span id", one("1-"), corrupted},
		{"single, 33 digits", one(strings.Repeat("1", 33) + "-2-1"), corrupted},
		{"single, span of 17 digits", one("1-" + strings.Repeat("1", 17) + "-1"), corrupted},
		{"single, dashes", one(strings.Repeat("-", 4097)), corrupted},

		{"multi", multi(wide, span, mother, "1"), wide + " " + span + " " + mother + " flags=1" + decided},
		{"multi, 64 bits", multi(wide[16:], span, "-", "0"), wide[16:] + " " + span + " 0000000000000000 flags=0" + decided},
		{"multi, true", multi("1", "2", "3", "true"), parent + "flags=1" + decided},
		{"multi, TRUE", multi("1", "2", "3", "TRUE"), parent + "flags=1" + decided}, // jaeger-client-go: not sampled
		{"multi, false", multi("1", "2", "3", "false"), parent + "flags=0" + decided},
		{"multi, d", multi("1", "2", "3", "d"), corrupted},
		{"multi, no decision", multi("1", "2", "3"), parent + "flags=0" + deferred},         // jaeger-client-go: not sampled
		{"multi, empty decision", multi("1", "2", "3", ""), parent + "flags=0" + deferred},  // the same
		{"multi, debug", multi("1", "2", "3", "-", "1"), parent + "flags=3" + decided},      // jaeger-client-go: ignored
		{"multi, debug wins", multi("1", "2", "3", "0", "1"), parent + "flags=3" + decided}, // the same
		{"multi, no debug", multi("1", "2", "3", "1", "0"), parent + "flags=1" + decided},   //
		{"multi, Finagle's flags", multi("1", "2", "3", "-", "6"), parent + "flags=0" + deferred},
		{"multi, flags unreadable", multi("1", "2", "3", "1", "x"), parent + "flags=1" + decided},
		{"multi, garbage parent", multi("1", "2", "x", "1"), noParent + "flags=1" + decided},
		{"multi, decision alone", multi("-", "-", "-", "1"), alone + "flags=1" + told},
		{"multi, denial alone", multi("-", "-", "-", "0"), alone + "flags=0" + told},
		{"multi, denial alone, spelled out", multi("-", "-", "-", "false"), alone + "flags=0" + told},
		{"multi, empty decision alone", multi("-", "-", "-", ""), absent},
		{"multi, bad decision alone", multi("-", "-", "-", "no"), corrupted},
		{"multi, no flags alone", multi("-", "-", "-", "-", "0"), absent},
		{"multi, parent alone", multi("-", "-", "3"), absent},
		{"multi, flags alone", multi("-", "-", "-", "-", "1"), alone + "flags=3" + told},
		{"multi, decision unknown", multi("1", "2", "3", "yes"), corrupted},
		{"multi, no span id", multi("1", "-", "3", "1"), corrupted},
		{"multi, no trace id", multi("-", "2", "3", "1"), corrupted},
		{"multi, zero trace id", multi("0", "2"), corrupted},
		{"multi, zero span id", multi("1", "0"), corrupted},
		{"multi, bad trace id", multi("x", "2"), corrupted},
		{"multi, megabyte", multi(strings.Repeat("1", 1<<20), "2"), corrupted},

		{"single wins", append(multi("7", "8", "9", "1"), one("1-2-0-3")...), parent + "flags=0" + decided},
		{"single is corrupted", append(multi("1", "2", "3", "1"), one("x-2-0-3")...), parent + "flags=1" + decided},
		{"single denies multi's ids", append(multi("1", "2", "3"), one("0")...), parent + "flags=0" + decided},
		{"single denies what multi allows", append(multi("1", "2", "3", "1"), one("0")...), parent + "flags=0" + decided},
		{"single debugs multi's ids", append(multi("1", "2", "3", "0"), one("d")...), parent + "flags=3" + decided},
		{"single denies bad ids", append(multi("1", "x", "3"), one("0")...), corrupted},
		{"single denies, and multi too", append(multi("-", "-", "-", "1"), one("0")...), alone + "flags=0" + told},
		{"single is corrupted beside a decision", append(multi("-", "-", "-", "1"), one("x")...), corrupted},
		{"both are corrupted", append(multi("1", "x"), one("x-2-0-3")...), corrupted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := propagation.Header{}
			for _, kv := range tt.carrier {
				http.Header(h).Add(kv[0], kv[1])
			}
			for what, from := range map[string]propagation.Reader{"Header": h, "foreign": &pairs{list: tt.carrier}} {
				p := newB3(t, propagation.HTTP)
				c, err := p.Extract(from)
				switch tt.want {
				case corrupted:
					if !errors.Is(err, propagation.ErrCorrupted) || c != (model.Context{}) || len(err.Error()) > 200 {
						t.Errorf("%s: %s, error %v; want ErrCorrupted", what, describe(c), err)
					}
					checkStats(t, p, propagation.FormatStats{Seen: 1, Rejected: 1})
				case absent:
					if err != propagation.ErrNotFound {
						t.Errorf("%s: %s, error %v; want ErrNotFound", what, describe(c), err)
					}
					checkStats(t, p, propagation.FormatStats{})
				default:
					if got := describe(c); err != nil || got != tt.want {
						t.Errorf("%s: %s, %v; want %s", what, got, err, tt.want)
					}
					checkStats(t, p, propagation.FormatStats{Seen: 1, Accepted: 1})
				}
			}
		})
	}
}

func TestB3Inject(t *testing.T) {
	ids := model.Context{TraceID: model.TraceID{High: 0xab, Low: 1}, SpanID: 2, ParentID: 3, Flags: model.FlagSampled}
	with := func(change func(c *model.Context)) model.Context {
		c := ids
		change(&c)
		return c
	}
	const (
		trace = "00000000000000ab0000000000000001"
		low   = "0000000000000001"
		span  = "0000000000000002"
		up    = "0000000000000003"
	)
	for _, tt := range []struct {
		name   string
		c      model.Context
		multi  [][2]string
		single string
	}{
		{"sampled", ids, multi(trace, span, up, "1"), trace + "-" + span + "-1-" + up},
		{"64 bits", with(func(c *model.Context) { c.TraceID.High = 0 }), multi(low, span, up, "1"), low + "-" + span + "-1-" + up},
		{"not sampled", with(func(c *model.Context) { c.Flags = model.FlagFirehose }), multi(trace, span, up, "0"), trace + "-" + span + "-0-" + up},
		{"root", with(func(c *model.Context) { c.ParentID = 0 }), multi(trace, span, "-", "1"), trace + "-" + span + "-1"},
		{"debug", with(func(c *model.Context) { c.Flags |= model.FlagDebug }), multi(trace, span, up, "1", "1"), trace + "-" + span + "-d-" + up},
		{"undecided", with(func(c *model.Context) { c.State = model.StateDeferred }), multi(trace, span, up), trace + "-" + span},
	} {
		t.Run(tt.name, func(t *testing.T) {
			multiMap := map[string]string{}
			for _, kv := range tt.multi {
				multiMap[kv[0]] = kv[1]
			}
			both, err := propagation.Composite(propagation.HTTP, nil, []propagation.Format{propagation.FormatB3, propagation.FormatB3Single})
			if err != nil {
				t.Fatal(err)
			}
			bothMap := map[string]string{"b3": tt.single}
			for k, v := range multiMap {
				bothMap[k] = v
			}
			for _, form := range []struct {
				p    *propagation.Textual
				want map[string]string
			}{
				{newB3(t, propagation.HTTP), multiMap},
				{newB3(t, propagation.Text), multiMap},
				{newB3(t, propagation.HTTP, propagation.WithB3Single()), map[string]string{"b3": tt.single}},
				{both, bothMap},
			} {
				foreign := textMap{}
				form.p.Inject(&tt.c, foreign)
				if !reflect.DeepEqual(map[string]string(foreign), form.want) {
					t.Errorf("%q\nwant %q", foreign, form.want)
				}
				// What another context left in the Header must not mix with ours.
				header := propagation.Header{"X-B3-Parentspanid": {"9"}, "X-B3-Sampled": {"0"}, "X-B3-Flags": {"1"}, "B3": {"7-8-d"}}
				if _, single := form.want["b3"]; single && len(form.want) == 1 {
					header = propagation.Header{"B3": {"7-8-d"}}
				}
				form.p.Inject(&tt.c, header)
				want := http.Header{}
				for k, v := range form.want {
					want.Set(k, v)
				}
				if !reflect.DeepEqual(http.Header(header), want) {
					t.Errorf("Header %q\nwant   %q", header, want)
				}
				if s := form.p.Stats(); len(s) != 1 || s[0].Format != "b3" || s[0].Injected != 2 {
					t.Errorf("Stats = %+v", s)
				}
				if len(multiMap) > 0 && form.p != both {
					back, err := form.p.Extract(header)
					if err != nil || back.TraceID != tt.c.TraceID || back.SpanID != tt.c.SpanID || back.IsDebug() != tt.c.IsDebug() ||
						back.State&model.StateDeferred != tt.c.State&model.StateDeferred {
						t.Errorf("read back as %s, %v", describe(back), err)
					}
				}
			}
		})
	}
}

// Values are those of jaeger-client-go's zipkin package, which encodes and decodes
// nothing: what a header cannot hold as it is stays at home.
func TestB3Baggage(t *testing.T) {
	c := model.Context{
		TraceID: model.TraceID{Low: 1}, SpanID: 2, Baggage: members("Tenant=acme, corp+", "off=50%20off", "u=é%", "x= y ", "a b=1", "c=\r\n", "t=\t", "e=", "q=\"\\;"),
	}
	for _, tt := range []struct {
		name    string
		opt     []propagation.Option
		kind    propagation.Kind
		carrier duplex
		want    string // "name=value" in the order of names
		dropped uint64
	}{
		{"Header", nil, propagation.HTTP, propagation.Header{}, `Baggage-E= Baggage-Off=50%20off Baggage-Q="\; Baggage-Tenant=acme, corp+ Baggage-U=é%`, 4},
		{"foreign", nil, propagation.HTTP, textMap{}, `baggage-e= baggage-off=50%20off baggage-q="\; baggage-tenant=acme, corp+`, 5},
		{"text", nil, propagation.Text, textMap{}, `baggage-Tenant=acme, corp+ baggage-a b=1 baggage-e= baggage-off=50%20off baggage-q="\; baggage-u=é% baggage-x= y `, 2},
		{
			"prefix",
			[]propagation.Option{propagation.WithB3BaggagePrefix("Ctx_")},
			propagation.HTTP,
			textMap{},
			`ctx_e= ctx_off=50%20off ctx_q="\; ctx_tenant=acme, corp+`, 5,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newB3(t, tt.kind, tt.opt...)
			p.Inject(&c, tt.carrier)
			var got []string
			_ = tt.carrier.ForeachKey(func(k, v string) error {
				if !strings.HasPrefix(strings.ToLower(k), "x-b3-") {
					got = append(got, k+"="+v)
				}
				return nil
			})
			slices.Sort(got)
			if s := strings.Join(got, " "); s != tt.want || p.Stats()[0].BaggageDropped != tt.dropped {
				t.Errorf("%q, %d dropped; want %q, %d", s, p.Stats()[0].BaggageDropped, tt.want, tt.dropped)
			}
			back, err := p.Extract(tt.carrier)
			if err != nil || back.Baggage.Len() != len(got) {
				t.Fatalf("%s, %v", describe(back), err)
			}
			for m := range back.Baggage.All() {
				if sent := asMap(c.Baggage); sent[m.Key] != m.Value && sent["Tenant"] != m.Value {
					t.Errorf("%s = %q, want %q", m.Key, m.Value, sent[m.Key])
				}
			}
		})
	}
	p := newB3(t, propagation.HTTP)
	raw, err := p.Extract(propagation.Header{"Baggage-K": {"1+1"}, "Baggage-L": {"100%"}, "Baggage-M": {"50%20off"}, "Baggage": {"n=1"}})
	if err != nil || listMembers(raw.Baggage) != "k=1+1 l=100% m=50%20off" || p.Stats()[0].BaggageDropped != 0 {
		t.Errorf("%s, %v, %+v", describe(raw), err, p.Stats())
	}
}

// TestB3DecisionTravels: a decision without ids is passed on as it came, by B3 alone.
func TestB3DecisionTravels(t *testing.T) {
	for _, tt := range []struct{ single, sampled, flags string }{{"0", "0", ""}, {"1", "1", ""}, {"d", "1", "1"}} {
		for name, want := range map[string]textMap{"single": {"b3": tt.single}, "multi": {"x-b3-sampled": tt.sampled, "x-b3-flags": tt.flags}} {
			if want["x-b3-flags"] == "" {
				delete(want, "x-b3-flags")
			}
			format := map[string]propagation.Format{"single": propagation.FormatB3Single, "multi": fB3}[name]
			p := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, formats{fJaeger, fW3C, format})
			c, err := p.Extract(want)
			if err != nil || c.State != model.StateRemote|model.StateDecided || c.IsValid() {
				t.Fatalf("%q: %s, %v", want, describe(c), err)
			}
			foreign, header, wantHeader := textMap{}, propagation.Header{}, propagation.Header{}
			p.Inject(&c, foreign)
			p.Inject(&c, header)
			for k, v := range want {
				wantHeader.Set(http.CanonicalHeaderKey(k), v)
			}
			if !reflect.DeepEqual(foreign, want) || !reflect.DeepEqual(header, wantHeader) {
				t.Errorf("%q is passed on as %q, and in a Header as %q", want, foreign, header)
			}
			if got := counts(p); got != "jaeger 0/0/0/0/0, w3c 0/0/0/0/0, b3 1/1/1/0/0" {
				t.Errorf("counted %s", got)
			}
		}
	}
}

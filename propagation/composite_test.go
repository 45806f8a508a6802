// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

const (
	fJaeger = propagation.FormatJaeger
	fW3C    = propagation.FormatW3C
	fB3     = propagation.FormatB3
)

type formats = []propagation.Format

func newDefault(t testing.TB, kind propagation.Kind, opts ...propagation.Option) *propagation.Textual {
	t.Helper()
	p, err := propagation.Default(kind, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newComposite(t testing.TB, kind propagation.Kind, extract, inject formats, opts ...propagation.Option) *propagation.Textual {
	t.Helper()
	p, err := propagation.Composite(kind, extract, inject, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// counts writes down what an extraction counted: seen, accepted, alone, conflicts,
// rejected, for each format.
func counts(p propagation.Statser) string {
	var list []string
	for _, s := range p.Stats() {
		list = append(list, fmt.Sprintf("%s %d/%d/%d/%d/%d", s.Format, s.Seen, s.Accepted, s.Alone, s.Conflicts, s.Rejected))
	}
	return strings.Join(list, ", ")
}

func TestCompositeWinner(t *testing.T) {
	const (
		corrupted = "corrupted"
		absent    = "absent"
	)
	jwb := formats{fJaeger, fW3C, fB3}
	wjb := formats{fW3C, fJaeger, fB3}
	bwj := formats{fB3, fW3C, fJaeger}
	jaegerID := func(v string) [2]string { return [2]string{"uber-trace-id", v} }
	parent := func(trace, span, flags string) [2]string {
		return [2]string{"traceparent", fmt.Sprintf("00-%032s-%016s-%s", trace, span, flags)}
	}
	state := [2]string{"tracestate", "v=1"}
	b3 := func(v string) [2]string { return [2]string{"b3", v} }
	for _, tt := range []struct {
		name    string
		order   formats
		carrier [][2]string
		want    string
		counts  string
	}{
		{
			"all agree", jwb,
			[][2]string{jaegerID("a:b:c:1"), parent("a", "b", "01"), state, b3("a-b-1-c")},
			"000000000000000a 000000000000000b 000000000000000c flags=1 state=2 v=1",
			"jaeger 1/1/0/0/0, w3c 1/1/0/0/0, b3 1/1/0/0/0",
		},
		{"jaeger alone", jwb, [][2]string{jaegerID("a:b:c:9")}, "000000000000000a 000000000000000b 000000000000000c flags=9 state=2", "jaeger 1/1/1/0/0, w3c 0/0/0/0/0, b3 0/0/0/0/0"},
		{"w3c alone", jwb, [][2]string{parent("a", "b", "03"), state}, "000000000000000a 000000000000000b 0000000000000000 flags=1 state=6 v=1", "jaeger 0/0/0/0/0, w3c 1/1/1/0/0, b3 0/0/0/0/0"},
		{"b3 alone", jwb, [][2]string{b3("a-b-d-c")}, "000000000000000a 000000000000000b 000000000000000c flags=3 state=2", "jaeger 0/0/0/0/0, w3c 0/0/0/0/0, b3 1/1/1/0/0"},
		{
			"jaeger wins, another w3c", jwb,
			[][2]string{parent("1", "2", "03"), state, jaegerID("a:b:c:0")},
			"000000000000000a 000000000000000b 000000000000000c flags=0 state=2",
			"jaeger 1/1/0/0/0, w3c 1/0/0/1/0, b3 0/0/0/0/0",
		},
		{
			"w3c wins, others", wjb,
			[][2]string{jaegerID("a:b:c:3"), parent("1", "2", "00"), state, b3("7-8-d")},
			"0000000000000001 0000000000000002 0000000000000000 flags=0 state=2 v=1",
			"jaeger 1/0/0/1/0, w3c 1/1/0/0/0, b3 1/0/0/1/0",
		},
		{
			"w3c wins, jaeger adds", wjb,
			[][2]string{jaegerID("a:b:c:b"), parent("a", "b", "03"), state},
			"000000000000000a 000000000000000b 000000000000000c flags=b state=6 v=1",
			"jaeger 1/1/0/0/0, w3c 1/1/0/0/0, b3 0/0/0/0/0",
		},
		{
			"w3c wins, jaeger's span is another", wjb,
			[][2]string{jaegerID("a:d:c:9"), parent("a", "b", "00")},
			"000000000000000a 000000000000000b 0000000000000000 flags=8 state=2",
			"jaeger 1/1/0/0/0, w3c 1/1/0/0/0, b3 0/0/0/0/0",
		},
		{
			"jaeger wins, w3c's span is another", jwb,
			[][2]string{jaegerID("a:d:c:0"), parent("a", "b", "03"), state},
			"000000000000000a 000000000000000d 000000000000000c flags=0 state=6 v=1",
			"jaeger 1/1/0/0/0, w3c 1/1/0/0/0, b3 0/0/0/0/0",
		},
		{
			"debug of b3", jwb,
			[][2]string{jaegerID("a:b:c:0"), b3("a-b-d-c")},
			"000000000000000a 000000000000000b 000000000000000c flags=3 state=2",
			"jaeger 1/1/0/0/0, w3c 0/0/0/0/0, b3 1/1/0/0/0",
		},
		{
			"b3 leaves it open, jaeger does not", bwj,
			[][2]string{jaegerID("a:b:c:1"), b3("a-b")},
			"000000000000000a 000000000000000b 000000000000000c flags=1 state=2",
			"jaeger 1/1/0/0/0, w3c 0/0/0/0/0, b3 1/1/0/0/0",
		},
		{
			"b3 leaves it open, the others do not sample", bwj,
			[][2]string{jaegerID("a:b:c:0"), parent("a", "b", "00"), b3("a-b")},
			"000000000000000a 000000000000000b 000000000000000c flags=0 state=3",
			"jaeger 1/1/0/0/0, w3c 1/1/0/0/0, b3 1/1/0/0/0",
		},
		{
			"jaeger corrupted", jwb,
			[][2]string{jaegerID("hello"), parent("1", "2", "01"), state},
			"0000000000000001 0000000000000002 0000000000000000 flags=1 state=2 v=1",
			"jaeger 1/0/0/0/1, w3c 1/1/1/0/0, b3 0/0/0/0/0",
		},
		{
			"w3c corrupted", jwb,
			[][2]string{jaegerID("a:b:c:1"), parent("1", "0", "01"), state},
			"000000000000000a 000000000000000b 000000000000000c flags=1 state=2",
			"jaeger 1/1/1/0/0, w3c 1/0/0/0/1, b3 0/0/0/0/0",
		},
		{
			"jaeger without a trace", jwb,
			[][2]string{jaegerID("0:0:0:0"), parent("1", "2", "01")},
			"0000000000000001 0000000000000002 0000000000000000 flags=1 state=2",
			"jaeger 0/0/0/0/0, w3c 1/1/1/0/0, b3 0/0/0/0/0",
		},
		{"all corrupted", jwb, [][2]string{jaegerID("hello"), parent("0", "0", "01"), b3("x-y")}, corrupted, "jaeger 1/0/0/0/1, w3c 1/0/0/0/1, b3 1/0/0/0/1"},
		{"one corrupted", jwb, [][2]string{b3("x-y"), {"uberctx-k", "v"}}, corrupted, "jaeger 0/0/0/0/0, w3c 0/0/0/0/0, b3 1/0/0/0/1"},
		{"corrupted and a debug id", jwb, [][2]string{parent("0", "0", "01"), {"jaeger-debug-id", "d"}}, corrupted, "jaeger 0/0/0/0/0, w3c 1/0/0/0/1, b3 0/0/0/0/0"},
		{"debug id beside w3c", jwb, [][2]string{parent("a", "b", "00"), {"jaeger-debug-id", "d"}}, "000000000000000a 000000000000000b 0000000000000000 flags=0 state=2", "jaeger 0/0/0/0/0, w3c 1/1/1/0/0, b3 0/0/0/0/0"},
		{"debug id", jwb, [][2]string{{"jaeger-debug-id", "d"}, state}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 debug="d"`, "jaeger 1/1/1/0/0, w3c 0/0/0/0/0, b3 0/0/0/0/0"},
		{
			"baggage alone", jwb,
			[][2]string{{"uberctx-k", "v"}, {"baggage", "l=w"}},
			`0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "k"="v" "l"="w"`,
			"jaeger 1/1/0/0/0, w3c 1/1/0/0/0, b3 0/0/0/0/0",
		},
		{
			"baggage of an overruled trace", jwb,
			[][2]string{jaegerID("a:b:c:1"), parent("1", "2", "01"), {"baggage", "l=w"}},
			`000000000000000a 000000000000000b 000000000000000c flags=1 state=2 "l"="w"`,
			"jaeger 1/1/0/0/0, w3c 1/0/0/1/0, b3 0/0/0/0/0",
		},
		{"nothing", jwb, [][2]string{{"accept", "*/*"}, state}, absent, "jaeger 0/0/0/0/0, w3c 0/0/0/0/0, b3 0/0/0/0/0"},
		{"a decision alone", jwb, [][2]string{{"accept", "*/*"}, state, b3("0")}, "0000000000000000 0000000000000000 0000000000000000 flags=0 state=a", "jaeger 0/0/0/0/0, w3c 0/0/0/0/0, b3 1/1/1/0/0"},
		{"a decision without ids beside ids", jwb, [][2]string{parent("a", "b", "01"), b3("0")}, "000000000000000a 000000000000000b 0000000000000000 flags=1 state=2", "jaeger 0/0/0/0/0, w3c 1/1/1/0/0, b3 0/0/0/0/0"},
		{"a decision and a zero uber-trace-id", jwb, [][2]string{jaegerID("0:0:0:0"), {"x-b3-sampled", "0"}}, "0000000000000000 0000000000000000 0000000000000000 flags=0 state=a", "jaeger 0/0/0/0/0, w3c 0/0/0/0/0, b3 1/1/1/0/0"},
		{"a decision and a debug id", jwb, [][2]string{{"jaeger-debug-id", "x"}, b3("0")}, "0000000000000000 0000000000000000 0000000000000000 flags=0 state=a debug=\"x\"", "jaeger 1/1/0/0/0, w3c 0/0/0/0/0, b3 1/1/0/0/0"},
		{"not asked for", formats{fJaeger}, [][2]string{parent("1", "2", "01"), b3("a-b-1"), {"baggage", "k=v"}, {"baggage-k", "v"}}, absent, "jaeger 0/0/0/0/0"},
		{"no baggage", formats{propagation.FormatTraceContext}, [][2]string{parent("a", "b", "00"), {"baggage", "k=v"}}, "000000000000000a 000000000000000b 0000000000000000 flags=0 state=2", "w3c 1/1/1/0/0"},
		{"no ids", formats{propagation.FormatBaggage}, [][2]string{parent("a", "b", "00"), {"baggage", "k=v"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "k"="v"`, "w3c 1/1/1/0/0"},
		{"none", formats{}, [][2]string{parent("a", "b", "00"), jaegerID("a:b:c:1")}, absent, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := propagation.Header{}
			for _, kv := range tt.carrier {
				http.Header(h).Add(kv[0], kv[1])
			}
			foreign := &pairs{list: tt.carrier}
			for what, from := range map[string]propagation.Reader{"Header": h, "foreign": foreign} {
				p := newComposite(t, propagation.HTTP, tt.order, nil)
				c, err := p.Extract(from)
				switch tt.want {
				case corrupted:
					if !errors.Is(err, propagation.ErrCorrupted) || c != (model.Context{}) {
						t.Errorf("%s: %s, %v; want ErrCorrupted", what, describe(c), err)
					}
				case absent:
					if err != propagation.ErrNotFound {
						t.Errorf("%s: %s, %v; want ErrNotFound", what, describe(c), err)
					}
				default:
					got := describe(c)
					if c.Extra != nil && c.Extra.TraceState != "" {
						got += " " + c.Extra.TraceState
					}
					if err != nil || got != tt.want {
						t.Errorf("%s: %s, %v\nwant %s", what, got, err, tt.want)
					}
				}
				if got := counts(p); got != tt.counts {
					t.Errorf("%s: counted %s\nwant    %s", what, got, tt.counts)
				}
			}
			if foreign.passes != 1 || foreign.visits != len(tt.carrier) {
				t.Errorf("%d passes, %d visits for %d pairs", foreign.passes, foreign.visits, len(tt.carrier))
			}
		})
	}
}

func TestCompositeConfiguration(t *testing.T) {
	for name, f := range map[string]func() (*propagation.Textual, error){
		"kind":    func() (*propagation.Textual, error) { return propagation.Default(propagation.Kind(7)) },
		"extract": func() (*propagation.Textual, error) { return propagation.Composite(propagation.HTTP, formats{99}, nil) },
		"inject":  func() (*propagation.Textual, error) { return propagation.Composite(propagation.HTTP, nil, formats{99}) },
		"b3 prefix": func() (*propagation.Textual, error) {
			return propagation.W3C(propagation.HTTP, propagation.WithB3BaggagePrefix("a b"))
		},
		"limits": func() (*propagation.Textual, error) {
			return propagation.B3(propagation.HTTP, propagation.WithLimits(propagation.Limits{BaggageBytes: -1}))
		},
	} {
		if p, err := f(); err == nil || p != nil {
			t.Errorf("%s: no error, or a propagator beside it", name)
		}
	}
}

func TestCompositeCarrierError(t *testing.T) {
	broken := errors.New("connection reset")
	p := newDefault(t, propagation.Text)
	_, err := p.Extract(&pairs{list: [][2]string{{"traceparent", w3cParent}, {"b3", "1-2-1"}}, fail: broken})
	if !errors.Is(err, propagation.ErrCorrupted) || !errors.Is(err, broken) {
		t.Errorf("error %v, want both ErrCorrupted and the carrier's", err)
	}
	if got := counts(p); got != "jaeger 0/0/0/0/0, w3c 1/0/0/0/1, b3 1/0/0/0/1" {
		t.Errorf("counted %s", got)
	}
}

func TestTextualConcurrentSafe(t *testing.T) {
	p := newDefault(t, propagation.HTTP)
	const goroutines, rounds = 8, 300
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c := model.Context{TraceID: model.TraceID{Low: uint64(g + 1)}, SpanID: 1, Baggage: members(fmt.Sprintf("key-%d=a value", g), "Other= +%")}
			want := strings.ToLower(listMembers(c.Baggage))
			for i := range rounds {
				var carrier duplex = propagation.Header{}
				if i%2 == 0 {
					carrier = textMap{}
				}
				p.Inject(&c, carrier)
				got, err := p.Extract(carrier)
				if err != nil || got.TraceID != c.TraceID || strings.ToLower(listMembers(got.Baggage)) != want {
					t.Errorf("%s, %v; want %s", describe(got), err, want)
					return
				}
			}
		}()
	}
	wg.Wait()
	for _, s := range p.Stats()[:2] {
		if s.Accepted != goroutines*rounds || s.Injected != goroutines*rounds || s.Alone != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// TestDecisionBesideCorruptedIDs: the ids of one format that cannot be read do not hide
// the decision of another.
func TestDecisionBesideCorruptedIDs(t *testing.T) {
	for _, ids := range [][2]string{{"uber-trace-id", "x"}, {"uber-trace-id", "1:2:0:100"}, {"uber-trace-id", "1:0:0:1"}, {"traceparent", "ff" + w3cParent[2:]}} {
		for _, told := range []struct {
			name, value string
			flags       model.Flags
		}{{"b3", "0", 0}, {"b3", "d", 3}, {"x-b3-sampled", "false", 0}, {"x-b3-sampled", "1", 1}} {
			list := [][2]string{ids, {told.name, told.value}, {"baggage", "k=v"}}
			for what, from := range map[string]propagation.Reader{"Header": headerOf(list...), "foreign": &pairs{list: list}} {
				p := newDefault(t, propagation.HTTP)
				c, err := p.Extract(from)
				if err != nil || c.IsValid() || c.State != model.StateRemote|model.StateDecided || c.Flags != told.flags || listMembers(c.Baggage) != "k=v" {
					t.Errorf("%s, %q: %s, %v", what, list, describe(c), err)
				}
				if s := p.Stats(); s[0].Rejected+s[1].Rejected != 1 || s[2].Accepted != 1 {
					t.Errorf("%s, %q: %+v", what, list, s)
				}
			}
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
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

func TestCompositeMergesBaggage(t *testing.T) {
	jaegerIDs, w3cIDs := [2]string{"uber-trace-id", "1:2:0:1"}, [2]string{"traceparent", w3cParent}
	for _, tt := range []struct {
		name    string
		carrier [][2]string
		want    string
		dropped string // of each format
	}{
		{"the same in both", [][2]string{jaegerIDs, {"uberctx-user-id", "a+b"}, {"baggage", "user-id=a%20b"}}, "user-id=a b", "0 0 0"},
		{"w3c's spelling and properties", [][2]string{jaegerIDs, {"uberctx-user-id", "jaeger"}, {"baggage", "User-Id=w3c;p=1"}}, "User-Id=jaeger;p=1", "0 0 0"},
		{"w3c's value where its ids won", [][2]string{w3cIDs, {"uberctx-user-id", "jaeger"}, {"baggage", "User-Id=w3c;p=1"}}, "User-Id=w3c;p=1", "0 0 0"},
		{"nobody's ids", [][2]string{{"uberctx-user-id", "jaeger"}, {"baggage", "User-Id=w3c;p=1"}}, "User-Id=jaeger;p=1", "0 0 0"},
		{"neither's ids", [][2]string{{"b3", "1-2-1"}, {"uberctx-k", "jaeger"}, {"baggage", "K=w3c"}}, "K=jaeger", "0 0 0"},
		{"three formats", [][2]string{{"b3", "1-2-1"}, {"uberctx-k", "jaeger"}, {"baggage", "K=w3c;p"}, {"baggage-k", "b3"}}, "K=b3;p", "0 0 0"},
		{"each its own", [][2]string{jaegerIDs, {"uberctx-a", "1"}, {"jaeger-baggage", "b=2"}, {"baggage", "c=3"}, {"baggage-d", "4"}}, "a=1 b=2 c=3 d=4", "0 0 0"},
		{"plus", [][2]string{jaegerIDs, {"uberctx-a", "1+1"}, {"jaeger-baggage", "b=1+1"}, {"baggage", "c=1+1"}, {"baggage-d", "1+1"}}, "a=1 1 b=1 1 c=1+1 d=1+1", "0 0 0"},
		{"a list's spelling", [][2]string{jaegerIDs, {"jaeger-baggage", "Key=1"}, {"uberctx-key", "2"}}, "key=2", "0 0 0"},
		{"undecodable in one", [][2]string{jaegerIDs, {"uberctx-k", "100%"}, {"baggage", "k=100%25"}}, "k=100%", "1 0 0"},
		{"undecodable in both", [][2]string{jaegerIDs, {"uberctx-k", "100%"}, {"baggage", "k=100%"}}, "", "1 1 0"},
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

// A set that fills every injected format travels on for any number of hops, though
// each member arrives as often as there are formats.
func TestFullBaggageSurvives(t *testing.T) {
	value := strings.Repeat("v", 8192/64-len("uberctx-")-len("key-00"))
	full := members(numberedAll("key-%02d="+value, 64)...)
	one := members("k=" + strings.Repeat("v", 8192-len("uberctx-k")))
	encoded := members(numberedAll("k%02d="+strings.Repeat("é", 19), 64)...) // 8 + 3 + 6 * 19 = 125 bytes each
	for name, baggage := range map[string]*model.Baggage{"64 members": full, "one member": one, "encoded": encoded} {
		for _, inject := range []formats{{fJaeger, fW3C}, {fW3C, fJaeger, fB3}, {fJaeger}, {fW3C}, {fB3}} {
			p := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, inject)
			c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Baggage: baggage}
			want := listMembers(baggage)
			for hop := range 4 {
				var carrier interface {
					propagation.Setter
					propagation.Reader
				} = propagation.Header{}
				if hop%2 == 1 {
					carrier = textMap{}
				}
				p.Inject(&c, carrier)
				var err error
				if c, err = p.Extract(carrier); err != nil {
					t.Fatal(err)
				}
			}
			if got := listMembers(c.Baggage); got != want {
				t.Errorf("%s over %v: %d bytes, %d members arrived; want %d, %d", name, inject, len(got), c.Baggage.Len(), len(want), baggage.Len())
			}
			for _, s := range p.Stats() {
				if s.BaggageDropped > 0 || s.Conflicts > 0 || s.Rejected > 0 {
					t.Errorf("%s over %v: %+v", name, inject, s)
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

// Each injected format has the same members, and each stays within the limits.
func TestSameMembersEverywhere(t *testing.T) {
	all := formats{fJaeger, fW3C, fB3}
	for _, tt := range []struct {
		name    string
		kind    propagation.Kind
		limits  propagation.Limits
		oldest  []string
		want    string
		dropped uint64
	}{
		{"ordinary", propagation.HTTP, propagation.Limits{}, []string{"User-Id=1", "z=2"}, "user-id=1 z=2", 0},
		{"keys that HTTP cannot have", propagation.HTTP, propagation.Limits{}, []string{"a b=1", "ü=2", "=3", "c:d=4", "ok=5"}, "ok=5", 4},
		{"keys that W3C cannot have", propagation.Text, propagation.Limits{}, []string{"a b=1", "ü=2", "=3", "c:d=4", "ok=5"}, "ok=5", 4},
		{"values that text cannot have", propagation.Text, propagation.Limits{}, []string{"a=\n", "b=\x00", "c=\t", "ok=é%"}, "ok=é%", 3},
		{"too long for uberctx", propagation.HTTP, propagation.Limits{BaggageBytes: 15}, []string{"a=1", "b=123456", "c=1234567"}, "b=123456", 2},
		{"newest first", propagation.HTTP, propagation.Limits{BaggageMembers: 2}, []string{"a=1", "b=2", "c=3"}, "b=2 c=3", 1},
		{"64", propagation.HTTP, propagation.Limits{}, numberedAll("k%02d=v", 65), strings.Join(numberedAll("k%02d=v", 65)[1:], " "), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opt := propagation.WithLimits(tt.limits)
			p := newComposite(t, tt.kind, nil, all, opt)
			c := model.Context{Baggage: members(tt.oldest...)}
			carrier := textMap{}
			p.Inject(&c, carrier)
			for _, f := range all {
				back, err := newComposite(t, tt.kind, formats{f}, nil, opt).Extract(carrier)
				if got := strings.ToLower(listMembers(back.Baggage)); err != nil || got != tt.want {
					t.Errorf("%v: %q, %v; want %q", f, got, err, tt.want)
				}
			}
			for _, s := range p.Stats() {
				if s.BaggageDropped != tt.dropped || s.Injected != 1 {
					t.Errorf("%+v, want %d dropped", s, tt.dropped)
				}
			}
		})
	}
}

func TestCompositeInject(t *testing.T) {
	c := model.Context{
		TraceID: model.TraceID{High: 0xab, Low: 1}, SpanID: 2, ParentID: 3, Flags: 3, State: model.StateW3CRandom,
		Baggage: model.NewBaggage(model.Member{Key: "User-Id", Value: "a b+", Properties: "p=1"}),
		Extra:   &model.Extra{TraceState: "v=1"},
	}
	jaegerPart := map[string]string{"Uber-Trace-Id": "00000000000000ab0000000000000001:0000000000000002:0000000000000003:3", "Uberctx-User-Id": "a%20b%2B"}
	contextPart := map[string]string{"Traceparent": "00-00000000000000ab0000000000000001-0000000000000002-03", "Tracestate": "v=1"}
	baggagePart := map[string]string{"Baggage": "User-Id=a%20b+;p=1"}
	b3Part := map[string]string{"X-B3-Traceid": "00000000000000ab0000000000000001", "X-B3-Spanid": "0000000000000002", "X-B3-Parentspanid": "0000000000000003", "X-B3-Sampled": "1", "X-B3-Flags": "1", "Baggage-User-Id": "a b+"}
	singlePart := map[string]string{"B3": "00000000000000ab0000000000000001-0000000000000002-d-0000000000000003", "Baggage-User-Id": "a b+"}
	for _, tt := range []struct {
		name   string
		inject formats
		want   []map[string]string
	}{
		{"default", formats{fJaeger, fW3C}, []map[string]string{jaegerPart, contextPart, baggagePart}},
		{"all", formats{fB3, fW3C, fJaeger, fW3C}, []map[string]string{jaegerPart, contextPart, baggagePart, b3Part}},
		{"parts", formats{propagation.FormatBaggage, propagation.FormatTraceContext}, []map[string]string{contextPart, baggagePart}},
		{"ids without baggage", formats{propagation.FormatTraceContext}, []map[string]string{contextPart}},
		{"baggage without ids", formats{propagation.FormatBaggage}, []map[string]string{baggagePart}},
		{"b3 and w3c's baggage", formats{propagation.FormatB3Single, propagation.FormatBaggage}, []map[string]string{singlePart, baggagePart}},
		{"none", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want, lower := http.Header{}, map[string]string{}
			for _, part := range tt.want {
				for k, v := range part {
					want.Set(k, v)
					lower[strings.ToLower(k)] = v
				}
			}
			p := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, tt.inject)
			got, foreign := http.Header{}, textMap{}
			p.Inject(&c, got)
			p.Inject(&c, foreign)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%q\nwant %q", got, want)
			}
			if !reflect.DeepEqual(map[string]string(foreign), lower) {
				t.Errorf("foreign: %q\nwant     %q", foreign, lower)
			}
			injected := map[string]uint64{}
			for _, part := range tt.want {
				for k := range part {
					injected[map[byte]string{'U': "jaeger", 'T': "w3c", 'X': "b3"}[k[0]]] = 2
				}
				if len(part["Baggage"]) > 0 {
					injected["w3c"] = 2
				}
				if len(part["B3"]) > 0 {
					injected["b3"] = 2
				}
			}
			for _, s := range p.Stats() {
				if s.Injected != injected[s.Format] {
					t.Errorf("%s: Injected = %d, want %d", s.Format, s.Injected, injected[s.Format])
				}
			}
			// A later Add must not write into another header.
			for k := range got {
				got.Add(k, "x")
			}
			for k := range want {
				if got[k][0] != want[k][0] || len(got[k]) != 2 {
					t.Errorf("after Add: %s is %q", k, got[k])
				}
			}
			p.Inject(&c, propagation.Header(nil)) // nowhere to write to; must not panic
		})
	}
}

func TestCompositeNames(t *testing.T) {
	c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, Baggage: members("k=v", "traceid=evil", "parent=evil")}
	for _, tt := range []struct {
		name string
		opts []propagation.Option
		want string // the baggage that comes back
	}{
		{"defaults", nil, "k=v parent=evil traceid=evil"},
		{"prefix of B3's ids", []propagation.Option{propagation.WithJaegerHeaders(propagation.JaegerHeaders{BaggagePrefix: "X-B3-"})}, "k=v parent=evil"},
		{"prefix of traceparent", []propagation.Option{propagation.WithJaegerHeaders(propagation.JaegerHeaders{BaggagePrefix: "trace"})}, "k=v traceid=evil"},
		{"one prefix for both", []propagation.Option{propagation.WithB3BaggagePrefix("Uberctx-")}, "k=v parent=evil traceid=evil"},
		{"one prefix in another", []propagation.Option{propagation.WithB3BaggagePrefix("uber")}, "k=v parent=evil traceid=evil"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, formats{fJaeger, fW3C, fB3}, tt.opts...)
			h := propagation.Header{}
			p.Inject(&c, h)
			back, err := p.Extract(h)
			if err != nil || back.TraceID != c.TraceID || back.SpanID != c.SpanID || listMembers(back.Baggage) != tt.want {
				t.Errorf("%s, %v; want %s\n%q", describe(back), err, tt.want, h)
			}
			if got := counts(p); got != "jaeger 1/1/0/0/0, w3c 1/1/0/0/0, b3 1/1/0/0/0" {
				t.Errorf("counted %s", got)
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

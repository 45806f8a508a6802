// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func TestW3CExtractBaggage(t *testing.T) {
	for _, tt := range []struct {
		name    string
		lines   []string
		want    string // of listMembers
		dropped uint64
	}{
		{"of the specification", []string{"key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=propertyValue"}, `key1=value1;property1;property2 key2=value2 key3=value3;propertyKey=propertyValue`, 0},
		{"several lines", []string{"userId=alice", "serverNode=DF%2028,isProduction=false"}, `isProduction=false serverNode=DF 28 userId=alice`, 0},
		{"plus is plus", []string{"a=1+1"}, `a=1+1`, 0},
		{"equals signs", []string{"a=b=c=="}, `a=b=c==`, 0},
		{"encoded separators are content", []string{"a=1%2Cb%3D2%3B"}, `a=1,b=2;`, 0},
		{"keys keep their case", []string{"UserId=1"}, `UserId=1`, 0},
		{"the last one of a key", []string{"a=1,b=2;p,a=3;q"}, `a=3;q b=2;p`, 0},
		{"spellings are keys", []string{"a=1", "A=2,a=3"}, `A=2 a=3`, 0},
		{"empty members", []string{",,a=1, ,", "", " ", "b=2"}, `a=1 b=2`, 0},
		{"empty value", []string{"a=,b= ;p"}, `a= b=;p`, 0},
		{"spaces and tabs", []string{" \ta \t=\t 1 \t;\t p = x \t, b=2 "}, `a=1;p = x b=2`, 0},
		{"token keys", []string{"!#$%&'*+-.^_`|~aZ09=1"}, "!#$%&'*+-.^_`|~aZ09=1", 0},
		{"invalid keys", []string{"a b=1,\"q\"=2,ü=3,a:b=4,=5,ok=6"}, `ok=6`, 5},
		{"no equals sign", []string{"a,b=1,c;p"}, `b=1`, 2},
		{"bad escapes", []string{"a=%,b=%4,c=%zz,d=ok"}, `d=ok`, 3},
		{"encoded, not UTF-8", []string{"a=%ff,b=x%80y%C3%A9"}, "a=\ufffd b=x\ufffdyé", 0},
		{"raw UTF-8", []string{"a=é"}, `a=é`, 0},
		{"raw, not UTF-8", []string{"a=\xff,b=1"}, `b=1`, 1},
		{"bad properties", []string{"b=2;p;;q,c=3;p q,d=4;p=%,e=5;=v,f=6;p=\"x\",g=7;p"}, `g=7;p`, 5},
		{"empty properties", []string{"a=1;,b=2;;p; ; ,c=3;;"}, `a=1 b=2;p c=3`, 0},
		{"nobody's", []string{"x"}, "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			foreign := &pairs{}
			for i, line := range tt.lines {
				foreign.Set([]string{"baggage", "Baggage"}[i%2], line)
			}
			for what, from := range map[string]propagation.Reader{"Header": propagation.Header{"Baggage": tt.lines, "Uberctx-K": {"v"}}, "foreign": foreign} {
				p := newW3C(t, propagation.HTTP)
				c, err := p.Extract(from)
				if tt.want == "" {
					if err != propagation.ErrNotFound {
						t.Errorf("%s: %v, want ErrNotFound", what, err)
					}
				} else if got := listMembers(c.Baggage); err != nil || got != tt.want {
					t.Errorf("%s: %q, %v; want %q", what, got, err, tt.want)
				}
				if n := p.Stats()[0].BaggageDropped; n != tt.dropped {
					t.Errorf("%s: %d dropped, want %d", what, n, tt.dropped)
				}
			}
		})
	}
}

func TestW3CBaggageLimits(t *testing.T) {
	value := func(n int) string { return strings.Repeat("v", n) }
	for _, tt := range []struct {
		name    string
		limits  propagation.Limits
		lines   []string
		keep    int
		dropped uint64
	}{
		{"64 members", propagation.Limits{}, []string{strings.Join(numberedAll("k%d=v", 64), ",")}, 64, 0},
		{"65 members", propagation.Limits{}, []string{strings.Join(numberedAll("k%d=v", 65), ",")}, 64, 1},
		{"64 members in 64 lines", propagation.Limits{}, numberedAll("k%d=v", 64), 64, 0},
		{"8192 bytes", propagation.Limits{}, []string{"k=" + value(8190)}, 1, 0},
		{"8193 bytes", propagation.Limits{}, []string{"k=" + value(8191)}, 0, 1},
		{"8192 bytes in two lines", propagation.Limits{}, []string{"k=" + value(4094), "l=" + value(4093)}, 2, 0},
		{"8193 bytes in two lines", propagation.Limits{}, []string{"k=" + value(4094), "l=" + value(4094)}, 1, 1},
		{"cut between members", propagation.Limits{BaggageBytes: 9}, []string{"a=1,b=2,ccc=3"}, 2, 1},
		{"not cut at an encoded comma", propagation.Limits{BaggageBytes: 7}, []string{"a=1%2Cb=2"}, 0, 1},
		{"nothing is left after a cut", propagation.Limits{BaggageBytes: 9}, []string{"a=1,b=2,ccc=3", "d=4"}, 2, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newW3C(t, propagation.HTTP, propagation.WithLimits(tt.limits))
			c, err := p.Extract(propagation.Header{"Traceparent": {w3cParent}, "Baggage": tt.lines})
			if err != nil || c.Baggage.Len() != tt.keep || p.Stats()[0].BaggageDropped != tt.dropped {
				t.Errorf("%d kept, %d dropped, %v; want %d, %d", c.Baggage.Len(), p.Stats()[0].BaggageDropped, err, tt.keep, tt.dropped)
			}
			out := propagation.Header{}
			p.Inject(&c, out)
			if got := len(strings.Join(out["Baggage"], "")); got > 8192 {
				t.Errorf("%d bytes go out", got)
			}
			if p.Stats()[0].BaggageDropped != tt.dropped {
				t.Error("what came in does not go out")
			}
		})
	}
}

// Members keep their order from hop to hop, and with it who goes first when a
// limit is reached.
func TestBaggageKeepsItsOrder(t *testing.T) {
	p := newDefault(t, propagation.HTTP)
	const list = "c=3,a=1,d=4,b=2"
	h := propagation.Header{"Traceparent": {w3cParent}, "Baggage": {list}}
	for range 3 {
		c, err := p.Extract(h)
		if err != nil {
			t.Fatal(err)
		}
		h = propagation.Header{}
		p.Inject(&c, h)
		if got := h["Baggage"]; len(got) != 1 || got[0] != list {
			t.Fatalf("%q, want %q", got, list)
		}
		for k := range h { // Jaeger's headers have no order
			if strings.HasPrefix(k, "U") {
				delete(h, k)
			}
		}
	}
	binary := newBinary(t)
	in := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Baggage: members("a=1", "b=2", "c=3")}
	frame := binary.AppendBinary(nil, &in)
	out, err := binary.ParseBinary(frame)
	if again := binary.AppendBinary(nil, &out); err != nil || string(again) != string(frame) {
		t.Errorf("binary: %x, then %x, %v", frame, again, err)
	}
}

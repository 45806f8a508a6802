// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

const (
	w3cTrace  = "0af7651916cd43dd8448eb211c80319c"
	w3cSpan   = "b7ad6b7169203331"
	w3cParent = "00-" + w3cTrace + "-" + w3cSpan + "-01"
)

func newW3C(t testing.TB, kind propagation.Kind, opts ...propagation.Option) *propagation.Textual {
	t.Helper()
	p, err := propagation.W3C(kind, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The rules of the W3C trace-context test suite, and its level 2.
func TestTraceparent(t *testing.T) {
	const (
		accepted  = w3cTrace + " " + w3cSpan + " 0000000000000000 "
		corrupted = "corrupted"
	)
	for _, tt := range []struct {
		name, header, want string
	}{
		{"sampled", w3cParent, accepted + "flags=1 state=2"},
		{"not sampled", "00-" + w3cTrace + "-" + w3cSpan + "-00", accepted + "flags=0 state=2"},
		{"random", "00-" + w3cTrace + "-" + w3cSpan + "-02", accepted + "flags=0 state=6"},
		{"random and sampled", "00-" + w3cTrace + "-" + w3cSpan + "-03", accepted + "flags=1 state=6"},
		{"reserved flags are not Jaeger's", "00-" + w3cTrace + "-" + w3cSpan + "-fc", accepted + "flags=0 state=2"},
		{"64 bits", "00-00000000000000000123456789abcdef-0000000000000001-01", "0123456789abcdef 0000000000000001 0000000000000000 flags=1 state=2"},
		{"low half zero", "00-00000000000000010000000000000000-0000000000000001-00", "00000000000000010000000000000000 0000000000000001 0000000000000000 flags=0 state=2"},
		{"space before", " " + w3cParent, accepted + "flags=1 state=2"},
		{"tab before", "\t" + w3cParent, accepted + "flags=1 state=2"},
		{"space behind", w3cParent + " ", accepted + "flags=1 state=2"},
		{"spaces around", "\t " + w3cParent + " \t", accepted + "flags=1 state=2"},
		{"version cc", "cc" + w3cParent[2:], accepted + "flags=1 state=2"},
		{"version cc and more", "cc" + w3cParent[2:] + "-what-the-future-will-be-like", accepted + "flags=1 state=2"},
		{"version 01, empty rest", "01" + w3cParent[2:] + "-", accepted + "flags=1 state=2"},
		{"version fe", "fe" + w3cParent[2:], accepted + "flags=1 state=2"},

		{"version cc and a dot", "cc" + w3cParent[2:] + ".what-the-future-will-be-like", corrupted},
		{"version cc, longer flags", "cc" + w3cParent[2:] + "0", corrupted},
		{"version 00 and a dot", w3cParent + ".", corrupted},
		{"version 00 and more", w3cParent + "-what-the-future-will-be-like", corrupted},
		{"version 00 and a dash", w3cParent + "-", corrupted},
		{"version ff", "ff" + w3cParent[2:], corrupted},
		{"version with a dot", ".0" + w3cParent[2:], corrupted},
		{"version ending in a dot", "0." + w3cParent[2:], corrupted},
		{"version in upper case", "CC" + w3cParent[2:], corrupted},
		{"version too long", "0" + w3cParent, corrupted},
		{"version too short", w3cParent[1:], corrupted},
		{"zero trace id", "00-00000000000000000000000000000000-" + w3cSpan + "-01", corrupted},
		{"trace id with a dot", "00-.af7651916cd43dd8448eb211c80319c-" + w3cSpan + "-01", corrupted},
		{"trace id in upper case", "00-" + strings.ToUpper(w3cTrace) + "-" + w3cSpan + "-01", corrupted},
		{"trace id too long", "00-" + w3cTrace + "0-" + w3cSpan + "-01", corrupted},
		{"trace id too short", "00-" + w3cTrace[1:] + "-" + w3cSpan + "-01", corrupted},
		{"zero span id", "00-" + w3cTrace + "-0000000000000000-01", corrupted},
		{"span id with a dot", "00-" + w3cTrace + "-b7ad6b716920333.-01", corrupted},
		{"span id in upper case", "00-" + w3cTrace + "-B7AD6B7169203331-01", corrupted},
		{"span id too long", "00-" + w3cTrace + "-" + w3cSpan + "0-01", corrupted},
		{"span id too short", "00-" + w3cTrace + "-" + w3cSpan[1:] + "-01", corrupted},
		{"flags with a dot", "00-" + w3cTrace + "-" + w3cSpan + "-.0", corrupted},
		{"flags ending in a dot", "00-" + w3cTrace + "-" + w3cSpan + "-0.", corrupted},
		{"flags in upper case", "00-" + w3cTrace + "-" + w3cSpan + "-0A", corrupted},
		{"flags too long", "00-" + w3cTrace + "-" + w3cSpan + "-001", corrupted},
		{"flags too short", "00-" + w3cTrace + "-" + w3cSpan + "-1", corrupted},
		{"no flags", "00-" + w3cTrace + "-" + w3cSpan, corrupted},
		{"two, joined", w3cParent + "," + w3cParent, corrupted},
		{"empty", "", corrupted},
		{"spaces", "   ", corrupted},
		{"long", w3cParent[:53] + strings.Repeat("0", 5000), corrupted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, kind := range []propagation.Kind{propagation.HTTP, propagation.Text} {
				p := newW3C(t, kind)
				for carrier, from := range map[string]propagation.Reader{
					"Header":          propagation.Header{"Traceparent": {tt.header}, "X-Trace-Id": {"1"}},
					"Header, lower":   propagation.Header{"traceparent": {tt.header}},
					"foreign carrier": textMap{"TraceParent": tt.header, "trace-parent": "x", "trace.parent": "y"},
				} {
					c, err := p.Extract(from)
					if tt.want == corrupted {
						if !errors.Is(err, propagation.ErrCorrupted) || c != (model.Context{}) {
							t.Errorf("%s: %s, error %v; want ErrCorrupted", carrier, describe(c), err)
						} else if len(err.Error()) > 200 {
							t.Errorf("%s: error of %d bytes", carrier, len(err.Error()))
						}
						continue
					}
					if got := describe(c); err != nil || got != tt.want {
						t.Errorf("%s: %s, %v; want %s", carrier, got, err, tt.want)
					}
				}
				want := propagation.FormatStats{Seen: 3, Accepted: 3}
				if tt.want == corrupted {
					want = propagation.FormatStats{Seen: 3, Rejected: 3}
				}
				checkStats(t, p, want)
			}
		})
	}
}

func TestTraceparentTwice(t *testing.T) {
	other := strings.Replace(w3cParent, "0af", "1af", 1)
	for name, from := range map[string]propagation.Reader{
		"lines":             propagation.Header{"Traceparent": {other, w3cParent}},
		"the same":          propagation.Header{"Traceparent": {w3cParent, w3cParent}},
		"spellings":         propagation.Header{"Traceparent": {w3cParent}, "traceparent": {other}, "tracestate": {"a=1"}},
		"foreign":           &pairs{list: [][2]string{{"traceparent", other}, {"traceparent", w3cParent}}},
		"foreign spellings": &pairs{list: [][2]string{{"traceparent", other}, {"Traceparent", w3cParent}}},
	} {
		for range 10 { // a map has another order each time
			c, err := newW3C(t, propagation.HTTP).Extract(from)
			if name == "spellings" {
				// Header's own spelling wins, as for every name.
				if err != nil || c.TraceID.Hex32() != w3cTrace {
					t.Errorf("%s: %s, %v", name, describe(c), err)
				}
				continue
			}
			if !errors.Is(err, propagation.ErrCorrupted) {
				t.Errorf("%s: %s, error %v; want ErrCorrupted", name, describe(c), err)
			}
		}
	}
	if _, err := newW3C(t, propagation.HTTP).Extract(propagation.Header{"Tracestate": {"foo=1"}}); err != propagation.ErrNotFound {
		t.Errorf("tracestate alone: %v, want ErrNotFound", err)
	}
}

func TestTracestate(t *testing.T) {
	numbered := func(from, to int) string {
		var list []string
		for i := from; i <= to; i++ {
			list = append(list, fmt.Sprintf("bar%02d=%02d", i, i))
		}
		return strings.Join(list, ",")
	}
	key := "abcdefghijklmnopqrstuvwxyz0123456789_-*/"
	var value strings.Builder
	for c := byte(' '); c <= '~'; c++ {
		if c != ',' && c != '=' {
			value.WriteByte(c)
		}
	}
	for _, tt := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"two members", []string{"foo=1,bar=2"}, "foo=1,bar=2"},
		{"several lines", []string{"foo=1,bar=2", "rojo=1,congo=2", "baz=3"}, "foo=1,bar=2,rojo=1,congo=2,baz=3"},
		{"empty", []string{""}, ""},
		{"empty line behind", []string{"foo=1", ""}, "foo=1"},
		{"empty line before", []string{"", "foo=1"}, "foo=1"},
		{"commas alone", []string{" , ,"}, ""},
		{"empty members", []string{"foo=1,,bar=2,"}, "foo=1,,bar=2,"},
		{"all characters", []string{key + "=" + value.String()}, key + "=" + value.String()},
		{"all characters and a vendor", []string{key + "@a-z0-9_-*/=" + value.String()}, key + "@a-z0-9_-*/=" + value.String()},
		{"spaces between", []string{"foo=1 \t , \t bar=2, \t baz=3"}, "foo=1 \t , \t bar=2, \t baz=3"},
		{"spaces around", []string{"\t foo=1 \t"}, "foo=1"},
		{"key of digits", []string{"1a=1"}, "1a=1"},
		{"512 characters", []string{"a=" + strings.Repeat("x", 253) + ",b=" + strings.Repeat("y", 254)}, "a=" + strings.Repeat("x", 253) + ",b=" + strings.Repeat("y", 254)},
		{"32 members", []string{numbered(1, 10), numbered(11, 20), numbered(21, 30), numbered(31, 32)}, numbered(1, 32)},
		{"33 members", []string{numbered(1, 10), numbered(11, 20), numbered(21, 30), numbered(31, 33)}, ""},
		{"key of 256", []string{"foo=1", strings.Repeat("z", 256) + "=1"}, "foo=1," + strings.Repeat("z", 256) + "=1"},
		{"key of 257", []string{"foo=1", strings.Repeat("z", 257) + "=1"}, ""},
		{"tenant of 241, vendor of 14", []string{strings.Repeat("t", 241) + "@" + strings.Repeat("v", 14) + "=1"}, strings.Repeat("t", 241) + "@" + strings.Repeat("v", 14) + "=1"},
		{"tenant of digits", []string{"0t@v=1"}, "0t@v=1"},
		{"tenant of 242", []string{"foo=1", strings.Repeat("t", 242) + "@v=1"}, ""},
		{"vendor of 15", []string{"foo=1", "t@" + strings.Repeat("v", 15) + "=1"}, ""},
		{"vendor of digits", []string{"t@1v=1"}, ""},
		{"no vendor", []string{"foo@=1,bar=2"}, ""},
		{"no tenant", []string{"@foo=1,bar=2"}, ""},
		{"two signs", []string{"foo@@bar=1,bar=2"}, ""},
		{"two vendors", []string{"foo@bar@baz=1,bar=2"}, ""},
		{"space behind key", []string{"foo =1"}, ""},
		{"upper case", []string{"FOO=1"}, ""},
		{"dot", []string{"foo.bar=1"}, ""},
		{"key beginning with a dash", []string{"-a=1"}, ""},
		{"no key", []string{"=1"}, ""},
		{"no value", []string{"foo=,bar=3"}, ""},
		{"no equals sign", []string{"foo,bar=3"}, ""},
		{"two equals signs", []string{"foo=bar=baz"}, ""},
		{"value of 256", []string{"foo=" + strings.Repeat("v", 256)}, "foo=" + strings.Repeat("v", 256)},
		{"value of 257", []string{"foo=" + strings.Repeat("v", 257)}, ""},
		{"control byte", []string{"foo=a\tb"}, ""},
		{"line break", []string{"foo=a\r\nX-Evil: 1"}, ""},
		{"not ASCII", []string{"foo=é"}, ""},
		{"a key twice", []string{"foo=1,foo=2"}, ""},
		{"a key in two lines", []string{"foo=1", "foo=1"}, ""},
		{"4096 bytes", []string{fill("a", 4096)}, fill("a", 4096)},
		{"4097 bytes", []string{fill("a", 4097)}, ""},
		{"4097 bytes in two lines", []string{fill("a", 2000), fill("b", 2097)}, ""},
		{"a megabyte", []string{strings.Repeat("a=1,", 1<<18)}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			foreign := &pairs{list: [][2]string{{"traceparent", w3cParent}}}
			for i, line := range tt.lines {
				foreign.Set([]string{"tracestate", "TraceState"}[i%2], line)
			}
			for what, from := range map[string]propagation.Reader{
				"Header":        propagation.Header{"Traceparent": {w3cParent}, "Tracestate": tt.lines},
				"Header, lower": propagation.Header{"Traceparent": {w3cParent}, "tracestate": tt.lines, "trace-state": {"no=1"}},
				"foreign":       foreign,
			} {
				p := newW3C(t, propagation.HTTP)
				c, err := p.Extract(from)
				if err != nil || c.TraceID.Hex32() != w3cTrace {
					t.Fatalf("%s: %s, %v", what, describe(c), err)
				}
				got := ""
				if c.Extra != nil {
					got = c.Extra.TraceState
				}
				if got != tt.want {
					t.Errorf("%s: tracestate %q, want %q", what, got, tt.want)
				}
				dropped := uint64(0)
				if tt.want == "" && strings.Join(tt.lines, "") != "" {
					dropped = 1
				}
				if n := p.Stats()[0].StatesDropped; n != dropped {
					t.Errorf("%s: %d counted as dropped, want %d", what, n, dropped)
				}
				out := propagation.Header{"Tracestate": {"of=another"}}
				p.Inject(&c, out)
				if got := strings.Join(out["Tracestate"], "|"); got != tt.want {
					t.Errorf("%s: passed on as %q, want %q", what, got, tt.want)
				}
			}
		})
	}
}

// fill makes a tracestate of n bytes.
func fill(key string, n int) string {
	var sb strings.Builder
	for i := 0; ; i++ {
		if sb.Len() > 0 {
			sb.WriteByte(',')
		}
		fmt.Fprintf(&sb, "%s%d=", key, i)
		left := n - sb.Len()
		if left <= 256 {
			sb.WriteString(strings.Repeat("v", left))
			return sb.String()
		}
		sb.WriteString(strings.Repeat("v", 200))
	}
}

func TestTracestateCanonicalSpellingWins(t *testing.T) {
	h := propagation.Header{"Traceparent": {w3cParent}, "Tracestate": {"a=1", "b=2"}, "tracestate": {"c=3", "d=4"}, "TRACESTATE": {"e=5"}}
	for range 20 {
		c, err := newW3C(t, propagation.HTTP).Extract(h)
		if err != nil || c.Extra == nil || c.Extra.TraceState != "a=1,b=2" {
			t.Fatalf("%+v, %v", c.Extra, err)
		}
	}
}

func TestW3CInject(t *testing.T) {
	ids := model.Context{TraceID: model.TraceID{Low: 0x1f94672794ce4b8d}, SpanID: 0x1176e0d0ae74869a, ParentID: 0xa, Flags: 0xb}
	const idText = "00-00000000000000001f94672794ce4b8d-1176e0d0ae74869a-"
	with := func(change func(c *model.Context)) model.Context {
		c := ids
		change(&c)
		return c
	}
	for _, tt := range []struct {
		name    string
		c       model.Context
		want    map[string]string
		dropped uint64
	}{
		{name: "ids", c: ids, want: map[string]string{"traceparent": idText + "01"}},
		{
			name: "debug without sampled", c: with(func(c *model.Context) { c.Flags = 2 }),
			want: map[string]string{"traceparent": idText + "00"},
		},
		{
			name: "undecided", c: with(func(c *model.Context) { c.State = model.StateDeferred }),
			want: map[string]string{"traceparent": idText + "00"},
		},
		{
			name: "random", c: with(func(c *model.Context) { c.State = model.StateW3CRandom | model.StateRemote; c.TraceID.High = 0xab }),
			want: map[string]string{"traceparent": "00-00000000000000ab1f94672794ce4b8d-1176e0d0ae74869a-03"},
		},
		{
			name: "tracestate", c: with(func(c *model.Context) { c.Extra = &model.Extra{TraceState: "a=1, b=2"} }),
			want: map[string]string{"traceparent": idText + "01", "tracestate": "a=1, b=2"},
		},
		{
			name: "tracestate that breaks the request", c: with(func(c *model.Context) { c.Extra = &model.Extra{TraceState: "a=1\r\n"} }),
			want: map[string]string{"traceparent": idText + "01"},
		},
		{
			name: "values",
			c:    model.Context{Baggage: members("plain=a-b_c.d~e/f?g=h&i:j@k(l)'m'*!$#[]{}|^`<>", "space= a b ", "special=100%,\"\\;+", "utf8=acmé €", "empty=")},
			want: map[string]string{"baggage": "empty=,utf8=acm%C3%A9%20%E2%82%AC,special=100%25%2C%22%5C%3B+,space=%20a%20b%20," +
				"plain=a-b_c.d~e/f?g=h&i:j@k(l)'m'*!$#[]{}|^`<>"},
		},
		{
			name: "control bytes",
			c:    model.Context{Baggage: members("crlf=a\r\nb", "nul=\x00")},
			want: map[string]string{"baggage": "nul=%00,crlf=a%0D%0Ab"},
		},
		{
			name: "keys",
			c:    model.Context{Baggage: members("User-Id=1", "a b=2", "ü=3", "=4", "a:b=5", "a,b=6", "a;b=7", "x!y=8", "user-ID=9")},
			want: map[string]string{"baggage": "user-ID=9,x!y=8"}, dropped: 7,
		},
		{
			name: "properties",
			c: model.Context{Baggage: model.NewBaggage(
				model.Member{Key: "a", Value: "1", Properties: "p"},
				model.Member{Key: "b", Value: "2", Properties: "p1=v%20 ; p2 ;p3 = x"},
				model.Member{Key: "c", Value: "3", Properties: "p,d=4"},
				model.Member{Key: "e", Value: "5", Properties: "p\r\n"},
				model.Member{Key: "f", Value: "6", Properties: ";"})},
			want: map[string]string{"baggage": "b=2;p1=v%20 ; p2 ;p3 = x,a=1;p"}, dropped: 3,
		},
		{name: "nothing", c: model.Context{Flags: 3, Extra: &model.Extra{TraceState: "a=1"}}, want: map[string]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, kind := range []propagation.Kind{propagation.HTTP, propagation.Text} {
				p := newW3C(t, kind)
				foreign, header := textMap{}, propagation.Header{}
				p.Inject(&tt.c, foreign)
				if !reflect.DeepEqual(map[string]string(foreign), tt.want) {
					t.Errorf("kind %d: %q\nwant %q", kind, foreign, tt.want)
				}
				p.Inject(&tt.c, header)
				want := http.Header{}
				for k, v := range tt.want {
					want.Set(k, v)
				}
				if !reflect.DeepEqual(http.Header(header), want) {
					t.Errorf("Header: %q\nwant    %q", header, want)
				}
				s := p.Stats()[0]
				if s.BaggageDropped != 2*tt.dropped || s.Injected != 2*uint64(min(1, len(tt.want))) {
					t.Errorf("Stats = %+v", s)
				}
			}
		})
	}
}

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
		{"the last spelling of a key", []string{"a=1", "A=2"}, `A=2`, 0},
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
		{"bad properties", []string{"a=1;,b=2;;p,c=3;p q,d=4;p=%,e=5;=v,f=6;p=\"x\",g=7;p"}, `g=7;p`, 6},
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

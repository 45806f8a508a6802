// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-spur/spur/propagation"
)

func TestTracestate(t *testing.T) {
	fill32 := strings.Join(numberedAll("k%d=v", 32), ",")
	for _, tt := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"commas alone", []string{" , ,"}, ""},
		{"empty members", []string{"foo=1,,bar=2,"}, "foo=1,,bar=2,"},
		{"spaces", []string{" foo=1 ,  bar=2 "}, "foo=1 ,  bar=2"},
		{"tabs", []string{"foo=1,\tbar=2,,"}, "foo=1,bar=2"}, // gRPC refuses them
		{"key of digits", []string{"1=1,2@3=4"}, "1=1,2@3=4"},
		{"512 characters", []string{"a=" + strings.Repeat("x", 253) + ",b=" + strings.Repeat("y", 254)}, "a=" + strings.Repeat("x", 253) + ",b=" + strings.Repeat("y", 254)},
		{"32 members and their duplicates", []string{fill32, fill32}, fill32},
		{"duplicates between others", []string{"a=1,b=2 ,a=3, c=4", "b=5,d=6"}, "a=1,b=2,c=4,d=6"},
		{"a key that begins another", []string{"ab=1,a=2,abc=3,a@=4"}, "ab=1,a=2,abc=3,a@=4"},
		{"a duplicate and a malformed member", []string{"a=1,a=2,B=3"}, ""},
		{"key beginning with a dash", []string{"-a=1"}, ""},
		{"no key", []string{"=1"}, ""},
		{"no equals sign", []string{"foo,bar=3"}, ""},
		{"value of 256", []string{"foo=" + strings.Repeat("v", 256)}, "foo=" + strings.Repeat("v", 256)},
		{"value of 257", []string{"foo=" + strings.Repeat("v", 257)}, ""},
		{"control byte", []string{"foo=a\tb"}, ""},
		{"line break", []string{"foo=a\r\nX-Evil: 1"}, ""},
		{"not ASCII", []string{"foo=é"}, ""},
		{"last character of a key", []string{"a@=1,b*=2,c/=3,d_=4,e-=5"}, "a@=1,b*=2,c/=3,d_=4,e-=5"},
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
				if tt.want == "" || strings.Contains(tt.name, "duplicate") {
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

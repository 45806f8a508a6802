// SPDX-License-Identifier: Apache-2.0

package env

import (
	"fmt"
	"strings"
	"testing"
)

func TestTags(t *testing.T) {
	for _, tc := range []struct{ value, want string }{
		{"a=b", "Tags=[{a b}]"},
		{" a = b=c ,", "Tags=[{a b=c}]"},
		{"a=,b=1", "Tags=[{a } {b 1}]"},
		{"a=%20", "Tags=[{a %20}]"}, // no percent-encoding here
		{"a=${UNSET_VARIABLE:x:y}", "Tags=[{a x:y}]"},
		{"a=${UNSET_VARIABLE}", "Tags=[{a }]"},
		{"a=${}", "Tags=[{a }]"},
		{"a=${", "Tags=[{a ${}]"},
		{"a=x${HOME}", "Tags=[{a x${HOME}}]"},
		{",", ""},
		{"a=1,b=2,a=3", "Tags=[{a 3} {b 2}] Warnings=[{spur: keys set more than once, the last value is used [variable JAEGER_TAGS keys [a]]}]"},
		{"=v", bad(`pair 1: no key in front of "="`)},
		{",=", bad(`pair 2: no key in front of "="`)},
		{" = ", bad(`pair 1: no key in front of "="`)},
		{"a=1,=", bad(`pair 2: no key in front of "="`)},
		{"a", bad(`pair 1: no "=" in it`)}, // jaeger-client-go panics here
		{"x=1,a,b,c", bad(`pair 2: no "=" in it, and 2 more`)},
		{"${HOME}", bad(`pair 1: no "=" in it`)},
		{strings.Repeat("a=,", 1001), bad("more than 1000 pairs")},
	} {
		s := read("JAEGER_TAGS=" + tc.value)
		if reason, isBad := strings.CutPrefix(tc.want, "!"); isBad {
			checkWrong(t, s, "JAEGER_TAGS", reason)
		} else if dump(s) != tc.want {
			t.Errorf("%q: got %s, want %s", tc.value, dump(s), tc.want)
		}
	}
	if e := read("JAEGER_TAGS=zone=eu,blue").Errors[0]; e.Value != "zone=***,***" {
		t.Errorf("the value shown is %s", e.Value)
	}
}

// One error discards the whole list, the service's name included.
func TestResourceAttributes(t *testing.T) {
	for _, tc := range []struct{ value, want string }{
		{"a=b%20c%2C, d = e,,", "Tags=[{a b c,} {d e}]"},
		{"my%20key=1,b%3Dc=2", "Tags=[{my key 1} {b=c 2}]"},
		{"service%2Ename=x", "Service=x"},
		{"service.name=x,service.version=1", "Service=x Tags=[{service.version 1}]"},
		{"service.name=,a=1", "Tags=[{a 1}]"},
		{"service.name=x,service.name=y", "Service=y Warnings=[{spur: keys set more than once, the last value is used [variable OTEL_RESOURCE_ATTRIBUTES keys [service.name]]}]"},
		{"bad,good=1", bad(`pair 1: no "=" in it`)},
		{"service.name=x,bad", bad(`pair 2: no "=" in it`)},
		{"service.name=x,=v", bad(`pair 2: no key in front of "="`)},
		{"%20=v", bad(`pair 1: no key in front of "="`)},
		{"a=%zz", bad("pair 1: bad percent-encoding")},
		{"%=1,service.name=x", bad("pair 1: bad percent-encoding")},
		{"service.name=x," + strings.Repeat("a=,", 1000), bad("more than 1000 pairs")},
	} {
		s := read("OTEL_RESOURCE_ATTRIBUTES=" + tc.value)
		if reason, isBad := strings.CutPrefix(tc.want, "!"); isBad {
			checkWrong(t, s, "OTEL_RESOURCE_ATTRIBUTES", reason)
		} else if dump(s) != tc.want {
			t.Errorf("%q: got %s, want %s", tc.value, dump(s), tc.want)
		}
	}
}

// A name that is not known costs itself, and brings nothing in.
func TestPropagators(t *testing.T) {
	ignored := func(value, names, used string) string {
		return fmt.Sprintf(" Warnings=[{spur: names of header formats ignored [variable OTEL_PROPAGATORS value %s ignored [%s] used [%s]]}]", value, names, used)
	}
	for _, tc := range []struct{ value, want string }{
		{"tracecontext,baggage", "Formats=[tracecontext baggage]"},
		{"B3, b3multi ,jaeger,b3", "Formats=[b3single b3 jaeger]"},
		{"none", "Formats=[]"},
		{"none,None,", "Formats=[]"},
		{"tracecontext,xray", "Formats=[tracecontext]" + ignored("tracecontext,xray", "xray", "tracecontext")},
		{"xray,ottrace,baggage", "Formats=[baggage]" + ignored("xray,ottrace,baggage", "xray ottrace", "baggage")},
		{"xray", "Formats=[]" + strings.Replace(ignored("xray", "xray", ""), "[]]}]", "none: headers are neither read nor written]}]", 1)},
		{"none,xray", "Formats=[]" + strings.Replace(ignored("none,xray", "xray", ""), "[]]}]", "none: headers are neither read nor written]}]", 1)},
		{"none,tracecontext", "Formats=[tracecontext]" + ignored("none,tracecontext", "none", "tracecontext")},
		{",", bad("no header format in it")},
	} {
		s := read("OTEL_PROPAGATORS=" + tc.value)
		if reason, isBad := strings.CutPrefix(tc.want, "!"); isBad {
			checkWrong(t, s, "OTEL_PROPAGATORS", reason)
		} else if dump(s) != tc.want {
			t.Errorf("%q: got %s, want %s", tc.value, dump(s), tc.want)
		}
	}
	if s := read("OTEL_PROPAGATORS=" + strings.Repeat("x", 1000) + strings.Repeat(",y", 1000)); len(dump(s)) > 500 {
		t.Errorf("the warning is %s", dump(s))
	}
}

// Headers are read where an endpoint needs them. Errors show their pair's number
// alone, for the list is where access tokens stand.
func TestHeaders(t *testing.T) {
	for _, prefix := range []string{otlpPrefix, otlpTracesPrefix} {
		for _, tc := range []struct{ value, want string }{
			{"api-key=a%20b%3D, x = y=z,,", " Api-Key=a b= X=y=z"},
			{"api%2Dkey=1", " Api-Key=1"},
			{"a=1,A=2", " A=2"},
			{"a=", " A="},
			{"a=1,b", bad(`pair 2: no "=" in it`)},
			{"content-length=1", bad("pair 1: a header name must be")},
			{"a=%4", bad("pair 1: bad percent-encoding")},
			{"a%=1", bad("pair 1: bad percent-encoding")},
			{"a b=1", bad("pair 1: a header name must be")},
			{"a%0d=1", bad("pair 1: a header name must be")},
			{"=1", bad(`pair 1: no key in front of "="`)},
			{"%20=1", bad(`pair 1: no key in front of "="`)},
			{"a=1%0d%0ab:2", bad("pair 1: contains characters that a header cannot carry")},
			{strings.Repeat("a=,", 1001), bad("more than 1000 pairs")},
		} {
			name := prefix + "HEADERS"
			if got := dump(read(name + "=" + tc.value)); got != "" {
				t.Errorf("%s: nobody needs it, but %s", tc.value, got)
			}
			s := read(name+"="+tc.value, "OTEL_TRACES_EXPORTER=otlp")
			if reason, isBad := strings.CutPrefix(tc.want, "!"); isBad {
				want := "Warnings=[{spur: OTLP endpoint not used, and spans that have no other destination are lost [variable " + name + " value *** error " + reason
				if got := dump(Settings{Warnings: s.Warnings}); !strings.HasPrefix(got, want) || s.Unusable == nil || s.Unusable.Name != name {
					t.Errorf("%.20q: got %s, want %s", tc.value, got, want)
				}
				continue
			}
			if s.Endpoint == nil || dumpEndpoint(s.Endpoint) != "otlp "+defaultOTLP+tc.want {
				t.Errorf("%q: got %s, want %s", tc.value, dump(s), tc.want)
			}
		}
	}
	if got := dump(read("OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_HEADERS=a=1,A=2")); !strings.Contains(got, "keys set more than once, the last value is used [variable OTEL_EXPORTER_OTLP_HEADERS keys [A]]") {
		t.Errorf("got %s", got)
	}
}

// FuzzTags: JAEGER_TAGS is right exactly when every pair that is not blank has a key
// and an equals sign, and then a text for each key.
func FuzzTags(f *testing.F) {
	f.Add("a")           // jaeger-client-go: index out of range
	f.Add("a=b,")        // the same
	f.Add("a=${HOME}")   // the same: no colon
	f.Add("a=${HOME:}x") // not a variable as a whole
	f.Add("a=${A:b:c}")
	f.Add(",=")
	f.Add("=,==,${}=${},\x00=\xff")
	f.Add(strings.Repeat("k=v,", 1001))
	f.Fuzz(func(t *testing.T, list string) {
		s := read("JAEGER_TAGS=" + list)
		keys, pairs, right := map[string]bool{}, 0, true
		for _, pair := range strings.Split(strings.TrimSpace(list), ",") {
			if strings.TrimSpace(pair) == "" {
				continue
			}
			pairs++
			key, _, ok := strings.Cut(pair, "=")
			key = strings.TrimSpace(key)
			right = right && ok && key != ""
			keys[key] = true
		}
		right = right && pairs <= 1000
		if right != (len(s.Errors) == 0) || right && len(s.Tags) != len(keys) || !right && len(s.Tags) != 0 {
			t.Fatalf("errors %v, %d tags, of %d pairs, all of them right: %v", s.Errors, len(s.Tags), pairs, right)
		}
		for _, e := range s.Errors {
			if e.Name != "JAEGER_TAGS" || len(e.Value) > 128 || len(e.Err.Error()) > 200 {
				t.Errorf("the error is %.2000q", e)
			}
		}
	})
}

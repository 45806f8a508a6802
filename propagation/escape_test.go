// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"net/url"
	"testing"
)

func TestEscape(t *testing.T) {
	for b := range 256 {
		in := string([]byte{byte(b)})
		out := string(appendEscaped(nil, in))
		if len(out) != escapedLen(in) {
			t.Errorf("byte %#x: length %d announced, %d written", b, escapedLen(in), len(out))
		}
		for i := range len(out) {
			if out[i] <= ' ' || out[i] >= 0x7f {
				t.Errorf("byte %#x written as %q", b, out)
			}
		}
		back, ok := appendUnescaped(nil, out)
		if !ok || string(back) != in {
			t.Errorf("byte %#x written as %q, read as %q", b, out, back)
		}
		// What jaeger-client-go and a decodeURIComponent read.
		for name, decode := range map[string]func(string) (string, error){"query": url.QueryUnescape, "path": url.PathUnescape} {
			if s, err := decode(out); err != nil || s != in {
				t.Errorf("byte %#x written as %q, %s decoding reads %q, %v", b, out, name, s, err)
			}
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		"":             "",
		"a+b%20c":      "a b c",
		"%41%4a%4A%7e": "AJJ~",
		"%e2%82%AC":    "€",
		"%":            "!",
		"%4":           "!",
		"abc%4":        "!",
		"%4g":          "!",
		"%g4":          "!",
		"%%":           "!",
		"% 1":          "!",
		"%00":          "\x00",
		"\x80\xff":     "\x80\xff",
	} {
		got, ok := appendUnescaped([]byte("x"), in)
		if ok != (want != "!") || ok && string(got) != "x"+want {
			t.Errorf("%q reads %q, %v; want %q", in, got, ok, want)
		}
	}
}

// FuzzUnescape compares with the standard library, which jaeger-client-go uses.
func FuzzUnescape(f *testing.F) {
	for _, seed := range []string{"", "a+b", "%20", "%", "%%%", "%zz", "acm%C3%A9", "%2", "\x00\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := appendUnescaped(nil, s)
		want, err := url.QueryUnescape(s)
		if ok != (err == nil) || ok && string(got) != want {
			t.Errorf("%q reads %q, %v; the standard library %q, %v", s, got, ok, want, err)
		}
		if ok && string(got) != s && !needsUnescape(s) {
			t.Errorf("%q changes, but is said not to", s)
		}
		out := appendEscaped(nil, s)
		if len(out) != escapedLen(s) {
			t.Errorf("%q: length %d announced, %d written", s, escapedLen(s), len(out))
		}
		back, ok := appendUnescaped(nil, string(out))
		if !ok || string(back) != s {
			t.Errorf("%q written as %q, read as %q", s, out, back)
		}
	})
}

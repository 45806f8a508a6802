// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"net/url"
	"testing"
)

func TestEscape(t *testing.T) {
	for b := range 256 {
		in := string([]byte{byte(b)})
		out := string(appendEscaped(nil, in, jaeger))
		if len(out) != escapedLen(in, jaeger) {
			t.Errorf("byte %#x: length %d announced, %d written", b, escapedLen(in, jaeger), len(out))
		}
		for i := range len(out) {
			if out[i] <= ' ' || out[i] >= 0x7f {
				t.Errorf("byte %#x written as %q", b, out)
			}
		}
		back, ok := appendUnescaped(nil, out, true)
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
		got, ok := appendUnescaped([]byte("x"), in, true)
		if ok != (want != "!") || ok && string(got) != "x"+want {
			t.Errorf("%q reads %q, %v; want %q", in, got, ok, want)
		}
	}
}

// In W3C's '+' stands for itself.
func TestEscapeDialects(t *testing.T) {
	for _, tt := range []struct{ value, jaeger, w3c string }{
		{"a+b", "a%2Bb", "a+b"},
		{" a b ", "%20a%20b%20", "%20a%20b%20"},
		{"  ", "%20%20", "%20%20"},
		{`",;\`, "%22%2C%3B%5C", "%22%2C%3B%5C"},
		{"100%", "100%25", "100%25"},
		{"é\r\n\x00\x7f", "%C3%A9%0D%0A%00%7F", "%C3%A9%0D%0A%00%7F"},
		{"a=b:c/d?e&f~-_.", "a%3Db%3Ac%2Fd%3Fe%26f~-_.", "a=b:c/d?e&f~-_."},
	} {
		for f, want := range map[family]string{jaeger: tt.jaeger, w3c: tt.w3c} {
			got := string(appendEscaped(nil, tt.value, f))
			if got != want || escapedLen(tt.value, f) != len(want) {
				t.Errorf("%v: %q written as %q, %d bytes announced; want %q", f, tt.value, got, escapedLen(tt.value, f), want)
			}
			if back, ok := appendUnescaped(nil, got, f == jaeger); !ok || string(back) != tt.value {
				t.Errorf("%v: %q read as %q", f, got, back)
			}
		}
	}
}

// FuzzUnescape compares with the standard library, which jaeger-client-go uses,
// and OpenTelemetry.
func FuzzUnescape(f *testing.F) {
	for _, seed := range []string{"", "a+b", "%20", "%", "%%%", "%zz", "acm%C3%A9", "%2", "\x00\xff", " a "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, fam := range []family{jaeger, w3c} {
			plus, oracle := fam == jaeger, url.PathUnescape
			if plus {
				oracle = url.QueryUnescape
			}
			got, ok := appendUnescaped(nil, s, plus)
			want, err := oracle(s)
			if ok != (err == nil) || ok && string(got) != want || ok != decodable(s) {
				t.Errorf("%q reads %q, %v, decodable %v; the standard library %q, %v", s, got, ok, decodable(s), want, err)
			}
			if ok && string(got) != s && !needsUnescape(s, plus) {
				t.Errorf("%q changes, but is said not to", s)
			}
			out := appendEscaped(nil, s, fam)
			if len(out) != escapedLen(s, fam) {
				t.Errorf("%q: length %d announced, %d written", s, escapedLen(s, fam), len(out))
			}
			back, ok := appendUnescaped(nil, string(out), plus)
			if !ok || string(back) != s {
				t.Errorf("%q written as %q, read as %q", s, out, back)
			}
		}
	})
}

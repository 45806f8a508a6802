// SPDX-License-Identifier: Apache-2.0

package format

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

type octet byte

// bytesEverywhere are values with bytes in them, and what they print as.
func bytesEverywhere() map[string]struct {
	v    any
	want string
} {
	type box struct {
		B []byte
		a [2]byte
	}
	slice, array := []byte("hi"), [2]byte{'h', 'i'}
	text := strings.Repeat("€", DefaultMaxBytes/3) // the beginning ends within a rune
	return map[string]struct {
		v    any
		want string
	}{
		"text":                   {slice, "hi"},
		"named":                  {json.RawMessage(`{"a": 1}`), `{"a": 1}`},
		"named bytes":            {[]octet("hi"), "hi"},
		"array":                  {array, "hi"},
		"pointer to slice":       {&slice, "&hi"},
		"pointer to array":       {&array, "&hi"},
		"in a struct":            {box{slice, array}, "{B:hi a:hi}"},
		"in a pointer to struct": {&box{slice, array}, "&{B:hi a:hi}"},
		"in an unexported any":   {struct{ a, b any }{slice, array}, "{a:hi b:hi}"},
		"in a map":               {map[string][]byte{"k": slice}, "map[k:hi]"},
		"as a key":               {map[[2]byte]int{array: 1}, "map[hi:1]"},
		"in a slice":             {[][]byte{slice, nil, {}, {0}}, "[hi   0x00]"},
		"in an array":            {[2]any{slice, array}, "[hi hi]"},
		"in a slice of arrays":   {[][2]byte{array, {1, 255}}, "[hi 0x01ff]"},
		"in a panic":             {panicText{slice}, "!(PANIC=String method: hi)"},
		"nil":                    {[]byte(nil), ""},
		"empty array":            {[0]byte{}, ""},
		"lines":                  {[]byte("a\r\n\tb"), "a\r\n\tb"},
		"not ASCII":              {[]byte("naïve €𝄞"), "naïve €𝄞"},
		"U+FFFD":                 {[]byte("\uFFFD"), "\uFFFD"},
		"NUL":                    {[]byte("a\x00"), "0x6100"},
		"escape":                 {[]byte("\x1b[2J"), "0x1b5b324a"},
		"not UTF-8":              {[]byte("a\xff"), "0x61ff"},
		"half a rune":            {[]byte("a\xe2\x82"), "0x61e282"},
		"long text":              {[]byte(text), text},
		"long, not text":         {make([]byte, 200), "0x" + strings.Repeat("00", 200)},
		"long array":             {[200]byte{}, "0x" + strings.Repeat("00", 200)},
	}
}

// TestBytes: a text is recognised in bytes, wherever they are. fmt prints them as
// numbers.
func TestBytes(t *testing.T) {
	for name, c := range bytesEverywhere() {
		for _, limit := range []int{2 * DefaultMaxBytes, math.MaxInt - 1, math.MaxInt} {
			if got, cut := String(c.v, limit); got != c.want || cut {
				t.Errorf("%s: %q, cut %v; want %q", name, got, cut, c.want)
			}
		}
		for n := -1; n <= min(len(c.want), 500); n += 1 + len(c.want)/1000 {
			got, cut := String(c.v, n)
			checkPrefix(t, fmt.Sprintf("%s at %d", name, n), got, cut, c.want, n)
		}
	}
}

// TestLongBytes: what is cut is the beginning of the text, or of the numbers.
func TestLongBytes(t *testing.T) {
	for name, c := range map[string]struct {
		v    any
		want string
	}{
		"text":            {[]byte(strings.Repeat("€", 1<<20)), strings.Repeat("€", DefaultMaxBytes)},
		"late NUL":        {append([]byte(strings.Repeat("x", DefaultMaxBytes+9)), 0), strings.Repeat("x", DefaultMaxBytes+9)},
		"NUL in time":     {append([]byte(strings.Repeat("x", DefaultMaxBytes-1)), 0), "0x" + strings.Repeat("78", DefaultMaxBytes)},
		"array":           {[1 << 17]byte{}, "0x" + strings.Repeat("00", DefaultMaxBytes)},
		"pointer to long": {&[1 << 20]byte{}, "&0x" + strings.Repeat("00", DefaultMaxBytes)},
	} {
		for _, n := range []int{10, DefaultMaxBytes - 1, DefaultMaxBytes} {
			got, cut := String(c.v, n)
			checkPrefix(t, fmt.Sprintf("%s at %d", name, n), got, cut, c.want, n)
		}
	}
}

// FuzzBytes compares with the documented rule.
func FuzzBytes(f *testing.F) {
	f.Add([]byte("naïve €𝄞\n"), 5)
	f.Add([]byte("a\xe2\x82"), 4) // half a rune
	f.Add([]byte{0}, 3)
	f.Add([]byte("\uFFFD\u2028"), 6) // a separator is not printable
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		if len(data) > 4096 {
			return
		}
		want := string(data)
		if !utf8.Valid(data) || strings.ContainsFunc(want, func(r rune) bool {
			return !unicode.IsPrint(r) && !strings.ContainsRune("\n\r\t", r)
		}) {
			want = fmt.Sprintf("0x%x", data)
		}
		n %= DefaultMaxBytes
		var array [16]byte
		copy(array[:], data)
		for name, v := range map[string]any{"slice": data, "in a struct": struct{ b []octet }{octets(data)}} {
			want := want
			if name != "slice" {
				want = "{b:" + want + "}"
			}
			if got, cut := String(v, DefaultMaxBytes); got != want || cut {
				t.Fatalf("%s: %q, cut %v; want %q", name, got, cut, want)
			}
			got, cut := String(v, n)
			checkPrefix(t, fmt.Sprint(name, " cut at ", n), got, cut, want, n)
		}
		a, _ := String(array, DefaultMaxBytes)
		if b, _ := String(array[:], DefaultMaxBytes); a != b {
			t.Errorf("an array is %q, its slice %q", a, b)
		}
	})
}

func octets(b []byte) []octet {
	o := make([]octet, len(b))
	for i := range b {
		o[i] = octet(b[i])
	}
	return o
}

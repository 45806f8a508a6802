// SPDX-License-Identifier: Apache-2.0

package format

import (
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"

	"github.com/go-spur/spur/internal/race"
)

func TestCut(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain", "plain"},
		{"naïve €𝄞", "naïve €𝄞"},
		{"\uFFFD", "\uFFFD"},
		{"a\xffb", "a\uFFFDb"},
		{"\xff\xfe", "\uFFFD\uFFFD"},
		{"\xe2\x82", "\uFFFD\uFFFD"},                      // half a €
		{"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},            // a surrogate
		{"\xc0\x80", "\uFFFD\uFFFD"},                      // overlong NUL
		{"ok\x00", "ok\x00"},                              // NUL is valid
		{"\xf4\x90\x80\x80", strings.Repeat("\uFFFD", 4)}, // beyond U+10FFFF
	} {
		if got, cut := Cut(c.in, 100); got != c.want || cut {
			t.Errorf("Cut(%q) = %q, %v; want %q", c.in, got, cut, c.want)
		}
	}
}

func TestPrefix(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 0, ""},
		{"", -1, ""},
		{"a", 0, ""},
		{"a", -5, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "abc"},
		{"ab€", 5, "ab€"},
		{"ab€", 4, "ab"},
		{"ab€", 3, "ab"},
		{"ab€", 2, "ab"},
		{"€€", 5, "€"},
		{"𝄞𝄞", 7, "𝄞"},
		{"𝄞", 3, ""},
		{"\x80\x80\x80\x80\x80\x80", 5, "\x80\x80\x80\x80\x80"}, // no rune to split
		{"\xe2\x80x\x80\x80", 4, "\xe2\x80x\x80"},
		{"é\x80\x80", 3, "é\x80"}, // the rune ends before the limit
	} {
		if got := Prefix(c.in, c.limit); got != c.want {
			t.Errorf("Prefix(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

// A text that is cut must not keep the whole in memory.
func TestCutTextIsACopy(t *testing.T) {
	s := strings.Repeat("x", 100)
	for name, cut := range map[string]func(string, int) (string, bool){"Cut": Cut, "Shorten": Shorten, "ShortenCharacters": ShortenCharacters} {
		for _, limit := range []int{1, 2, 10} {
			if got, _ := cut(s, limit); unsafe.StringData(got) == unsafe.StringData(s) {
				t.Errorf("%s returned a slice of its argument", name)
			}
		}
		if got, _ := cut(s, 100); unsafe.StringData(got) != unsafe.StringData(s) {
			t.Errorf("%s copied a string that fits", name)
		}
	}
}

func TestCutLooksAtTheHeadOnly(t *testing.T) {
	got, cut := Cut("good\xff", 4)
	if got != "good" || !cut {
		t.Errorf("Cut = %q, %v", got, cut)
	}
	got, cut = Cut("a\xff", 2) // the replacement needs three bytes
	if got != "a" || !cut {
		t.Errorf("Cut = %q, %v", got, cut)
	}
	got, cut = Cut("a\xff", 4)
	if got != "a\uFFFD" || cut {
		t.Errorf("Cut = %q, %v", got, cut)
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		in         string
		limit      int
		bytes      string // Shorten
		characters string // ShortenCharacters
	}{
		{"", 0, "", ""},
		{"a", 0, "", ""},
		{"ab", 1, "a", "…"},
		{"abc", 2, "ab", "a…"},
		{"abc", 3, "abc", "abc"},
		{"abcd", 3, "…", "ab…"},
		{"ééé", 3, "…", "ééé"},
		{"éééé", 3, "…", "éé…"},
		{"éééé", 7, "éé…", "éééé"},
		{"𝄞𝄞𝄞", 2, "", "𝄞…"},
		{"abcdef", -1, "", ""},
	} {
		if got, cut := Shorten(c.in, c.limit); got != c.bytes || cut != (got != c.in) {
			t.Errorf("Shorten(%q, %d) = %q, %v; want %q", c.in, c.limit, got, cut, c.bytes)
		}
		if got, cut := ShortenCharacters(c.in, c.limit); got != c.characters || cut != (got != c.in) {
			t.Errorf("ShortenCharacters(%q, %d) = %q, %v; want %q", c.in, c.limit, got, cut, c.characters)
		}
	}
	if got, _ := Shorten("a\xff\xffb", 6); got != "a…" {
		t.Errorf("Shorten of invalid bytes = %q", got)
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "plain": "plain", "  a \r\n\t b\x00": "a b", "\x1b[31mred\x1b[0m": "[31mred [0m", "é\xff\u202ex": "é x",
		"0123456789abcde": "012345678…", "0123456789 é": "012345678…", "012345678 é": "012345678 é", "012345678 éé": "012345678…",
	} {
		if got := Line(in, 12); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTextAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	long := strings.Repeat("é", 1000)
	for _, c := range []struct {
		name string
		f    func()
		want float64
	}{
		{"Cut, invalid", func() { Cut("\xff", 3) }, 2},
		{"Cut, valid and fits", func() { Cut(long, 2000) }, 0},
		{"Cut, cut", func() { Cut(long, 101) }, 1},
	} {
		if got := testing.AllocsPerRun(100, c.f); got != c.want {
			t.Errorf("%s: %v allocations, want %v", c.name, got, c.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("naïve €𝄞", 5)
	f.Add("\xf0\x9d\x84", 2)            // a rune cut by somebody else
	f.Add("a\xe2\x82\xff\xac", 3)       // stray bytes around the limit
	f.Add(strings.Repeat("\x80", 9), 7) // nothing but continuation bytes
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit %= 1 << 12
		valid := string([]rune(s))
		head := Prefix(s, limit)
		if !strings.HasPrefix(s, head) || len(head) > max(limit, 0) {
			t.Fatalf("Prefix(%q, %d) = %q", s, limit, head)
		}
		if utf8.ValidString(s) && !utf8.ValidString(head) {
			t.Errorf("Prefix(%q, %d) = %q splits a rune", s, limit, head)
		}
		if len(head) < len(s) && limit > 0 && limit-len(head) >= utf8.UTFMax {
			t.Errorf("Prefix(%q, %d) = %q: more would have fitted", s, limit, head)
		}
		want := Prefix(valid, limit)
		got, gotCut := Cut(s, limit)
		if got != want || gotCut != (len(want) < len(valid)) {
			t.Errorf("Cut(%q, %d) = %q, %v; want %q", s, limit, got, gotCut, want)
		}
		short, wasCut := Shorten(s, limit)
		checkPrefix(t, "Shorten", short, wasCut, valid, limit)
		short, wasCut = ShortenCharacters(valid, limit)
		if n := utf8.RuneCountInString(valid); wasCut != (n > max(limit, 0)) || wasCut && utf8.RuneCountInString(short) != max(limit, 0) {
			t.Errorf("ShortenCharacters(%q, %d) = %q, %v", valid, limit, short, wasCut)
		}
	})
}

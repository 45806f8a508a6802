// SPDX-License-Identifier: Apache-2.0

package format

import (
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"

	"github.com/go-spur/spur/internal/race"
)

func TestClean(t *testing.T) {
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
		if got, cut := Clean(c.in, 100); got != c.want || cut {
			t.Errorf("Clean(%q) = %q, %v; want %q", c.in, got, cut, c.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
		cut   bool
	}{
		{"", 0, "", false},
		{"", -1, "", false},
		{"a", 0, "", true},
		{"a", -5, "", true},
		{"abc", 3, "abc", false},
		{"abcd", 3, "abc", true},
		{"ab€", 5, "ab€", false},
		{"ab€", 4, "ab", true},
		{"ab€", 3, "ab", true},
		{"ab€", 2, "ab", true},
		{"€€", 5, "€", true},
		{"𝄞𝄞", 7, "𝄞", true},
		{"𝄞", 3, "", true},
		{"\x80\x80\x80\x80\x80\x80", 5, "\x80\x80\x80\x80\x80", true}, // no rune to split
		{"\xe2\x80x\x80\x80", 4, "\xe2\x80x\x80", true},
		{"é\x80\x80", 3, "é\x80", true}, // the rune ends before the limit
	} {
		got, cut := Cut(c.in, c.limit)
		if got != c.want || cut != c.cut {
			t.Errorf("Cut(%q, %d) = %q, %v; want %q, %v", c.in, c.limit, got, cut, c.want, c.cut)
		}
	}
}

// TestCutClones: a cut string must not keep the whole in memory.
func TestCutClones(t *testing.T) {
	s := strings.Repeat("x", 100)
	for name, cut := range map[string]func(string, int) (string, bool){"Cut": Cut, "Clean": Clean} {
		if got, _ := cut(s, 10); unsafe.StringData(got) == unsafe.StringData(s) {
			t.Errorf("%s returned a slice of its argument", name)
		}
		if got, _ := cut(s, 100); unsafe.StringData(got) != unsafe.StringData(s) {
			t.Errorf("%s copied a string that fits", name)
		}
	}
}

func TestCleanLooksAtTheHeadOnly(t *testing.T) {
	got, cut := Clean("good\xff", 4)
	if got != "good" || !cut {
		t.Errorf("Clean = %q, %v", got, cut)
	}
	got, cut = Clean("a\xff", 2) // the replacement needs three bytes
	if got != "a" || !cut {
		t.Errorf("Clean = %q, %v", got, cut)
	}
	got, cut = Clean("a\xff", 4)
	if got != "a\uFFFD" || cut {
		t.Errorf("Clean = %q, %v", got, cut)
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
		{"Clean, invalid", func() { Clean("\xff", 3) }, 2},
		{"Cut, fits", func() { Cut(long, 2000) }, 0},
		{"Cut, cut", func() { Cut(long, 100) }, 1},
		{"Clean, valid and fits", func() { Clean(long, 2000) }, 0},
		{"Clean, cut", func() { Clean(long, 101) }, 1},
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
		head, cut := Cut(s, limit)
		if !strings.HasPrefix(s, head) || cut != (len(head) < len(s)) || len(head) > max(limit, 0) {
			t.Fatalf("Cut(%q, %d) = %q, %v", s, limit, head, cut)
		}
		if utf8.ValidString(s) && !utf8.ValidString(head) {
			t.Errorf("Cut(%q, %d) = %q splits a rune", s, limit, head)
		}
		if cut && limit > 0 && limit-len(head) >= utf8.UTFMax {
			t.Errorf("Cut(%q, %d) = %q: more would have fitted", s, limit, head)
		}
		want, wantCut := Cut(valid, limit)
		got, gotCut := Clean(s, limit)
		if got != want || gotCut != wantCut {
			t.Errorf("Clean(%q, %d) = %q, %v; want %q, %v", s, limit, got, gotCut, want, wantCut)
		}
		short, wasCut := Shorten(s, limit)
		checkPrefix(t, "Shorten", short, wasCut, valid, limit)
		short, wasCut = ShortenCharacters(valid, limit)
		if n := utf8.RuneCountInString(valid); wasCut != (n > max(limit, 0)) || wasCut && utf8.RuneCountInString(short) != max(limit, 0) {
			t.Errorf("ShortenCharacters(%q, %d) = %q, %v", valid, limit, short, wasCut)
		}
	})
}

// SPDX-License-Identifier: Apache-2.0

package digits_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/digits"
)

func Example() {
	text := digits.Append(nil, 0x1f94672794ce4b8d)
	v, ok := digits.Parse("1F94672794CE4B8D")
	_, lower := digits.ParseLower("1F94672794CE4B8D")
	fmt.Printf("%s %x %v %v\n", text, v, ok, lower)
	// Output: 1f94672794ce4b8d 1f94672794ce4b8d true false
}

// Every byte at every place of a number of every length.
func TestParseEveryByte(t *testing.T) {
	const good = "0123456789abcdef"
	for n := 1; n <= len(good); n++ {
		for at := range n {
			for c := range 256 {
				check(t, good[:at]+string([]byte{byte(c)})+good[at+1:n])
			}
		}
	}
}

// Two that are none must not make up for each other by what they carry.
func TestParsePairs(t *testing.T) {
	b := []byte("0123456789abcdef")
	for at := range len(b) - 1 {
		for pair := 0; pair < 1<<16; pair += 7 { // which meets each value of both
			b[at], b[at+1] = byte(pair>>8), byte(pair)
			check(t, string(b))
		}
		copy(b, "0123456789abcdef")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "0", "0123456789abcDEF", "00000000000000001", "0x1", "-1", "_", "1234567", "12345678", "\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8", "@@@@@@@@"} {
		f.Add(s)
	}
	f.Fuzz(check)
}

// check compares with strconv, which takes signs and underscores, too.
func check(t *testing.T, s string) {
	t.Helper()
	want, err := strconv.ParseUint(s, 16, 64)
	ok := err == nil && len(s) <= digits.Len && !strings.ContainsAny(s, "+-_")
	if got, is := digits.Parse(s); is != ok || ok && got != want {
		t.Fatalf("Parse(%q) = %x, %v, want %x, %v", s, got, is, want, ok)
	}
	lower := ok && s == strings.ToLower(s)
	if got, is := digits.ParseLower(s); is != lower || lower && got != want {
		t.Fatalf("ParseLower(%q) = %x, %v, want %x, %v", s, got, is, want, lower)
	}
	var text [digits.Len]byte
	digits.Put(&text, want)
	if hex := fmt.Sprintf("%016x", want); string(digits.Append(nil, want)) != hex || string(text[:]) != hex {
		t.Fatalf("%x is written %q and %q, want %q", want, digits.Append(nil, want), text, hex)
	}
}

// SPDX-License-Identifier: Apache-2.0

package format

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/go-spur/spur/internal/race"
)

type point struct{ X, Y int }

type level int

func (l level) String() string { return fmt.Sprintf("level %d", int(l)) }

type flag byte

func (f flag) String() string { return fmt.Sprintf("flag %d", byte(f)) }

type code struct{ N int }

func (c *code) Error() string {
	if c == nil {
		return "no code"
	}
	return fmt.Sprint("code ", c.N)
}

type both struct{}

func (both) Error() string  { return "as an error" }
func (both) String() string { return "as a string" }

type hidden struct {
	level level
	err   error
	at    time.Time
	m     map[level]any
	any   any
	p     *point
	f     func()
	b     []flag
}

type node struct {
	Name string
	Next *node
}

type (
	named       string
	pointPtr    *point
	levelPtr    *level
	pointAndErr struct {
		point
		Err error
		Any any
	}
)

// ordinary are values that print as fmt prints them.
func ordinary() map[string]any {
	one, ch, fn := 1, make(chan int), func() {}
	lv := level(4)
	mixed := map[any]int{
		1: 1, "a": 2, 2.5: 3, "b": 4, -1: 5, true: 6, false: 7, point{1, 2}: 8, point{1, 1}: 9,
		[2]int{1, 2}: 10, [2]int{1, 1}: 11, int8(3): 12, nil: 13, 1i: 14, level(2): 15, struct{ A any }{point{}}: 16, struct{ A any }{nil}: 17,
	}
	return map[string]any{
		"nil": nil, "true": true, "int": -5, "int8": int8(-128), "uint64": uint64(math.MaxUint64), "uintptr": uintptr(255),
		"float64": 0.1, "float32": float32(0.1), "1e6": 1e6, "1e20": 1e20, "1e21": 1e21, "1e-5": 1e-5, "-0": math.Copysign(0, -1),
		"NaN": math.NaN(), "+Inf": math.Inf(1), "-Inf": math.Inf(-1), "max": math.MaxFloat64, "float32 1e7": float32(1e7),
		"complex": complex(1.5, -2), "complex64": complex64(complex(0.1, 1)), "complex NaN": complex(math.NaN(), math.Inf(-1)),
		"complex max": complex(-math.MaxFloat64, -math.MaxFloat64),
		"string":      "naïve", "empty": "", "named": named("n"), "rune": 'x', "byte": byte('x'),
		"bytes with a method": []flag{1, 2}, "array of bytes with a method": [1]flag{3}, "raw": []named{"a", ""},
		"slice": []int{1, 2}, "nil slice": []int(nil), "array": [3]bool{true}, "slice of any": []any{1, "a", nil, []any{2.5}, level(1)},
		"pointer to slice": &[]int{1}, "pointer to array": &[1]string{"x"}, "pointer to map": &map[string]int{"a": 1},
		"pointer to int": &one, "pointer to pointer": ptr(&one), "nil pointer": (*int)(nil), "slice of pointers": []*int{&one, nil},
		"struct": point{1, -2}, "pointer to struct": &point{1, 2}, "named pointer": pointPtr(&point{3, 4}), "struct in struct": pointAndErr{},
		"full struct in struct": pointAndErr{point{1, 2}, errors.New("e"), &point{3, 4}}, "no fields": struct{}{}, "pointer to pointer to struct": ptr(&point{}),
		"named pointer with method": levelPtr(&lv), "pointer to Stringer": &lv,
		"map": map[string]int{"b": 2, "a": 1, "c": 3}, "nil map": map[string]int(nil), "map of slices": map[int][]string{2: {"x"}, -1: nil},
		"map by bool": map[bool]int{true: 1, false: 0}, "map by float": map[float64]int{2: 2, math.Inf(-1): -9, math.NaN(): 1, -1: 3},
		"map by complex": map[complex64]int{1i: 1, 1: 2, 1 + 2i: 4, 0: 3}, "map by uint": map[uint8]string{200: "a", 3: "b"},
		"map by any": mixed, "map by struct": map[point]int{{2, 1}: 1, {1, 9}: 2, {1, 3}: 3}, "map by array": map[[2]string]int{{"b", "a"}: 1, {"a", "z"}: 2},
		"map by Stringer": map[level]level{3: 1, 1: 2}, "map by pointer": map[*int]int{&one: 1, new(int): 2, nil: 3},
		"map by chan": map[chan int]int{ch: 1, nil: 2}, "map of maps": map[string]map[string]any{"a": {"c": nil, "b": point{}}},
		"chan": ch, "nil chan": (chan int)(nil), "func": fn, "nil func": (func())(nil), "unsafe.Pointer": unsafe.Pointer(&one),
		"error": errors.New("boom"), "wrapped": fmt.Errorf("outer: %w", errors.New("inner")), "joined": errors.Join(errors.New("a"), errors.New("b")),
		"path error": &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrNotExist}, "slice of errors": []error{errors.New("a"), nil},
		"error by pointer": &code{4}, "error in map": map[string]error{"k": &code{5}}, "error by value has no method": code{6},
		"error and Stringer": both{}, "pointer to both": &both{}, "typed nil that copes": (*code)(nil), "typed nil inside": []error{(*code)(nil)},
		"Stringer": level(3), "slice of Stringers": []level{1, 2}, "Stringer in struct": struct{ L level }{7},
		"time": time.Date(2020, 1, 2, 3, 4, 5, 6, time.UTC), "now": time.Now(), "duration": 1500 * time.Millisecond, "times": []time.Time{time.Unix(0, 0).UTC()},
		"month": time.May, "zero time in struct": struct{ T time.Time }{},
		"IP": net.IPv4(10, 0, 0, 1), "IPs": []net.IP{net.IPv6loopback, nil}, "addr": netip.MustParseAddr("::1"), "IPNet": &net.IPNet{IP: net.IP{10, 0, 0, 0}, Mask: net.CIDRMask(8, 32)},
		"URL": &url.URL{Scheme: "https", Host: "example.com", Path: "/p"}, "URL by value": url.URL{Scheme: "https", Host: "example.com"},
		"big.Int": big.NewInt(-123456789), "big.Int by value": *big.NewInt(5), "big.Rat": big.NewRat(1, 3),
		"reflect.Value": reflect.ValueOf(point{1, 2}), "reflect.Value of Stringer": reflect.ValueOf(level(2)), "zero reflect.Value": reflect.Value{},
		"reflect.Value unexported": reflect.ValueOf(hidden{level: 5, any: level(6)}).Field(0), "reflect.Type": reflect.TypeOf(1),
		"reflect.Values": []reflect.Value{reflect.ValueOf(1), reflect.ValueOf("s")}, "reflect.Value of pointer": reflect.ValueOf(&point{}),
		"unexported":      hidden{level: 3, err: &code{1}, at: time.Unix(1, 0), m: map[level]any{2: level(3), 1: nil}, any: level(4), p: &point{}, f: fn, b: []flag{7}},
		"unexported zero": &hidden{}, "list": &node{"a", nil}, "anonymous": struct {
			A any
			b any
		}{struct{}{}, []any{1, point{}, level(1), errors.New("x")}},
	}
}

func ptr[T any](v T) *T { return &v }

func TestAppendAgreesWithFmt(t *testing.T) {
	for name, v := range ordinary() {
		want := fmt.Sprintf("%+v", v)
		got, cut := Append([]byte("> "), v, DefaultMaxBytes)
		if string(got) != "> "+want || cut {
			t.Errorf("%s: %q, cut %v; fmt says %q", name, got, cut, want)
		}
		for _, limit := range []int{DefaultMaxBytes, math.MaxInt} {
			if got, cut := String(v, limit); got != want || cut {
				t.Errorf("%s: String = %q, cut %v; fmt says %q", name, got, cut, want)
			}
		}
	}
}

// TestAppendPrefix cuts every ordinary value at every length.
func TestAppendPrefix(t *testing.T) {
	for name, v := range ordinary() {
		want, _ := String(v, DefaultMaxBytes)
		for n := -1; n <= len(want); n++ {
			got, cut := String(v, n)
			checkPrefix(t, fmt.Sprintf("%s at %d", name, n), got, cut, want, n)
		}
	}
}

// formatter implements fmt.Formatter, which fmt prefers and we do not.
type formatter struct{ Secret string }

func (formatter) Format(s fmt.State, _ rune) { fmt.Fprint(s, "formatted") }

func TestAppendIgnoresFormatter(t *testing.T) {
	if got, _ := String(formatter{"x"}, 100); got != "{Secret:x}" {
		t.Errorf("got %q", got)
	}
	if got, _ := String([]*big.Int{big.NewInt(1), nil}, 100); got != "[1 <nil>]" { // fmt: [+1 <nil>]
		t.Errorf("got %q", got)
	}
}

func TestAppendInvalidUTF8(t *testing.T) {
	v := map[string]any{"k\xff": []named{"\xe2\x82", "ok"}}
	if got, cut := String(v, 100); got != "map[k\uFFFD:[\uFFFD\uFFFD ok]]" || cut {
		t.Errorf("got %q, %v", got, cut)
	}
}

// TestAppendAllocations leaves out structs: reflect allocates for field names in some
// Go versions.
func TestAppendAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	var dst [256]byte
	for _, v := range []any{[]int{1, 2, 3}, errors.New("boom"), 1.5, "text", &[4]any{1, "a", nil, 2.5}} {
		if n := testing.AllocsPerRun(100, func() { Append(dst[:0], v, 256) }); n != 0 {
			t.Errorf("Append(%v): %v allocations, want 0", v, n)
		}
		want := 2.0
		if _, ok := v.(string); ok {
			want = 0
		}
		if n := testing.AllocsPerRun(100, func() { String(v, 256) }); n != want {
			t.Errorf("String(%v): %v allocations, want %v", v, n, want)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	wide := make(map[int]int)
	for i := range 1_000_000 {
		wide[i] = i
	}
	for name, v := range map[string]any{
		"struct": point{1, 2},
		"error":  errors.New("boom"),
		"map":    map[string]any{"a": 1, "b": []string{"x", "y"}, "c": 2.5},
		"map1e6": wide,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, DefaultMaxBytes)
			for range b.N {
				Append(dst, v, DefaultMaxBytes)
			}
		})
		if name == "map1e6" {
			continue
		}
		b.Run(name+"/fmt", func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, DefaultMaxBytes)
			for range b.N {
				_ = fmt.Appendf(dst, "%+v", v)
			}
		})
	}
}

// SPDX-License-Identifier: Apache-2.0

package format

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-spur/spur/internal/race"
)

// checkPrefix asserts that got is want, or a prefix of it in at most n bytes with
// the mark at its end, and valid UTF-8.
func checkPrefix(t *testing.T, name, got string, cut bool, want string, n int) {
	t.Helper()
	switch {
	case len(got) > max(n, 0):
		t.Errorf("%s: %d bytes: %q", name, len(got), got)
	case !utf8.ValidString(got):
		t.Errorf("%s: invalid UTF-8: %q", name, got)
	case cut != (len(want) > max(n, 0)):
		t.Errorf("%s: cut = %v: %q of %q", name, cut, got, want)
	case !cut && got != want:
		t.Errorf("%s: %q, want %q", name, got, want)
	case cut && n >= len(mark) && !strings.HasSuffix(got, mark):
		t.Errorf("%s: no mark: %q", name, got)
	case cut && !strings.HasPrefix(want, strings.TrimSuffix(got, mark)):
		t.Errorf("%s: %q is no prefix of %q", name, got, want)
	case cut && n-len(got) >= utf8.UTFMax:
		t.Errorf("%s: %q uses only %d of %d bytes", name, got, len(got), n)
	}
}

type (
	nilError   struct{ msg string } // its method does not cope with nil
	panicText  struct{ with any }   // panics with anything
	panicError struct{ with any }
	endless    []any
)

func (e *nilError) Error() string  { return e.msg }
func (p panicText) String() string { panic(p.with) }
func (p panicError) Error() string { panic(p.with) }

func TestPanics(t *testing.T) {
	long := strings.Repeat("€", 500)
	cyclic := []any{nil}
	cyclic[0] = cyclic
	for _, c := range []struct {
		name string
		v    any
		want string
	}{
		{"TypedNilError", (*nilError)(nil), "<nil>"}, // jaeger-client-go ends the process
		{"typed nil in a slice", []any{1, (*nilError)(nil), 2}, "[1 <nil> 2]"},
		{"typed nil in a struct", struct{ E error }{(*nilError)(nil)}, "{E:<nil>}"},
		{"PanickingError", panicError{"boom"}, "!(PANIC=Error method: boom)"},
		{"PanickingString", panicText{"boom"}, "!(PANIC=String method: boom)"},
		{"what follows is printed", []any{panicText{1}, 2}, "[!(PANIC=String method: 1) 2]"},
		{"as a map key", map[panicText]int{{"k"}: 1}, "map[!(PANIC=String method: k):1]"},
		{"with an error", panicText{errors.New("why")}, "!(PANIC=String method: why)"},
		{"with a struct", panicText{point{1, 2}}, "!(PANIC=String method: {X:1 Y:2})"},
		{"with nil", panicText{nil}, "!(PANIC=String method: " + new(runtime.PanicNilError).Error() + ")"},
		{"with itself", panicText{panicText{panicText{1}}}, "!(PANIC=String method: !(PANIC=String method))"},
		{"with an error that panics", panicError{panicError{"x"}}, "!(PANIC=Error method: !(PANIC=Error method))"},
		{"with a typed nil", panicError{(*nilError)(nil)}, "!(PANIC=Error method: <nil>)"},
		{"with too much", []any{panicText{long}, 7}, "[!(PANIC=String method: " + strings.Repeat("€", 84) + "…) 7]"},
		{"with a cycle", panicText{cyclic}, "!(PANIC=String method: [[[[[[[[…]]]]]]]])"},
		{"runtime error", []fmt.Stringer{outOfRange{}}, "[!(PANIC=String method: runtime error: index out of range [3] with length 1)]"},
	} {
		if got, _ := String(c.v, 1000); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		for n := range len(c.want) { // no limit makes it panic or exceed
			if got, cut := String(c.v, n); len(got) > n || !utf8.ValidString(got) || !cut {
				t.Errorf("%s, %d bytes: %q, %v", c.name, n, got, cut)
			}
		}
	}
}

type outOfRange struct{}

func (outOfRange) String() string { return make([]string, 1)[len("abc")] }

// shrinking shortens the slice it is in.
type shrinking struct{ s *[]shrinking }

func (s shrinking) String() string { *s.s = nil; return "gone" }

func TestValueChangedWhileRead(t *testing.T) {
	var s []shrinking
	s = append(s, shrinking{&s}, shrinking{&s}, shrinking{&s})
	got, _ := String(&s, 1000)
	if want := "&[gone]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	m := map[string]any{}
	m["a"] = clearing{m}
	m["b"] = 1
	if got, _ := String(m, 1000); got != "map[a:cleared b:1]" {
		t.Errorf("got %q", got)
	}
}

// TestRecoverOwn: only a data race makes reflection panic, so this plays one.
func TestRecoverOwn(t *testing.T) {
	p := printer{limit: 100}
	func() {
		defer p.recoverOwn()
		p.text("[1 ")
		panic("slice index out of range")
	}()
	if got := string(p.buf); got != "[1 !(PANIC=slice index out of range)" || !p.cut {
		t.Errorf("got %q, cut %v", got, p.cut)
	}
}

type clearing struct{ m map[string]any }

func (c clearing) String() string { clear(c.m); return "cleared" }

func TestCycles(t *testing.T) {
	slice := []any{1, nil}
	slice[1] = slice
	m := map[string]any{}
	m["m"] = m
	tail := &node{Name: "b"}
	head := &node{"a", tail}
	tail.Next = head
	type self *self
	var p self
	p = &p
	typed := endless{nil, nil}
	typed[0], typed[1] = typed, typed
	var iface any
	iface = &iface

	for _, c := range []struct {
		name string
		v    any
		want string
		cut  bool
	}{
		{"CyclicMap", m, "map[m:map[m:map[m:map[m:map[m:map[m:map[m:map[m:…]]]]]]]]", true}, // jaeger-client-go: stack overflow
		{"slice", slice, "[1 [1 [1 [1 [1 [1 [1 [1 …]]]]]]]]", true},
		{"pointers", head, fmt.Sprintf("&{Name:a Next:%p}", tail), false},
		{"pointer to itself", p, fmt.Sprintf("%p", p), false},
		{"interface to itself", iface, fmt.Sprintf("%p", iface), false},
	} {
		got, cut := String(c.v, DefaultMaxBytes)
		if got != c.want || cut != c.cut {
			t.Errorf("%s: %q, %v; want %q, %v", c.name, got, cut, c.want, c.cut)
		}
	}
	if got, cut := String(typed, DefaultMaxBytes); strings.Count(got, mark) != 1<<MaxDepth || !cut {
		t.Errorf("a tree of two branches: %d marks, want %d", strings.Count(got, mark), 1<<MaxDepth)
	}
}

func TestDepth(t *testing.T) {
	var v any = "core"
	for range MaxDepth {
		v = []any{v}
	}
	if got, cut := String(v, 100); got != "[[[[[[[[core]]]]]]]]" || cut {
		t.Errorf("%d levels: %q, %v", MaxDepth, got, cut)
	}
	if got, cut := String([]any{v, 1}, 100); got != "[[[[[[[[…]]]]]]] 1]" || !cut {
		t.Errorf("one more: %q, %v", got, cut)
	}
	v = nil
	for range 100_000 { // of a million the runtime itself cannot hash the key on 32 bits
		v = struct{ V any }{v}
	}
	if got, cut := String(v, 100); got != "{V:{V:{V:{V:{V:{V:{V:{V:…}}}}}}}}" || !cut {
		t.Errorf("very many levels: %q, %v", got, cut)
	}
	if got, _ := String(map[any]int{v: 1, struct{ V any }{1}: 2}, 200); strings.Count(got, ":1") != 2 {
		t.Errorf("very many levels as a map key: %q", got)
	}
}

// allocated returns the bytes that f allocates. Of three runs the least counts: the runtime allocates beside them.
func allocated(f func()) uint64 {
	least := uint64(math.MaxUint64)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

// TestLarge: neither time nor memory depends on the size of the value.
func TestLarge(t *testing.T) {
	long := strings.Repeat("x", 100<<20)
	many := make(map[int]string)
	for i := range 1_000_000 {
		many[i] = "v"
	}
	type page [1 << 20]byte
	pages := map[int]page{}
	for i := range 20 {
		pages[i] = page{}
	}
	for _, c := range []struct {
		name  string
		v     any
		bytes uint64
	}{
		{"100 MB string", long, 128 << 10},
		{"100 MB string in a struct", struct{ A, b any }{[]string{long}, long}, 128 << 10},
		{"100 MB string of invalid bytes", named(strings.Repeat("\xff", 100<<20)), 160 << 10},
		{"100 MB of bytes", make([]byte, 100<<20), 160 << 10},
		{"100 MB of text in bytes", bytes.Repeat([]byte("x"), 100<<20), 160 << 10},
		{"array of 100 MB", [100 << 20]byte{}, 224 << 10}, // copied
		{"many slices of bytes", slices.Repeat([][]byte{make([]byte, 1<<10)}, 1<<10), 160 << 10},
		{"1e6 elements", make([]any, 1_000_000), 160 << 10},
		{"empty strings", make([]string, 1_000_000), 160 << 10},
		{"huge array of nothing", &[1 << 30]struct{}{}, 160 << 10},
		{"1e6 map entries", many, 160 << 10},
		{"large map values", pages, 3 << 20},
	} {
		var out []byte
		var cut bool
		begin := time.Now()
		n := allocated(func() { out, cut = Append(nil, c.v, DefaultMaxBytes) })
		took := time.Since(begin)
		if len(out) > DefaultMaxBytes || !cut || !strings.Contains(string(out), mark) || !utf8.Valid(out) {
			t.Errorf("%s: %d bytes, cut %v", c.name, len(out), cut)
		}
		if n > c.bytes && !race.Enabled {
			t.Errorf("%s: %d bytes allocated, want at most %d", c.name, n, c.bytes)
		}
		if took > 5*time.Second {
			t.Errorf("%s: took %v", c.name, took)
		}
	}
	var s string
	if n := allocated(func() { s, _ = String(long, DefaultMaxBytes) }); (n > 136<<10 && !race.Enabled) || len(s) != DefaultMaxBytes {
		t.Errorf("String: %d bytes allocated for %d", n, len(s))
	}
}

func TestLargeMap(t *testing.T) {
	m := map[int]struct{}{}
	for i := range MaxMapEntries {
		m[i] = struct{}{}
	}
	if got, cut := String(m, DefaultMaxBytes); got != fmt.Sprintf("%+v", m) || cut {
		t.Errorf("%d entries: not as fmt prints them, or cut (%v)", MaxMapEntries, cut)
	}
	m[-1] = struct{}{}
	got, cut := String(m, DefaultMaxBytes)
	if !strings.HasSuffix(got, ":{} …]") || strings.Count(got, ":{}") != MaxMapEntries || !cut {
		t.Errorf("one more: %d entries, cut %v, ends %q", strings.Count(got, ":{}"), cut, got[len(got)-20:])
	}
}

type exiting struct{}

func (exiting) String() string { runtime.Goexit(); return "" }

// TestGoexit: the goroutine ends as it would anywhere; deferred functions run.
func TestGoexit(t *testing.T) {
	deferred, returned := false, false
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { deferred = recover() == nil }()
		String([]any{1, exiting{}}, 100)
		returned = true
	}()
	<-done
	if !deferred || returned {
		t.Errorf("deferred %v, returned %v", deferred, returned)
	}
}

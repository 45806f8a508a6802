// SPDX-License-Identifier: Apache-2.0

package format

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"
)

// The bounds.
const (
	DefaultMaxBytes = 64 << 10 // of output, for callers without a limit of their own
	MaxDepth        = 8        // of maps, structs, slices and arrays within each other
	MaxMapEntries   = 1024     // of one map: any of them, if it holds more, in order
	maxPanicBytes   = 256      // about one panic
)

const mark = "…" // stands for what was left out

// String returns what Append appends. It returns a string that needs no change as
// it is, and allocates twice, or more for long text, for anything else.
func String(v any, maxBytes int) (s string, cut bool) {
	if s, ok := v.(string); ok && len(s) <= maxBytes && utf8.ValidString(s) {
		return s, false
	}
	b, cut := Append(make([]byte, 0, 128), v, maxBytes)
	return string(b), cut
}

// Append appends v as the package comment describes, and reports whether something was
// left out. It appends at most maxBytes bytes of valid UTF-8, the mark "…" included if
// there is room for it. It does not keep v, and does not panic.
func Append(dst []byte, v any, maxBytes int) (out []byte, cut bool) {
	maxBytes = min(max(maxBytes, 0), math.MaxInt/4) // so that nothing overflows
	p := printer{buf: dst, start: len(dst), limit: len(dst) + maxBytes}
	p.top(v)
	if p.full {
		p.markEnd(p.start)
	}
	return p.buf, p.cut
}

// printer formats one value. Once it is full it appends nothing more, and every
// loop over elements ends.
type printer struct {
	buf       []byte
	start     int  // where the value begins
	limit     int  // of len(buf)
	full      bool // the limit was met
	cut       bool // something was left out
	panicking bool // formatting the argument of a panic
}

// text appends s, or as much as fits.
func (p *printer) text(s string) {
	if p.full {
		return
	}
	room := p.limit - len(p.buf)
	p.grow(len(s))
	var cut bool
	if p.buf, cut = appendClean(p.buf, s, room); cut {
		p.full, p.cut = true, true
	}
}

// grow makes room for n bytes, or up to the limit.
func (p *printer) grow(n int) {
	if n > cap(p.buf)-len(p.buf) { // double: append alone would copy more often
		p.buf = slices.Grow(p.buf, min(p.limit-len(p.buf), max(n, len(p.buf))))
	}
}

// leaveOut puts the mark where something is missing.
func (p *printer) leaveOut() {
	p.cut = true
	p.text(mark)
}

// markEnd puts the mark at the end of what is full, in place of the last runes
// after from if need be.
func (p *printer) markEnd(from int) {
	if p.limit-from < len(mark) {
		return
	}
	end := len(p.buf)
	for end > p.limit-len(mark) {
		_, size := utf8.DecodeLastRune(p.buf[from:end])
		end -= size
	}
	p.buf = append(p.buf[:end], mark...)
}

// top formats the argument itself, which differs from values inside it: its
// methods are called without reflection, and a pointer shows what it points to.
func (p *printer) top(v any) {
	defer p.recoverOwn()
	if v == nil {
		p.text("<nil>")
		return
	}
	rv, ok := v.(reflect.Value)
	if !ok {
		rv = reflect.ValueOf(v)
	} else if !rv.IsValid() {
		p.text("<invalid reflect.Value>")
		return
	} else if rv.CanInterface() {
		v = rv.Interface()
	} else {
		p.body(rv, 0)
		return
	}
	if !p.method(v) {
		p.body(rv, 0)
	}
}

// recoverOwn ends formatting when reflection panics, as when somebody shortens a slice
// that is being read.
func (p *printer) recoverOwn() {
	if r := recover(); r != nil {
		p.cut = true
		p.text("!(PANIC=")
		p.bounded(r, maxPanicBytes)
		p.text(")")
	}
}

// value formats something inside the argument.
func (p *printer) value(v reflect.Value, depth int) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch {
	case p.full:
	case !v.IsValid():
		p.text("<nil>")
	case hasMethod(v) && p.method(v.Interface()):
	case depth >= MaxDepth && isContainer(v.Kind()):
		p.leaveOut()
	default:
		p.body(v, depth)
	}
}

func isContainer(k reflect.Kind) bool {
	return k == reflect.Map || k == reflect.Struct || k == reflect.Slice || k == reflect.Array
}

// body formats v without its methods.
func (p *printer) body(v reflect.Value, depth int) {
	var b [64]byte // long enough for any complex128
	switch v.Kind() {
	case reflect.Bool:
		p.text(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.text(string(strconv.AppendInt(b[:0], v.Int(), 10)))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.text(string(strconv.AppendUint(b[:0], v.Uint(), 10)))
	case reflect.Float32:
		p.text(string(strconv.AppendFloat(b[:0], v.Float(), 'g', -1, 32)))
	case reflect.Float64:
		p.text(string(strconv.AppendFloat(b[:0], v.Float(), 'g', -1, 64)))
	case reflect.Complex64:
		p.text(strconv.FormatComplex(v.Complex(), 'g', -1, 64))
	case reflect.Complex128:
		p.text(strconv.FormatComplex(v.Complex(), 'g', -1, 128))
	case reflect.String:
		p.text(v.String())
	case reflect.Map:
		p.mapping(v, depth)
	case reflect.Struct:
		p.structure(v, depth)
	case reflect.Slice, reflect.Array:
		if isBytes(v.Type()) {
			p.bytes(v)
			return
		}
		p.text("[")
		for i := 0; i < v.Len() && !p.full; i++ {
			if i > 0 {
				p.text(" ")
			}
			p.value(v.Index(i), depth+1)
		}
		p.text("]")
	case reflect.Pointer:
		if depth == 0 && !v.IsNil() && isContainer(v.Elem().Kind()) {
			p.text("&")
			p.value(v.Elem(), depth+1)
			return
		}
		p.address(v)
	default: // chan, func, unsafe.Pointer
		p.address(v)
	}
}

func (p *printer) address(v reflect.Value) {
	u := v.Pointer()
	if u == 0 {
		p.text("<nil>")
		return
	}
	var b [20]byte
	p.text(string(strconv.AppendUint(append(b[:0], "0x"...), uint64(u), 16)))
}

func (p *printer) structure(v reflect.Value, depth int) {
	t := v.Type()
	p.text("{")
	for i := 0; i < t.NumField() && !p.full; i++ {
		if i > 0 {
			p.text(" ")
		}
		p.text(t.Field(i).Name)
		p.text(":")
		p.value(v.Field(i), depth+1)
	}
	p.text("}")
}

func (p *printer) mapping(v reflect.Value, depth int) {
	entries, all := sortedEntries(v)
	p.text("map[")
	for i := 0; i < len(entries) && !p.full; i++ {
		if i > 0 {
			p.text(" ")
		}
		p.value(entries[i].key, depth+1)
		p.text(":")
		p.value(entries[i].value, depth+1)
	}
	if !all {
		p.text(" ")
		p.leaveOut()
	}
	p.text("]")
}

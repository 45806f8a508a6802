// SPDX-License-Identifier: Apache-2.0

package format

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// build makes an acyclic value out of data, a byte for each decision.
func build(data []byte, depth int) (any, []byte) {
	if len(data) == 0 {
		return nil, nil
	}
	op, data := data[0], data[1:]
	text := func() string {
		n := min(int(op)>>4, len(data))
		s := string(data[:n])
		data = data[n:]
		return s
	}
	kind := op & 15
	if depth == 0 {
		kind &= 7 // leaves only
	}
	var v any
	switch kind {
	case 0:
		return text(), data
	case 1:
		return int8(op), data
	case 2:
		return float32(op) / 3, data
	case 3:
		return errors.New(text()), data
	case 4:
		return level(op), data
	case 5:
		return time.Duration(op) * time.Second, data
	case 6:
		return named(text()), data
	case 7:
		return nil, data
	case 8, 9:
		var s []any
		for range op >> 4 {
			v, data = build(data, depth-1)
			s = append(s, v)
		}
		return s, data
	case 10, 11:
		m := map[string]any{}
		for range op >> 4 {
			key := text()
			v, data = build(data, depth-1)
			m[key] = v
		}
		return m, data
	case 12:
		v, data = build(data, depth-1)
		return struct{ Exported, unexported any }{v, v}, data
	case 13:
		v, data = build(data, depth-1)
		return &struct{ A any }{v}, data
	case 14:
		v, data = build(data, depth-1)
		err, _ := v.(error)
		return [2]error{err, fmt.Errorf("%w: %v", &code{int(op)}, err)}, data
	}
	return map[level]*point{level(op): nil, level(op >> 4): nil}, data
}

// FuzzAppend compares with fmt, and cuts at any length.
func FuzzAppend(f *testing.F) {
	f.Add([]byte("\x28\x30abc\x11"), 5)
	f.Add([]byte("\x2akey\x20vw\x3c\x02"), 12)
	f.Add([]byte("\x0d\x30\xff\xfe\xfd"), 9) // invalid UTF-8 in a pointer to a struct
	f.Add([]byte("\x0e\x03"), 0)
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		v, _ := build(data[:min(len(data), 4096)], 5)
		want := string([]rune(fmt.Sprintf("%+v", v)))
		if len(want) > DefaultMaxBytes {
			return
		}
		if got, cut := String(v, DefaultMaxBytes); got != want || cut {
			t.Fatalf("%q, cut %v; fmt says %q", got, cut, want)
		}
		n %= DefaultMaxBytes
		got, cut := String(v, n)
		checkPrefix(t, fmt.Sprint("cut at ", n), got, cut, want, n)
	})
}

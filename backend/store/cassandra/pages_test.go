// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"errors"
	"fmt"
	"testing"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

// fakePage is a page of rows from one on.
type fakePage struct {
	fakeRows
	next int
}

func (p *fakePage) more() []byte {
	if p.next == 0 {
		return nil
	}
	return []byte{byte(p.next >> 8), byte(p.next)}
}

// TestPages: answers are neither large nor many, and no row is missing.
func TestPages(t *testing.T) {
	const all = 3000
	for _, test := range []struct {
		name  string
		bytes int // of a row
		want  string
	}{
		{"small", 100, "[100 1000 5000]"},
		{"large", 100_000, "[100 41 41"},
		{"too large at first", 1 << 20, "[100 10 4 4"},
		{"too large in any number", 300 << 20, "[100 10 1]"},
	} {
		var sizes []int
		p := newPages(func(size int, state []byte) page {
			sizes = append(sizes, size)
			if size*test.bytes > 64<<20 {
				return &fakePage{fakeRows: fakeRows{err: gocql.ErrFrameTooBig}}
			}
			from := 0
			if state != nil {
				from = int(state[0])<<8 | int(state[1])
			}
			f := &fakePage{}
			for i := from; i < min(from+size, all); i++ {
				f.all = append(f.all, []any{i, make(raw, test.bytes)})
			}
			if from+size < all {
				f.next = from + size
			}
			return f
		})
		var n, row int
		var value raw
		err := each(p, func() error {
			if row != n {
				t.Fatalf("%s: row %d comes as number %d", test.name, row, n)
			}
			if n++; n == 500 && test.bytes > 1000 {
				return errFake // enough
			}
			return nil
		}, &row, &value)
		got := fmt.Sprint(sizes)
		switch {
		case len(got) < len(test.want) || got[:len(test.want)] != test.want:
			t.Errorf("%s: pages of %s rows, want %s", test.name, got, test.want)
		case test.bytes <= 1000 && (err != nil || n != all):
			t.Errorf("%s: %d rows, %v, want %d", test.name, n, err, all)
		case n == 500 && !errors.Is(err, errFake), n == 0 && !errors.Is(err, gocql.ErrFrameTooBig):
			t.Errorf("%s: %d rows, %v", test.name, n, err)
		}
		if p.Next() {
			t.Errorf("%s: a row behind the end", test.name)
		}
	}
}

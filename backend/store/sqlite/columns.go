// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"encoding/binary"
	"fmt"
)

// columns are what a segment knows of its spans, by their index in it.
type columns struct {
	trace        []int64  // trace.id
	start        []uint64 // ns since 1970
	duration     []int64  // ns
	operation    []int64  // operation.id
	status       []uint8  // ptrace.StatusCode
	span, parent []uint64 // ids
}

// newColumns returns columns that have room for n spans.
func newColumns(n int) columns {
	return columns{
		make([]int64, 0, n), make([]uint64, 0, n), make([]int64, 0, n), make([]int64, 0, n),
		make([]uint8, 0, n), make([]uint64, 0, n), make([]uint64, 0, n),
	}
}

// kind says which column it is; the value is in the file.
type kind int64

const (
	columnTrace kind = iota
	columnStart
	columnDuration
	columnOperation
	columnStatus
	columnSpan
	columnParent
	columnKinds

	// columnLinks is there when the segment is linked, see calls.go.
	columnLinks = columnKinds
	// columnReferences is there, and empty, when the postings of the segment have
	// the links of its spans; those of older versions have not.
	columnReferences = columnKinds + 1
)

// encode returns a column's bytes: of each value, as a varint, the difference
// to the one before, but durations, operations and ids as they are.
func (c *columns) encode(k kind) []byte {
	var b []byte
	var last int64
	delta := func(v int64) {
		b = binary.AppendVarint(b, v-last)
		last = v
	}
	switch k {
	case columnTrace:
		for _, v := range c.trace {
			delta(v)
		}
	case columnStart:
		for _, v := range c.start {
			delta(int64(v))
		}
	case columnDuration:
		b = encodeUvarints(c.duration)
	case columnOperation:
		b = encodeUvarints(c.operation)
	case columnStatus:
		b = c.status
	case columnSpan:
		b = encodeIDs(c.span)
	case columnParent:
		b = encodeIDs(c.parent)
	}
	return b
}

func encodeUvarints(values []int64) (b []byte) {
	for _, v := range values {
		b = binary.AppendUvarint(b, uint64(v))
	}
	return b
}

func encodeIDs(values []uint64) (b []byte) {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

// decode reads a column of n values from b, which it may keep, in the memory of what
// the column was.
func (c *columns) decode(k kind, n int, b []byte) error {
	ok := n <= len(b)
	if !ok {
		n = 0
	}
	switch k {
	case columnTrace:
		c.trace = resize(c.trace, n)
		ok = ok && decodeDeltas(c.trace, b)
	case columnStart:
		c.start = resize(c.start, n)
		ok = ok && decodeDeltas(c.start, b)
	case columnDuration:
		c.duration = resize(c.duration, n)
		ok = ok && decodeUvarints(c.duration, b)
	case columnOperation:
		c.operation = resize(c.operation, n)
		ok = ok && decodeUvarints(c.operation, b)
	case columnStatus:
		c.status, ok = b, len(b) == n
	case columnSpan:
		c.span = resize(c.span, n)
		ok = ok && decodeIDs(c.span, b)
	case columnParent:
		c.parent = resize(c.parent, n)
		ok = ok && decodeIDs(c.parent, b)
	}
	if !ok {
		return fmt.Errorf("column %d: %w", k, errCorrupt)
	}
	return nil
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// decodeUvarints fills out with all of b.
func decodeUvarints[T int64 | uint64](out []T, b []byte) bool {
	at := 0
	for i := range out {
		var v uint64
		for shift := 0; ; shift += 7 {
			if at >= len(b) || shift > 63 {
				return false
			}
			c := b[at]
			at++
			v |= uint64(c&0x7f) << shift
			if c < 0x80 {
				break
			}
		}
		out[i] = T(v)
	}
	return at == len(b)
}

func decodeDeltas[T int64 | uint64](out []T, b []byte) bool {
	if !decodeUvarints(out, b) {
		return false
	}
	var last T
	for i, v := range out {
		last += T(uint64(v)>>1) ^ -(v & 1)
		out[i] = last
	}
	return true
}

// pickDeltas calls f with those of the values of b, which decodeDeltas would
// read, whose index is in set. It reads no further than to the last of them.
func pickDeltas(b []byte, set bitset, f func(int64)) bool {
	at, next, last := 0, uint64(0), int64(0)
	for i := range set.all() {
		for ; next <= i; next++ {
			if at >= len(b) {
				return false
			}
			v, size := uint64(b[at]), 1
			if v >= 0x80 {
				if v, size = binary.Uvarint(b[at:]); size <= 0 {
					return false
				}
			}
			at += size
			last += int64(v>>1) ^ -int64(v&1)
		}
		f(last)
	}
	return true
}

func decodeIDs(out []uint64, b []byte) bool {
	if len(b) != 8*len(out) {
		return false
	}
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return true
}

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

// decode reads a column of n values from b, which it may keep.
func (c *columns) decode(k kind, n int, b []byte) error {
	r := reader{b: b}
	if n > len(b) {
		return fmt.Errorf("column %d: %w", k, errCorrupt)
	}
	var last int64
	delta := func() int64 {
		last += r.varint()
		return last
	}
	switch k {
	case columnTrace:
		c.trace = fill(n, delta)
	case columnStart:
		c.start = fill(n, func() uint64 { return uint64(delta()) })
	case columnDuration:
		c.duration = fill(n, func() int64 { return int64(r.uvarint()) })
	case columnOperation:
		c.operation = fill(n, func() int64 { return int64(r.uvarint()) })
	case columnStatus:
		c.status = r.take(uint64(n))
	case columnSpan:
		c.span = fill(n, r.uint64)
	case columnParent:
		c.parent = fill(n, r.uint64)
	}
	if r.bad || len(r.b) > 0 {
		return fmt.Errorf("column %d: %w", k, errCorrupt)
	}
	return nil
}

func fill[T any](n int, next func() T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = next()
	}
	return out
}

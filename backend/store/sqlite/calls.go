// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"
)

// links is what a segment knows of its spans that have parents: the calls among
// them, added up, and those whose parents were not there. It lies beside the
// columns (columnLinks).
type links struct {
	calls   map[call]count
	orphans []orphan
}

// call says which calls are counted together.
type call struct {
	from          int64  // the segment of the parents
	minute        uint64 // since 1970, in which the spans that were called start
	parent, child int64  // operation.id, any of the service
}

type count struct{ calls, errors int64 }

// orphan is a span whose parent is in no segment that is linked.
type orphan struct {
	trace int64 // trace.id
	index int   // in its segment
}

const minute = uint64(time.Minute)

func (l *links) add(c call, n count) { l.calls[c] = l.calls[c].plus(n) }

func (c count) plus(n count) count { return count{c.calls + n.calls, c.errors + n.errors} }

// merge counts the operations of a service together, and calls within one not at
// all. An operation that stands for others is in the same segment as they are: as
// long as that is there, so is the operation.
func (l *links) merge(operations map[int64]operation) {
	type parents struct {
		from    int64
		service string
	}
	parent, child := map[parents]int64{}, map[string]int64{}
	for c := range l.calls {
		lowest(parent, parents{c.from, operations[c.parent].service}, c.parent)
		lowest(child, operations[c.child].service, c.child)
	}
	merged := &links{calls: map[call]count{}}
	for c, n := range l.calls {
		if from, to := operations[c.parent].service, operations[c.child].service; from != to {
			merged.add(call{c.from, c.minute, parent[parents{c.from, from}], child[to]}, n)
		}
	}
	l.calls = merged.calls
}

func lowest[K comparable](m map[K]int64, k K, v int64) {
	if was, ok := m[k]; !ok || v < was {
		m[k] = v
	}
}

// split returns the orphans that are in traces, and the others.
func split(orphans []orphan, traces *traceSet) (in, out []orphan) {
	for _, o := range orphans {
		if traces.has(o.trace) {
			in = append(in, o)
		} else {
			out = append(out, o)
		}
	}
	return in, out
}

// encode returns the bytes of l: the number of orphans, the orphans, the calls.
// Most numbers are varints of the difference to the one before.
func (l *links) encode() []byte {
	slices.SortFunc(l.orphans, func(a, b orphan) int { return cmp.Compare(a.index, b.index) })
	b := binary.AppendUvarint(nil, uint64(len(l.orphans)))
	var o orphan
	for _, n := range l.orphans {
		b = binary.AppendVarint(b, n.trace-o.trace)
		b = binary.AppendUvarint(b, uint64(n.index-o.index))
		o = n
	}
	keys := slices.SortedFunc(maps.Keys(l.calls), func(a, b call) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.minute, b.minute), cmp.Compare(a.parent, b.parent), cmp.Compare(a.child, b.child))
	})
	var last call
	for _, c := range keys {
		n := l.calls[c]
		b = binary.AppendVarint(b, c.from-last.from)
		b = binary.AppendVarint(b, int64(c.minute-last.minute))
		for _, v := range []int64{c.parent, c.child, n.calls, n.errors} {
			b = binary.AppendUvarint(b, uint64(v))
		}
		last = c
	}
	return b
}

// decodeLinks reads what encode made for a segment of n spans: it returns the
// orphans and calls f for the calls.
func decodeLinks(b []byte, n int, f func(call, count)) ([]orphan, error) {
	d := varints{b: b}
	orphans := make([]orphan, min(d.unsigned(), uint64(n), uint64(len(b))))
	var o orphan
	for i := range orphans {
		o.trace += d.signed()
		o.index += int(min(d.unsigned(), uint64(n)))
		if o.index >= n {
			d.bad = true
			break
		}
		orphans[i] = o
	}
	var c call
	for len(d.b) > 0 && !d.bad {
		c.from += d.signed()
		c.minute += uint64(d.signed())
		c.parent, c.child = int64(d.unsigned()), int64(d.unsigned())
		if n := (count{int64(d.unsigned()), int64(d.unsigned())}); !d.bad {
			f(c, n)
		}
	}
	if d.bad {
		return nil, fmt.Errorf("links: %w", errCorrupt)
	}
	return orphans, nil
}

// varints reads one after the other from b.
type varints struct {
	b   []byte
	bad bool // there was none
}

func (d *varints) unsigned() uint64 {
	v, size := binary.Uvarint(d.b)
	d.took(size)
	return v
}

func (d *varints) signed() int64 {
	v, size := binary.Varint(d.b)
	d.took(size)
	return v
}

func (d *varints) took(size int) {
	if size <= 0 {
		d.bad, d.b = true, nil
		return
	}
	d.b = d.b[size:]
}

// SPDX-License-Identifier: Apache-2.0

package record

import (
	"slices"

	"github.com/go-spur/spur/model"
)

// AddLog adds one log with a copy of fields. Once LogsPerSpan are held, the first
// half stays and the second half is a ring of the newest.
func (r *Record) AddLog(time int64, fields []model.Tag) {
	if len(r.logs) >= r.freezer.limits.LogsPerSpan {
		r.replaceOldest(time, fields)
		return
	}
	if !r.makeRoom(size(fields)) {
		r.dropLogs(1)
		return
	}
	r.logs = append(r.logs, model.Log{Time: time, Fields: r.copyFields(fields)})
}

// copyFields copies the fields of a new log to where they stay.
func (r *Record) copyFields(fields []model.Tag) []model.Tag {
	if first := &r.firstLog.fields; len(r.logs) == 0 && len(fields) <= len(first) {
		n := copy(first[:], fields)
		return first[:n:n]
	}
	m := r.also()
	from := len(m.fields)
	m.fields = append(m.fields, fields...)
	to := len(m.fields)
	return m.fields[from:to:to]
}

// replaceOldest puts a log in the place of the ring's oldest.
func (r *Record) replaceOldest(time int64, fields []model.Tag) {
	r.dropLogs(1)
	first, m := len(r.logs)/2, r.more
	old := &r.logs[first+m.oldest]
	grow := size(fields) - size(old.Fields)
	if int(r.bytes)+grow > r.freezer.limits.BytesPerSpan {
		return // the newest is the one dropped: it does not fit where an older one was
	}
	r.bytes += int32(grow)
	clear(old.Fields)
	old.Time, old.Fields = time, append(old.Fields[:0], fields...)
	m.oldest = (m.oldest + 1) % (len(r.logs) - first)
}

// unroll puts the logs in the order they were added.
func (r *Record) unroll() {
	m := r.more
	if m == nil || m.oldest == 0 {
		return
	}
	ring := r.logs[len(r.logs)/2:]
	slices.Reverse(ring[:m.oldest])
	slices.Reverse(ring[m.oldest:])
	slices.Reverse(ring)
	m.oldest = 0
}

// makeRoom books grow bytes, dropping the oldest logs if they stand in the way.
// When that is not enough it drops nothing and returns false.
func (r *Record) makeRoom(grow int) bool {
	if over := int(r.bytes) + grow - r.freezer.limits.BytesPerSpan; over > 0 && !r.dropOldest(over) {
		return false
	}
	r.bytes += int32(grow)
	return true
}

// dropOldest drops the oldest logs, of so many bytes at least. If all have less it drops
// nothing and returns false.
func (r *Record) dropOldest(over int) bool {
	r.unroll()
	n, freed := 0, 0
	for n < len(r.logs) && freed < over {
		freed += size(r.logs[n].Fields)
		n++
	}
	if freed < over {
		return false
	}
	for i := range r.logs[:n] {
		clear(r.logs[i].Fields)
	}
	r.logs = slices.Delete(r.logs, 0, n)
	r.bytes -= int32(freed)
	r.dropLogs(n)
	r.compact()
	return true
}

// compact moves the fields together once most of their places belong to logs
// that are gone.
func (r *Record) compact() {
	m := r.more
	live := 0
	for i := range r.logs {
		live += len(r.logs[i].Fields)
	}
	if len(m.fields) <= 2*live+keepFields {
		return
	}
	fields := make([]model.Tag, 0, 2*live+keepFields)
	for i := range r.logs {
		from := len(fields)
		fields = append(fields, r.logs[i].Fields...)
		r.logs[i].Fields = fields[from:len(fields):len(fields)]
	}
	m.fields = fields
}

func (r *Record) dropLogs(n int) {
	r.also().droppedLogs += uint32(n)
	r.freezer.logs.Add(uint64(n))
}

func size(fields []model.Tag) (n int) {
	for i := range fields {
		n += len(fields[i].Key) + len(fields[i].Value.Str())
	}
	return n
}

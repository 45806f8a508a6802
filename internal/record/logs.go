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
	from := len(r.fields)
	r.fields = append(r.fields, fields...)
	to := len(r.fields)
	r.logs = append(r.logs, model.Log{Time: time, Fields: r.fields[from:to:to]})
}

// replaceOldest puts a log in the place of the ring's oldest.
func (r *Record) replaceOldest(time int64, fields []model.Tag) {
	r.dropLogs(1)
	first := len(r.logs) / 2
	old := &r.logs[first+r.oldest]
	grow := size(fields) - size(old.Fields)
	if r.bytes+grow > r.freezer.limits.BytesPerSpan {
		return // the newest is the one dropped: it does not fit where an older one was
	}
	r.bytes += grow
	clear(old.Fields)
	old.Time, old.Fields = time, append(old.Fields[:0], fields...)
	r.oldest = (r.oldest + 1) % (len(r.logs) - first)
}

// unroll puts the logs in the order they were added.
func (r *Record) unroll() {
	if r.oldest == 0 {
		return
	}
	ring := r.logs[len(r.logs)/2:]
	slices.Reverse(ring[:r.oldest])
	slices.Reverse(ring[r.oldest:])
	slices.Reverse(ring)
	r.oldest = 0
}

// makeRoom books grow bytes, dropping the oldest logs if they stand in the way.
// When that is not enough it drops nothing and returns false.
func (r *Record) makeRoom(grow int) bool {
	over := r.bytes + grow - r.freezer.limits.BytesPerSpan
	if over > 0 {
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
		r.bytes -= freed
		r.dropLogs(n)
		r.compact()
	}
	r.bytes += grow
	return true
}

// compact moves the fields together once most of their places belong to logs
// that are gone.
func (r *Record) compact() {
	live := 0
	for i := range r.logs {
		live += len(r.logs[i].Fields)
	}
	if len(r.fields) <= 2*live+keepFields {
		return
	}
	fields := make([]model.Tag, 0, 2*live+keepFields)
	for i := range r.logs {
		from := len(fields)
		fields = append(fields, r.logs[i].Fields...)
		r.logs[i].Fields = fields[from:len(fields):len(fields)]
	}
	r.fields = fields
}

func (r *Record) dropLogs(n int) {
	r.droppedLogs += uint32(n)
	r.freezer.logs.Add(uint64(n))
}

func size(fields []model.Tag) (n int) {
	for i := range fields {
		n += len(fields[i].Key) + len(fields[i].Value.Str())
	}
	return n
}

// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"slices"

	"github.com/go-spur/spur/model"
)

// addLog adds one log with a copy of fields and reports how many logs the limits
// cost. Once LogsPerSpan are held, the first half stays and the second half is a
// ring of the newest.
func (r *record) addLog(time int64, fields []model.Tag, l *Limits) (cut cuts) {
	if len(r.logs) >= l.LogsPerSpan {
		r.replaceOldest(time, fields, l, &cut)
		return cut
	}
	if !r.makeRoom(fieldSize(fields), l, &cut) {
		r.dropLogs(1, &cut)
		return cut
	}
	from := len(r.fields)
	r.fields = append(r.fields, fields...)
	to := len(r.fields)
	r.logs = append(r.logs, model.Log{Time: time, Fields: r.fields[from:to:to]})
	return cut
}

// replaceOldest puts a log in the place of the ring's oldest.
func (r *record) replaceOldest(time int64, fields []model.Tag, l *Limits, cut *cuts) {
	r.dropLogs(1, cut)
	first := len(r.logs) / 2
	old := &r.logs[first+r.oldest]
	grow := fieldSize(fields) - fieldSize(old.Fields)
	if r.bytes+grow > l.BytesPerSpan {
		return // the newest is the one dropped: it does not fit where an older one was
	}
	r.bytes += grow
	clear(old.Fields)
	old.Time, old.Fields = time, append(old.Fields[:0], fields...)
	r.oldest = (r.oldest + 1) % (len(r.logs) - first)
}

// unroll puts the logs in the order they were added.
func (r *record) unroll() {
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
func (r *record) makeRoom(grow int, l *Limits, cut *cuts) bool {
	over := r.bytes + grow - l.BytesPerSpan
	if over > 0 {
		r.unroll()
		n, freed := 0, 0
		for n < len(r.logs) && freed < over {
			freed += fieldSize(r.logs[n].Fields)
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
		r.dropLogs(n, cut)
		r.compact()
	}
	r.bytes += grow
	return true
}

// compact moves the fields together once most of their places belong to logs
// that are gone.
func (r *record) compact() {
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

func (r *record) dropLogs(n int, cut *cuts) {
	r.droppedLogs += uint32(n)
	cut.logs += uint64(n)
}

func fieldSize(fields []model.Tag) (n int) {
	for i := range fields {
		n += len(fields[i].Key) + len(fields[i].Value.Str())
	}
	return n
}

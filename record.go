// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"bytes"
	"hash/maphash"
	"sync"

	"github.com/go-spur/spur/model"
)

// record is where a recorded span keeps its tags and logs until it finishes. It
// comes from a pool and goes back there: nothing outside the span's mutex, and
// no reporter, ever holds on to it. Ordinary spans fit the arrays inside.
//
// With a reporter or observer that keeps spans the record stays with its span
// for good, readable but frozen.
type record struct {
	tags   []model.Tag
	logs   []model.Log
	fields []model.Tag // of all logs, one behind the other: Log.Fields are its parts
	sigs   []byte      // one hash byte a tag, once there are more than scanTags

	bytes       int // of the strings held
	oldest      int // once logs are full: where in their second half the oldest stands
	droppedTags uint32
	droppedLogs uint32
	finished    bool

	inlineTags   [5]model.Tag
	inlineFields [2]model.Tag
	inlineLogs   [1]model.Log
}

// Below scanTags tags a key is found by comparing; above by its hash byte.
const scanTags = 8

// Larger slices than these are not kept in the pool. They lie above what append
// grows to in a first step, or every larger span would allocate anew.
const (
	keepTags   = 64
	keepFields = 64
	keepLogs   = 16
)

var recordPool = sync.Pool{New: func() any { return new(record).reset() }}

// husk stands for the record of a finished span whose own went back to the pool,
// or that never had one. It is never modified.
var husk = &record{finished: true}

func acquireRecord() *record { return recordPool.Get().(*record) }

// release hands the record back. The caller must not use it or its parts again.
func (r *record) release() {
	clear(r.tags)
	clear(r.fields)
	clear(r.logs)
	// What was here before they grew beyond it.
	if cap(r.tags) > len(r.inlineTags) {
		clear(r.inlineTags[:])
	}
	if cap(r.fields) > len(r.inlineFields) {
		clear(r.inlineFields[:])
	}
	if cap(r.logs) > len(r.inlineLogs) {
		clear(r.inlineLogs[:])
	}
	recordPool.Put(r.reset())
}

func (r *record) reset() *record {
	if cap(r.tags) > keepTags || r.tags == nil {
		r.tags = r.inlineTags[:]
	}
	if cap(r.fields) > keepFields || r.fields == nil {
		r.fields = r.inlineFields[:]
	}
	if cap(r.logs) > keepLogs || r.logs == nil {
		r.logs = r.inlineLogs[:]
	}
	r.tags, r.fields, r.logs, r.sigs = r.tags[:0], r.fields[:0], r.logs[:0], r.sigs[:0]
	r.bytes, r.oldest, r.droppedTags, r.droppedLogs, r.finished = 0, 0, 0, 0, false
	return r
}

// setTag sets key, replacing an earlier value. It reports how many tags and logs
// the limits cost.
func (r *record) setTag(key string, v model.Value, l *Limits) (cut cuts) {
	if i := r.find(key); i >= 0 {
		grow := len(v.Str()) - len(r.tags[i].Value.Str())
		if !r.makeRoom(grow, l, &cut) {
			r.droppedTags++
			cut.tags++
			return cut
		}
		r.tags[i].Value = v
		return cut
	}
	if len(r.tags) >= l.TagsPerSpan || !r.makeRoom(len(key)+len(v.Str()), l, &cut) {
		r.droppedTags++
		cut.tags++
		return cut
	}
	r.appendTag(key, v)
	return cut
}

// appendTag fills the new place instead of passing a whole Tag to append.
func (r *record) appendTag(key string, v model.Value) {
	if n := len(r.tags); n < cap(r.tags) {
		r.tags = r.tags[:n+1]
		t := &r.tags[n]
		t.Key, t.Value = key, v
	} else {
		r.tags = append(r.tags, model.Tag{Key: key, Value: v})
	}
	if len(r.sigs) > 0 {
		r.sigs = append(r.sigs, signature(key))
	}
}

// find returns the index of key, or -1.
func (r *record) find(key string) int {
	if len(r.tags) <= scanTags {
		for i := range r.tags {
			if r.tags[i].Key == key {
				return i
			}
		}
		return -1
	}
	for i := len(r.sigs); i < len(r.tags); i++ {
		r.sigs = append(r.sigs, signature(r.tags[i].Key))
	}
	sig := signature(key)
	for at := 0; ; at++ {
		i := bytes.IndexByte(r.sigs[at:], sig)
		if i < 0 {
			return -1
		}
		at += i
		if r.tags[at].Key == key {
			return at
		}
	}
}

var signatureSeed = maphash.MakeSeed()

func signature(key string) byte { return byte(maphash.String(signatureSeed, key)) }

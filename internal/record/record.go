// SPDX-License-Identifier: Apache-2.0

package record

import (
	"bytes"
	"hash/maphash"
	"math"
	"sync"

	"github.com/go-spur/spur/model"
)

// Record is where a recorded span keeps its tags and logs. It comes from a pool and
// goes back there when the span finishes: nobody may hold on to it or its parts.
// It has no lock: the span's mutex guards it. With a reporter or observer that keeps spans
// the record stays with its span, readable but closed, until the span is released.
type Record struct {
	freezer *Freezer // whose limits and counters these are
	tags    []model.Tag
	logs    []model.Log
	fields  []model.Tag // of all logs, one behind the other: Log.Fields are its parts
	hashes  []byte      // one of each tag's key, once there are more than scanTags

	bytes       int // of the strings held
	oldest      int // once logs are full: where in their second half the oldest stands
	droppedTags uint32
	droppedLogs uint32
	closed      bool
}

// firstTags is how many tags a record has room for at first.
const firstTags = 5

// Below scanTags tags a key is found by comparing; above by its hash.
const scanTags = 8

// Larger slices than these are not kept in the pool. They lie above what append
// grows to in a first step, or every larger span would allocate anew.
const (
	keepTags   = 64
	keepFields = 64
	keepLogs   = 16
)

var pool = sync.Pool{New: func() any { return new(Record).reset() }}

// Closed stands for the record of a span that has finished and keeps none. It is
// never modified.
var Closed = &Record{closed: true}

// NewRecord returns an empty record that counts what it drops with f's counters.
func (f *Freezer) NewRecord() *Record {
	r := pool.Get().(*Record)
	r.freezer = f
	return r
}

// Release hands the record back. The caller must not use it or its parts again.
func (r *Record) Release() {
	clear(r.tags)
	clear(r.fields)
	clear(r.logs)
	pool.Put(r.reset())
}

func (r *Record) reset() *Record {
	if cap(r.tags) > keepTags || r.tags == nil {
		r.tags = make([]model.Tag, 0, firstTags)
	}
	if cap(r.fields) > keepFields {
		r.fields = nil
	}
	if cap(r.logs) > keepLogs {
		r.logs = nil
	}
	r.tags, r.fields, r.logs, r.hashes = r.tags[:0], r.fields[:0], r.logs[:0], r.hashes[:0]
	r.bytes, r.oldest, r.droppedTags, r.droppedLogs, r.closed = 0, 0, 0, 0, false
	r.freezer = nil
	return r
}

// Close marks a record that stays with its finished span.
func (r *Record) Close() { r.closed = true }

// Closed reports whether the span has finished.
func (r *Record) Closed() bool { return r.closed }

// Tags returns the tags in the order they were first set, not a copy.
func (r *Record) Tags() []model.Tag { return r.tags }

// Logs returns the logs in the order they were added, not a copy.
func (r *Record) Logs() []model.Log {
	r.unroll()
	return r.logs
}

// Fill sets what a finished span shows of its record. It shares the record's memory.
func (r *Record) Fill(s *model.Span) {
	s.Tags, s.Logs = r.tags, r.Logs()
	s.DroppedTags, s.DroppedLogs = r.droppedTags, r.droppedLogs
}

// Freeze sets a tag of any value, redacted.
func (r *Record) Freeze(key string, value any) {
	if key, v, keep := r.freezer.Redact(key, r.freezer.Value(value)); keep {
		r.SetTag(key, v)
	}
}

// SetTag sets a frozen tag, replacing an earlier value.
func (r *Record) SetTag(key string, v model.Value) {
	if i := r.find(key); i >= 0 {
		if !r.makeRoom(len(v.Str()) - len(r.tags[i].Value.Str())) {
			r.dropTag()
			return
		}
		r.tags[i].Value = v
		return
	}
	if len(r.tags) >= r.freezer.limits.TagsPerSpan || !r.makeRoom(len(key)+len(v.Str())) {
		r.dropTag()
		return
	}
	r.appendTag(key, v)
}

// SetTags sets the tags of a sampler. Backends read them, so only BytesPerSpan limits
// them; but the sampler may be the user's, and not know UTF-8.
func (r *Record) SetTags(tags []model.Tag) {
	most := inBytes(math.MaxInt)
	for i := range tags {
		f := r.freezer
		r.SetTag(f.text(tags[i].Key, most), f.bound(tags[i].Value, most))
	}
}

func (r *Record) dropTag() {
	r.droppedTags++
	r.freezer.tags.Add(1)
}

// appendTag fills the new place instead of passing a whole Tag to append.
func (r *Record) appendTag(key string, v model.Value) {
	if n := len(r.tags); n < cap(r.tags) {
		r.tags = r.tags[:n+1]
		t := &r.tags[n]
		t.Key, t.Value = key, v
	} else {
		r.tags = append(r.tags, model.Tag{Key: key, Value: v})
	}
	if len(r.hashes) > 0 {
		r.hashes = append(r.hashes, hash(key))
	}
}

// find returns the index of key, or -1.
func (r *Record) find(key string) int {
	if len(r.tags) <= scanTags {
		n := len(key) // keys of one length mostly differ in their last byte
		for i := range r.tags {
			if k := r.tags[i].Key; len(k) == n && (n == 0 || k[n-1] == key[n-1]) && k == key {
				return i
			}
		}
		return -1
	}
	for i := len(r.hashes); i < len(r.tags); i++ {
		r.hashes = append(r.hashes, hash(r.tags[i].Key))
	}
	h := hash(key)
	for at := 0; ; at++ {
		i := bytes.IndexByte(r.hashes[at:], h)
		if i < 0 {
			return -1
		}
		at += i
		if r.tags[at].Key == key {
			return at
		}
	}
}

var seed = maphash.MakeSeed()

func hash(key string) byte { return byte(maphash.String(seed, key)) }

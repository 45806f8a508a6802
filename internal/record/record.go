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
//
// It is one object of 448 bytes, with room for the tags of a usual span and one log. What
// few spans need is in [more].
type Record struct {
	freezer *Freezer // whose limits and counters these are
	tags    []model.Tag
	logs    []model.Log
	keys    uint64 // the keyBit of each tag's key
	more    *more  // nil until it is needed
	bytes   int32  // of the strings held
	closed  bool
	sampled uint8 // how many tags SetTags has set first, which Release leaves where they are
	stayed  uint8 // how many of them are there from before, while there are no tags

	firstTags [usualTags]model.Tag
	firstLog  firstLog
}

// firstLog is where the first log is, and its fields.
type firstLog struct {
	log    [1]model.Log
	fields [2]model.Tag
}

// more is what a record with several logs has, or many tags, or too much of either.
type more struct {
	fields      []model.Tag // of logs, one behind the other: Log.Fields are its parts
	hashes      []byte      // of the first tags' keys, one of each, once there are more than scanTags
	oldest      int         // once logs are full: where in their second half the oldest stands
	droppedTags uint32
	droppedLogs uint32
}

// usualTags is how many tags a record has room for at first.
const usualTags = 5

// Below scanTags tags a key is found by comparing; above by its hash.
const scanTags = 8

// maxSampled is how many tags of a sampler may stay in a record.
const maxSampled = 4

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
func (r *Record) Release() { pool.Put(r.reset()) }

// reset makes the record an empty one, in which nothing stays but tags of a sampler.
func (r *Record) reset() *Record {
	clear(r.tags[:max(len(r.tags), int(r.stayed))][r.sampled:])
	if len(r.logs) > 0 {
		r.firstLog = firstLog{}
		if cap(r.logs) > 1 {
			clear(r.logs)
		}
	}
	if r.stayed = r.sampled; r.tags == nil || cap(r.tags) > keepTags {
		r.tags, r.stayed = r.firstTags[:], 0
	}
	if r.logs == nil || cap(r.logs) > keepLogs {
		r.logs = r.firstLog.log[:]
	}
	r.tags, r.logs = r.tags[:0], r.logs[:0]
	if m := r.more; m != nil {
		clear(m.fields)
		*m = more{fields: m.fields[:0], hashes: m.hashes[:0]}
		if cap(m.fields) > keepFields {
			m.fields = nil
		}
	}
	r.freezer, r.keys, r.bytes, r.sampled, r.closed = nil, 0, 0, 0, false
	return r
}

// also returns r.more, which it makes.
func (r *Record) also() *more {
	if r.more == nil {
		r.more = new(more)
	}
	return r.more
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
	if m := r.more; m != nil {
		s.DroppedTags, s.DroppedLogs = m.droppedTags, m.droppedLogs
	}
}

// Freeze sets a tag of any value, redacted.
func (r *Record) Freeze(key string, value any) {
	var t model.Tag
	if r.freezer.Tag(&t, key, value) {
		r.SetTag(&t)
	}
}

// SetTag sets a frozen tag, of which it keeps a copy, replacing an earlier value.
func (r *Record) SetTag(t *model.Tag) {
	n, bit, limits := len(r.tags), keyBit(t.Key), &r.freezer.limits
	held := int(r.bytes) + len(t.Key) + len(t.Value.Str())
	at := -1
	if r.keys&bit != 0 {
		at = r.find(t.Key)
	}
	if at >= 0 || n == cap(r.tags) || n >= limits.TagsPerSpan || held > limits.BytesPerSpan {
		r.setTag(t, at)
		return
	}
	r.keys |= bit
	r.bytes = int32(held)
	r.tags = r.tags[:n+1]
	r.tags[n] = *t
}

// setTag is SetTag where the tag at an index has the key, or, if that is negative, there may
// be no room.
func (r *Record) setTag(t *model.Tag, at int) {
	size := len(t.Value.Str())
	switch {
	case at >= 0 && r.makeRoom(size-len(r.tags[at].Value.Str())):
		r.tags[at].Value = t.Value
		r.sampled = min(r.sampled, uint8(min(at, maxSampled)))
	case at < 0 && len(r.tags) < r.freezer.limits.TagsPerSpan && r.makeRoom(len(t.Key)+size):
		r.keys |= keyBit(t.Key)
		first := len(r.tags) == usualTags && cap(r.tags) == usualTags
		if r.tags = append(r.tags, *t); first { // they have moved out
			clear(r.firstTags[:])
		}
	default:
		r.also().droppedTags++
		r.freezer.tags.Add(1)
	}
}

// SetTags sets the tags of a sampler. Backends read them, so only BytesPerSpan limits
// them; but the sampler may be the user's, and not know UTF-8. Most samplers say the same
// each time, so a record finds those of its last span in their places.
func (r *Record) SetTags(tags []model.Tag) {
	if len(tags) == 0 || r.haveStayed(tags) {
		return
	}
	first := len(r.tags) == 0
	most := inBytes(math.MaxInt)
	for i := range tags {
		f, t := r.freezer, &tags[i]
		if plain(t.Key, math.MaxInt) && plain(t.Value.Str(), math.MaxInt) {
			r.SetTag(t)
		} else {
			r.SetTag(&model.Tag{Key: f.text(t.Key, most), Value: f.bound(t.Value, most)})
		}
	}
	if first && len(r.tags) <= maxSampled {
		r.sampled = uint8(len(r.tags))
	}
}

// haveStayed is SetTags for an empty record in which these tags are.
func (r *Record) haveStayed(tags []model.Tag) bool {
	n := len(tags)
	if n != int(r.stayed) || len(r.tags) > 0 || n > r.freezer.limits.TagsPerSpan {
		return false
	}
	var keys uint64
	held := int(r.bytes)
	for i := range tags {
		t := &tags[i]
		if *t != r.tags[:n][i] {
			return false
		}
		keys |= keyBit(t.Key)
		held += len(t.Key) + len(t.Value.Str())
	}
	if held > r.freezer.limits.BytesPerSpan {
		return false
	}
	r.tags, r.keys, r.bytes, r.sampled = r.tags[:n], keys, int32(held), r.stayed
	return true
}

// keyBit is a bit that says something about a key: if it is not among those of other
// keys, they all differ.
func keyBit(key string) uint64 {
	n := len(key)
	if n == 0 {
		return 1
	}
	return 1 << ((uint(key[n-1]) + 29*uint(n)) % 64)
}

// find returns the index of key, or -1.
func (r *Record) find(key string) int {
	if len(r.tags) <= scanTags {
		for i := range r.tags {
			if r.tags[i].Key == key {
				return i
			}
		}
		return -1
	}
	m := r.also()
	for i := len(m.hashes); i < len(r.tags); i++ {
		m.hashes = append(m.hashes, hash(r.tags[i].Key))
	}
	h := hash(key)
	for at := 0; ; at++ {
		i := bytes.IndexByte(m.hashes[at:], h)
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

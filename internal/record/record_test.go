// SPDX-License-Identifier: Apache-2.0

package record

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/go-spur/spur/model"
)

// newFreezer makes a Freezer with the usual limits where none are set.
func newFreezer(l Limits) *Freezer {
	def := func(n *int, usual int) {
		if *n == 0 {
			*n = usual
		}
	}
	def(&l.Key, 256)
	def(&l.Operation, 1<<10)
	def(&l.Object, 64<<10)
	def(&l.Tag.Bytes, 4<<10)
	def(&l.Tag.Characters, math.MaxInt)
	def(&l.Log.Bytes, 16<<10)
	def(&l.Log.Characters, math.MaxInt)
	def(&l.TagsPerSpan, 1000)
	def(&l.LogsPerSpan, 1000)
	def(&l.FieldsPerLog, 128)
	def(&l.BytesPerSpan, 1<<20)
	return NewFreezer(l, nil)
}

// TestSize holds a record to its size class.
func TestSize(t *testing.T) {
	if size := unsafe.Sizeof(Record{}); size > 448 {
		t.Errorf("a record has %d bytes, more than 448", size)
	}
}

// A record in the pool must hold none of the user's strings, beyond the ends of its
// slices either.
func TestReleasedRecordHoldsNothing(t *testing.T) {
	f := newFreezer(Limits{})
	for _, size := range []int{1, 5, 6, 8, 100} {
		r := new(Record).reset()
		r.freezer = f
		for i := range size {
			r.Freeze(fmt.Sprint("secret", i), "x")
			r.AddLog(1, []model.Tag{{Key: "secret", Value: model.String("x")}})
		}
		r.Release()
		m := r.also()
		if cap(r.tags) > keepTags || cap(m.fields) > keepFields || cap(r.logs) > keepLogs {
			t.Errorf("%d: keeps %d tags, %d fields, %d logs", size, cap(r.tags), cap(m.fields), cap(r.logs))
		}
		held := append(r.tags[:cap(r.tags):cap(r.tags)], m.fields[:cap(m.fields)]...)
		held = append(append(held, r.firstTags[:]...), r.firstLog.fields[:]...)
		for _, tag := range held {
			if tag != (model.Tag{}) {
				t.Errorf("%d: still holds %v", size, tag)
			}
		}
		for _, e := range append(r.logs[:cap(r.logs):cap(r.logs)], r.firstLog.log[:]...) {
			if e.Fields != nil {
				t.Errorf("%d: still holds %v", size, e)
			}
		}
		if r.bytes != 0 || r.freezer != nil || r.keys != 0 || len(r.tags)+len(r.logs)+len(m.fields)+len(m.hashes) != 0 {
			t.Errorf("%d: not empty", size)
		}
	}
}

// Slices up to the ceilings are used again, larger ones given to the garbage
// collector: one large span must not cost memory for ever.
func TestPoolCeilings(t *testing.T) {
	for _, tt := range []struct{ tags, fields, logs int }{{64, 64, 16}, {65, 65, 17}} {
		r := new(Record)
		m := r.also()
		r.tags, m.fields, r.logs = make([]model.Tag, 1, tt.tags), make([]model.Tag, 1, tt.fields), make([]model.Log, 1, tt.logs)
		r.reset()
		want := [3]int{tt.tags, tt.fields, tt.logs}
		if tt.tags > keepTags {
			want = [3]int{usualTags, 0, 1}
		}
		if got := [3]int{cap(r.tags), cap(m.fields), cap(r.logs)}; got != want {
			t.Errorf("%+v: room for %v afterwards, want %v", tt, got, want)
		}
		e := &Fields{tags: make([]model.Tag, 0, tt.fields)}
		if e.Release(); (e.tags != nil) != (tt.fields <= keepFields) {
			t.Errorf("Fields keep room for %d fields, of %d", cap(e.tags), tt.fields)
		}
	}
}

// A sampler of the user's may return any tag. It is not cut, since backends look for
// sampler.type, but must not cost other spans the batch.
func TestTagsOfSamplers(t *testing.T) {
	r := newFreezer(Limits{Key: 8, Tag: Length{Bytes: 8}}).NewRecord()
	r.SetTags([]model.Tag{{Key: "sampler.type", Value: model.String("probabilistic")}, {Key: "\xff", Value: model.String("\xfe")}})
	want := []model.Tag{{Key: "sampler.type", Value: model.String("probabilistic")}, {Key: "\uFFFD", Value: model.String("\uFFFD")}}
	if !reflect.DeepEqual(r.Tags(), want) {
		t.Errorf("%v, want %v", r.Tags(), want)
	}
}

// What a sampler says each time stays in a record, and nothing else does.
func TestTagsOfSamplersStay(t *testing.T) {
	con := []model.Tag{{Key: "sampler.type", Value: model.String("const")}, {Key: "sampler.param", Value: model.Bool(true)}}
	other := []model.Tag{con[0], {Key: "sampler.param", Value: model.Bool(false)}}
	user := model.Tag{Key: "user", Value: model.String("x")}
	f := newFreezer(Limits{})
	r := new(Record).reset()
	for i, use := range []struct {
		sampler, later []model.Tag
		want           []model.Tag
		stay           int
	}{
		{con, nil, con, 2},
		{con, []model.Tag{user}, append(con[:2:2], user), 2},
		{other, nil, other, 2},
		{con, []model.Tag{{Key: "sampler.param", Value: model.String("y")}}, []model.Tag{con[0], {Key: "sampler.param", Value: model.String("y")}}, 1},
		{con, []model.Tag{user, user}, append(con[:2:2], user), 2},
		{nil, []model.Tag{user}, []model.Tag{user}, 0},
		{con, slices.Repeat([]model.Tag{con[1]}, 9), con, 1},
		{nil, nil, nil, 0},
		{con[:1], con, con, 0},
		{slices.Repeat(con[:1], 2), nil, con[:1], 1},
		{append(con[:2:2], user, user, model.Tag{Key: "e"}, model.Tag{Key: "f"}), nil, append(con[:2:2], user, model.Tag{Key: "e"}, model.Tag{Key: "f"}), 0},
	} {
		r.freezer = f
		r.SetTags(use.sampler)
		for j := range use.later {
			r.SetTag(&use.later[j])
		}
		if !slices.Equal(r.tags, use.want) {
			t.Errorf("use %d: the record has %v, want %v", i, r.tags, use.want)
		}
		size := 0
		for _, tag := range use.want {
			size += len(tag.Key) + len(tag.Value.Str())
		}
		if int(r.bytes) != size {
			t.Errorf("use %d: the record counts %d bytes, want %d", i, r.bytes, size)
		}
		r.reset()
		if int(r.stayed) != use.stay {
			t.Errorf("use %d: %d tags have stayed, want %d", i, r.stayed, use.stay)
		}
		for j, tag := range r.tags[:cap(r.tags)] {
			if (tag == model.Tag{}) != (j >= use.stay) {
				t.Errorf("use %d: the released record holds %v at %d, want %d tags of a sampler", i, tag, j, use.stay)
			}
		}
	}
}

// Limits are those of the tracer that uses the record, not of the one before.
func TestTagsOfSamplersStayWithinLimits(t *testing.T) {
	tags := []model.Tag{{Key: "aa", Value: model.String("bb")}, {Key: "cc", Value: model.String("dd")}}
	for _, l := range []Limits{{TagsPerSpan: 1}, {BytesPerSpan: 7}} {
		r := new(Record).reset()
		r.freezer = newFreezer(Limits{})
		r.SetTags(tags)
		r.reset()
		r.freezer = newFreezer(l)
		if r.SetTags(tags); len(r.tags) != 1 || r.freezer.Counts().Tags != 1 {
			t.Errorf("%+v: the record has %v and dropped %d, want one tag and one dropped", l, r.tags, r.freezer.Counts().Tags)
		}
	}
}

// Keys of which keyBit says the same are told apart all the same.
func TestKeysOfOneBit(t *testing.T) {
	keys := []string{"", "ax", "bx", "ay", "a", "€"}
	if keyBit("ax") != keyBit("bx") {
		t.Fatal("the keys do not share a bit")
	}
	r := newFreezer(Limits{}).NewRecord()
	for round := range 2 {
		for _, key := range keys {
			r.Freeze(key, round)
		}
	}
	for i, tag := range r.Tags() {
		if len(r.Tags()) != len(keys) || tag.Key != keys[i] || tag.Value.Int64() != 1 {
			t.Errorf("tag %d of %d is %q=%v, want %q=1", i, len(r.Tags()), tag.Key, tag.Value, keys[i])
		}
	}
}

func TestManyTagsFindTheirKeys(t *testing.T) {
	r := newFreezer(Limits{}).NewRecord()
	for round := range 3 {
		for i := range 300 {
			r.Freeze(fmt.Sprint("key", i), round)
		}
	}
	for i, tag := range r.Tags() {
		if tag.Key != fmt.Sprint("key", i) || tag.Value.Int64() != 2 || len(r.Tags()) != 300 {
			t.Errorf("tag %d of %d is %v=%v", i, len(r.Tags()), tag.Key, tag.Value)
		}
	}
}

// When a span is full the oldest logs make room, and the places of their fields are
// used again.
func TestBytesPerSpan(t *testing.T) {
	f := newFreezer(Limits{BytesPerSpan: 10_000})
	r := f.NewRecord()
	for i := range 500 {
		r.AddLog(1, []model.Tag{{Key: "n", Value: model.Int64(int64(i))}, {Key: "s", Value: model.String(strings.Repeat("x", 1000))}})
	}
	for i := range 9 {
		if n := cap(r.also().fields); n*int(unsafe.Sizeof(model.Tag{})) > 200*48 {
			t.Errorf("room for %d fields is held, though few logs are", n)
		}
		r.Freeze(fmt.Sprint("tag", i), strings.Repeat("t", 1500))
	}
	var s model.Span
	r.Fill(&s)
	total := size(s.Tags)
	for i, l := range s.Logs {
		total += size(l.Fields)
		if want := int64(500 - len(s.Logs) + i); l.Fields[0].Value.Int64() != want {
			t.Errorf("log %d is number %v, want %d: the newest stay", i, l.Fields[0].Value, want)
		}
	}
	if total > 10_000 || total < 8_000 {
		t.Errorf("%d bytes kept", total)
	}
	if s.DroppedTags == 0 || int(s.DroppedLogs)+len(s.Logs) != 500 {
		t.Errorf("%d tags and %d logs dropped, %d logs kept", s.DroppedTags, s.DroppedLogs, len(s.Logs))
	}
	if c := f.Counts(); c.Tags != uint64(s.DroppedTags) || c.Logs != uint64(s.DroppedLogs) {
		t.Errorf("counted %+v", c)
	}
}

// Once the logs are full, a new one takes an older one's place, and its bytes with
// it: up to BytesPerSpan, not beyond.
func TestBytesPerSpanHoldsInTheRingOfLogs(t *testing.T) {
	f := newFreezer(Limits{LogsPerSpan: 4, BytesPerSpan: 100})
	entry := func(size int) []model.Tag {
		return []model.Tag{{Key: "k", Value: model.String(strings.Repeat("x", size-1))}}
	}
	for _, tt := range []struct {
		name  string
		more  []int // sizes of the logs after four of 20 bytes
		want  []int // sizes held in the end
		bytes int
	}{
		{"fits exactly", []int{40}, []int{20, 20, 20, 40}, 100},
		{"one too many", []int{41}, []int{20, 20, 20, 20}, 80},
		{"smaller makes room", []int{10, 50}, []int{20, 20, 10, 50}, 100},
		{"grown, then refused", []int{40, 21}, []int{20, 20, 20, 40}, 100},
		{"the place of a large one", []int{40, 20, 40}, []int{20, 20, 20, 40}, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, before := f.NewRecord(), f.Counts().Logs
			defer r.Release()
			for range 4 {
				r.AddLog(1, entry(20))
			}
			for _, n := range tt.more {
				r.AddLog(2, entry(n))
			}
			var sizes []int
			for _, e := range r.Logs() {
				sizes = append(sizes, size(e.Fields))
			}
			if !reflect.DeepEqual(sizes, tt.want) || int(r.bytes) != tt.bytes {
				t.Errorf("logs of %v bytes, %d in all; want %v, %d", sizes, r.bytes, tt.want, tt.bytes)
			}
			if n := f.Counts().Logs - before; int(r.also().droppedLogs) != len(tt.more) || int(n) != len(tt.more) {
				t.Errorf("%d dropped, %d counted, want %d", r.also().droppedLogs, n, len(tt.more))
			}
		})
	}
}

// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// dictionary holds the keys of the tags of a chunk and their values, as far as
// there is room.
type dictionary struct {
	values map[string]map[string]struct{} // by key
	room   int                            // bytes
}

// Keys implements store.Store.
func (s *Store) Keys(ctx context.Context, prefix string, limit int) ([]string, error) {
	var keys []string
	err := s.dictionaries(ctx, func(d *dictionary) {
		for key := range d.values {
			if strings.HasPrefix(key, prefix) {
				keys = append(keys, key)
			}
		}
	})
	return first(keys, limit), err
}

// Values implements store.Store. It knows the values of less than 256 bytes
// that are text, numbers or booleans, of a key with many values only some.
func (s *Store) Values(ctx context.Context, key, prefix string, limit int) ([]string, error) {
	var values []string
	err := s.dictionaries(ctx, func(d *dictionary) {
		for value := range d.values[key] {
			if strings.HasPrefix(value, prefix) {
				values = append(values, value)
			}
		}
	})
	return first(values, limit), err
}

// first returns the first of list, sorted and without doubles.
func first(list []string, limit int) []string {
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), max(limit, 0))]
}

// dictionaries calls f with the dictionary of each chunk. Those of full chunks
// are made once, when they are first asked for.
func (s *Store) dictionaries(ctx context.Context, f func(*dictionary)) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.calls.RUnlock()
	s.mu.RLock()
	chunks := slices.Collect(s.data.eachChunk())
	s.mu.RUnlock()

	s.dictMu.Lock()
	defer s.dictMu.Unlock()
	for _, c := range chunks {
		d := c.dict
		if d == nil {
			frozen, full := s.freeze(c)
			var err error
			if d, err = newDictionary(ctx, frozen, max(s.chunkBytes()/dictionaryShare, minDictionary)); err != nil {
				return err
			}
			if full {
				c.dict = d
			}
		}
		f(d)
	}
	return nil
}

// freeze returns what c holds now, and whether that is all it will hold.
func (s *Store) freeze(c *chunk) (frozen *chunk, full bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return &chunk{blocks: slices.Clone(c.blocks), pages: slices.Clone(c.pages), heads: c.heads}, c.bytes >= s.data.chunkBytes
}

func newDictionary(ctx context.Context, c *chunk, room int) (*dictionary, error) {
	d := &dictionary{values: map[string]map[string]struct{}{}, room: room}
	for _, h := range c.heads {
		d.add(trace.Encoded{Resource: h.resource, Scope: h.scope})
	}
	n := 0
	for r := range c.records() {
		if n++; n%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !r.firehose {
			d.add(trace.Encoded{Span: c.encoded(r).Span})
		}
	}
	return d, nil
}

// add adds the tags of a span.
func (d *dictionary) add(e trace.Encoded) {
	tags(e, func(a attribute) bool {
		values := d.values[string(a.key)]
		if values == nil {
			if !d.take(len(a.key) + keyOverhead) {
				return true
			}
			values = map[string]struct{}{}
			d.values[string(a.key)] = values
		}
		if len(values) == maxValues {
			return true
		}
		text, ok := a.text()
		if !ok {
			text, ok = a.scalar()
		}
		if _, known := values[text]; ok && !known && len(text) < maxValueBytes && d.take(len(text)+valueOverhead) {
			values[strings.Clone(text)] = struct{}{}
		}
		return true
	})
}

// take reports whether there is room for so many bytes, and uses it.
func (d *dictionary) take(bytes int) bool {
	if bytes > d.room {
		return false
	}
	d.room -= bytes
	return true
}

// scalar returns a value that is a number or a boolean as text.
func (a attribute) scalar() (string, bool) {
	v := a.value()
	switch v.Type() {
	case pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBool:
		return v.AsString(), true
	default:
		return "", false
	}
}

// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// epoch is a number of spans since the first, in steps. What was last seen
// before the epoch of the oldest span is of no span any more.
type epoch uint32

const (
	epochBits       = 12 // of the number of a span that are left out
	forever   epoch = 1<<32 - 1
)

// slack is by how many epochs what is known of keys and values may be old, so
// that they are not written in each epoch. There are few of them; operations,
// of which there is no limit, are exact.
const slack epoch = 16

func (e epoch) withSlack() epoch { return e - min(e, slack) }

func epochOf(span int64) epoch { return epoch(min(max(span, 0)>>epochBits, int64(forever)-1)) }

// dictionary gives keys their numbers, and knows which values are listed.
type dictionary struct {
	now    epoch // of what is written
	keys   map[string]*keyEntry
	byID   map[keyID]*keyEntry
	nextID keyID
	others bool // a tag had no key number
	listed map[token]epoch

	newKeys   []*keyEntry
	newValues []listedValue

	fieldTokens, tagTokens []token // reused

	// file is set while a follower reads: nothing is added, and which values are
	// listed is looked up there.
	file *conn
}

type keyEntry struct {
	id     keyID
	name   string
	seen   epoch
	values int // that are listed
	saved  bool
}

type listedValue struct {
	key   keyID
	text  string
	token token
	seen  epoch
}

func newDictionary() *dictionary {
	d := &dictionary{keys: map[string]*keyEntry{}, byID: map[keyID]*keyEntry{}, listed: map[token]epoch{}, nextID: firstKey}
	for id := otherKeys; id <= keyStatus; id++ {
		d.byID[id] = &keyEntry{id: id}
	}
	return d
}

// tag adds the tokens of a tag to tokens.
func (d *dictionary) tag(tokens []token, key string, v pcommon.Value) []token {
	k := d.key(key)
	if k == nil {
		return append(tokens, otherKeys.with(valueLong))
	}
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return d.value(tokens, k, v.Str(), true)
	case pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBool:
		return d.value(tokens, k, v.AsString(), true)
	default:
		return d.value(tokens, k, v.AsString(), false)
	}
}

// text adds the tokens of a tag that is text, or nothing when it is empty.
func (d *dictionary) text(tokens []token, key, text string) []token {
	if text == "" {
		return tokens
	}
	k := d.key(key)
	if k == nil {
		return append(tokens, otherKeys.with(valueLong))
	}
	return d.value(tokens, k, text, true)
}

// key returns the entry of a tag's key, or nil when it gets no number.
func (d *dictionary) key(name string) *keyEntry {
	k := d.keys[name]
	if d.file != nil {
		return k
	}
	if k == nil {
		if len(d.keys) >= maxKeys || len(name) >= maxText {
			if !d.others {
				d.others = true
				d.newKeys = append(d.newKeys, &keyEntry{id: otherKeys, seen: forever})
			}
			return nil
		}
		k = &keyEntry{id: d.free(), name: strings.Clone(name)}
		d.keys[k.name] = k
		d.byID[k.id] = k
	} else if k.seen >= d.now.withSlack() {
		return k
	}
	k.seen = d.now
	d.newKeys = append(d.newKeys, k)
	return k
}

// free returns a number that no key has; there are many more than maxKeys.
func (d *dictionary) free() keyID {
	for d.nextID > lastKey || d.byID[d.nextID] != nil {
		if d.nextID++; d.nextID > lastKey {
			d.nextID = firstKey
		}
	}
	return d.nextID
}

// value adds the tokens of a value of k.
func (d *dictionary) value(tokens []token, k *keyEntry, text string, list bool) []token {
	if len(text) >= maxText {
		return append(tokens, k.id.with(valueLong))
	}
	t := k.id.text(text)
	tokens = append(tokens, t)
	if n := number(text); n.Valid {
		if c := canonical(n); c != text {
			tokens = append(tokens, k.id.alias(c))
		}
	}
	switch {
	case list && d.file != nil:
		list = d.isListed(k, t, text)
	case list:
		seen, known := d.listed[t]
		if known && seen >= d.now.withSlack() {
			return tokens
		}
		list = known || k.values < maxKeyValues && len(d.listed) < maxDictionary
		if list {
			if !known {
				k.values++
			}
			d.listed[t] = d.now
			d.newValues = append(d.newValues, listedValue{k.id, text, t, d.now})
		}
	}
	if !list {
		tokens = append(tokens, k.id.with(valueUnlisted))
	}
	return tokens
}

// isListed looks up whether a value is listed. If that cannot be known it is not: then
// the spans that have it are read.
func (d *dictionary) isListed(k *keyEntry, t token, text string) bool {
	if _, ok := d.listed[t]; ok {
		return true
	}
	var found token
	err := d.file.one("SELECT token FROM value WHERE key = ? AND text = ?", []any{int64(k.id), []byte(text)}, &found)
	if err != nil {
		return false
	}
	if len(d.listed) < maxDictionary {
		d.listed[t] = 0
	}
	return true
}

// save writes what is new, which commit or undo follows.
func (d *dictionary) save(c *conn) error {
	rows := make([]any, 0, 4*max(len(d.newKeys), len(d.newValues)))
	for _, k := range d.newKeys {
		name := []byte(k.name)
		if k.id == otherKeys {
			name = nil
		}
		rows = append(rows, int64(k.id), name, int64(k.seen))
	}
	if err := c.insert("INSERT INTO key (id, name, seen)", "ON CONFLICT DO UPDATE SET seen = excluded.seen", 3, rows); err != nil {
		return err
	}
	rows = rows[:0]
	for _, v := range d.newValues {
		rows = append(rows, int64(v.key), []byte(v.text), int64(v.token), int64(v.seen))
	}
	return c.insert("INSERT INTO value (key, text, token, seen)", "ON CONFLICT DO UPDATE SET seen = excluded.seen", 4, rows)
}

// commit says that what is new is in the file.
func (d *dictionary) commit() {
	for _, k := range d.newKeys {
		k.saved = true
	}
	clear(d.newKeys)
	clear(d.newValues)
	d.newKeys, d.newValues = d.newKeys[:0], d.newValues[:0]
}

// undo forgets what is new.
func (d *dictionary) undo() {
	for _, k := range d.newKeys {
		switch {
		case k.id == otherKeys:
			d.others = false
		case k.saved:
			k.seen = 0
		default:
			delete(d.keys, k.name)
			delete(d.byID, k.id)
		}
	}
	for _, v := range d.newValues {
		delete(d.listed, v.token)
		if k := d.byID[v.key]; k != nil {
			k.values--
		}
	}
	d.newKeys, d.newValues = nil, nil
}

// load reads what save wrote.
func (d *dictionary) load(ctx context.Context, c *conn) error {
	if err := d.loadKeys(ctx, c); err != nil {
		return err
	}
	return c.each(ctx, "SELECT token, seen FROM value", nil, func(scan func(...any) error) error {
		var t token
		var seen epoch
		if err := scan(&t, &seen); err != nil {
			return err
		}
		d.listed[t] = seen
		if k := d.byID[keyID(t>>hashBits)]; k != nil {
			k.values++
		}
		return nil
	})
}

func (d *dictionary) loadKeys(ctx context.Context, c *conn) error {
	return c.each(ctx, "SELECT id, coalesce(name, ''), seen FROM key", nil, func(scan func(...any) error) error {
		k := &keyEntry{saved: true}
		if err := scan(&k.id, &k.name, &k.seen); err != nil {
			return err
		}
		if k.id == otherKeys {
			d.others = true
			return nil
		}
		d.keys[k.name], d.byID[k.id] = k, k
		d.nextID = max(d.nextID, k.id+1)
		return nil
	})
}

// forget removes what was last seen before an epoch.
func (d *dictionary) forget(before epoch, c *conn) error {
	if err := c.exec("DELETE FROM operation WHERE seen < ?", int64(before)); err != nil {
		return err
	}
	before = before.withSlack()
	for t, seen := range d.listed {
		if seen < before {
			delete(d.listed, t)
			if k := d.byID[keyID(t>>hashBits)]; k != nil {
				k.values--
			}
		}
	}
	for name, k := range d.keys {
		if k.seen < before {
			delete(d.keys, name)
			delete(d.byID, k.id)
		}
	}
	for _, table := range []string{"value", "key"} {
		if err := c.exec("DELETE FROM "+table+" WHERE seen < ?", int64(before)); err != nil {
			return err
		}
	}
	return nil
}

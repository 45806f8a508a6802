// SPDX-License-Identifier: Apache-2.0

package spurtest

import "github.com/go-spur/spur/model"

// Tag returns the value of a tag as string, bool, int64, float64 or []byte, and nil
// when the span has no such tag:
//
//	if spurtest.Tag(span, "error") != true { … }
func Tag(s model.Span, key string) any { return lookup(s.Tags, key) }

// Event returns the first log of the span whose field "event" is name. It reports
// false when there is none.
func Event(s model.Span, name string) (l model.Log, ok bool) {
	for _, l := range s.Logs {
		if Field(l, "event") == any(name) {
			return l, true
		}
	}
	return model.Log{}, false
}

// Field returns the value of a log's field as Tag does that of a tag.
func Field(l model.Log, key string) any { return lookup(l.Fields, key) }

func lookup(tags []model.Tag, key string) any {
	for i := range tags {
		if tags[i].Key == key {
			return tags[i].Value.Any()
		}
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package jaeger

// Tag is a key and a value: of a process, or what a sampler adds to a span.
type Tag struct {
	key   string
	value interface{}
}

// NewTag makes a Tag.
func NewTag(key string, value interface{}) Tag { return Tag{key: key, value: value} }

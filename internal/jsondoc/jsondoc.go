// SPDX-License-Identifier: Apache-2.0

// Package jsondoc reads JSON that servers and users write, within bounds and with
// errors that name the field and the value. It stands on encoding/json: keys match
// in any case, of two that are the same the last one counts, and nesting ends at
// 10,000 levels.
package jsondoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"

	"github.com/go-spur/spur/internal/format"
)

// ErrTooLong is the error for a document that is longer than the limit.
var ErrTooLong = errors.New("too long")

// Quoted is an error that quotes a piece of a document. Its text is Value, a space
// and Reason.
type Quoted struct{ Value, Reason string }

// quoted is how many bytes Quote leaves of a value.
const quoted = 64

// Quote returns a Quoted error with a value that is not too long.
func Quote(value, reason string) error {
	return &Quoted{format.Short(value, quoted), reason}
}

// Error implements error.
func (q *Quoted) Error() string { return q.Value + " " + q.Reason }

// Unmarshal is json.Unmarshal for a document of at most limit bytes. If a value has
// the wrong type, the error is the name of its field and a Quoted error.
func Unmarshal(document []byte, limit int, v any) error {
	if len(document) > limit {
		return fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLong, len(document), limit)
	}
	return explain(json.Unmarshal(document, v))
}

// explain tells what value has the wrong type.
func explain(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	err = Quote(wrong.Value, "is not "+kind(wrong.Type))
	if wrong.Field != "" {
		err = fmt.Errorf("%s: %w", wrong.Field, err)
	}
	return err
}

func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "a boolean"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a number in range"
}

// Element is one of a list.
type Element[T any] struct {
	Value T
	Raw   json.RawMessage // part of the list
	Err   error           // as from Unmarshal
}

// IsList reports whether text, which is valid JSON, is a list, null or nothing.
func IsList(text json.RawMessage) bool {
	text = bytes.TrimLeft(text, space)
	return len(text) == 0 || text[0] == '[' || text[0] == 'n'
}

const space = " \t\r\n"

// Elements goes through a list, one element at a time, so that a list with too many
// costs no more than those that are wanted. list is valid JSON; what is no list has
// no elements.
func Elements[T any](list json.RawMessage) iter.Seq2[int, Element[T]] {
	return func(yield func(int, Element[T]) bool) {
		d := json.NewDecoder(bytes.NewReader(list))
		if first, err := d.Token(); err != nil || first != json.Delim('[') {
			return
		}
		var e Element[T] // one for all: it is on the heap
		for i := 0; d.More(); i++ {
			e = Element[T]{}
			start := d.InputOffset()
			e.Err = explain(d.Decode(&e.Value))
			e.Raw = bytes.TrimLeft(list[start:d.InputOffset()], space+",")
			if !yield(i, e) {
				return
			}
		}
	}
}

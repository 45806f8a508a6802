// SPDX-License-Identifier: Apache-2.0

package record

import (
	"math"
	"reflect"
	"unsafe"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
)

// SimpleFields is how many fields a log may have for Simple.
const SimpleFields = 4

// Simple is Fields for a few short texts, booleans and common numbers, as most logs have
// them: nothing of theirs has to run, so they need no encoder. It writes them to the
// beginning of into. If it returns false they are for Fields.
func (f *Freezer) Simple(into *[SimpleFields]model.Tag, fields []log.Field) bool {
	limits := &f.limits
	if len(fields) > min(len(into), limits.FieldsPerLog) || f.redactor != nil || !fieldsKnown {
		return false
	}
	for i := range fields {
		field, tag := viewField(&fields[i]), &into[i]
		if !plain(field.key, limits.Key) {
			return false
		}
		tag.Key = field.key
		switch field.kind {
		case textField:
			if !plain(field.text, min(limits.Log.Bytes, limits.Log.Characters)) {
				return false
			}
			tag.Value = model.String(field.text)
		case boolField:
			tag.Value = model.Bool(field.number != 0)
		case intField, int64Field:
			tag.Value = model.Int64(field.number)
		case float64Field:
			tag.Value = model.Float64(math.Float64frombits(uint64(field.number)))
		default:
			return false
		}
	}
	return true
}

// fieldView is what a log.Field has. Its Marshal wants an encoder, which takes memory, and
// its Value an interface.
type fieldView struct {
	key    string
	kind   int
	number int64
	text   string
	object any
}

// Kinds of log.Field.
const (
	textField    = 0
	boolField    = 1
	intField     = 2
	int64Field   = 5
	float64Field = 8
)

func viewField(f *log.Field) *fieldView { return (*fieldView)(unsafe.Pointer(f)) }

// fieldsKnown reports whether log.Field is what fieldView takes it for.
var fieldsKnown = sameLayout(reflect.TypeFor[log.Field](), reflect.TypeFor[fieldView]()) && sameKinds()

// sameLayout compares structs of fields that are no structs or arrays themselves.
func sameLayout(a, b reflect.Type) bool {
	same := a.Kind() == reflect.Struct && a.NumField() == b.NumField()
	for i := 0; same && i < b.NumField(); i++ {
		same = a.Field(i).Type.Kind() == b.Field(i).Type.Kind()
	}
	return same
}

func sameKinds() bool {
	one := math.Float64frombits(1)
	kinds := [...]int{textField, boolField, intField, int64Field, float64Field}
	for i, f := range [...]log.Field{log.String("", "v"), log.Bool("", true), log.Int("", 1), log.Int64("", 1), log.Float64("", one)} {
		if v := viewField(&f); v.kind != kinds[i] || v.number+int64(len(v.text)) != 1 {
			return false
		}
	}
	return true
}

// SPDX-License-Identifier: Apache-2.0

package x

import (
	"math"
	"reflect"
)

// normalized returns a value that is equal to that of another value exactly if both stand
// for the same text, bool or number, or are equal in Go. It is false for what Go cannot
// compare.
func normalized(value interface{}) (interface{}, bool) {
	switch v := value.(type) { // what tags usually are
	case nil, string, bool, int64:
		return value, true
	case int:
		return int64(v), true
	}
	v := reflect.ValueOf(value)
	switch {
	case v.Kind() == reflect.String:
		return v.String(), true
	case v.Kind() == reflect.Bool:
		return v.Bool(), true
	case v.CanInt():
		return v.Int(), true
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return int64(v.Uint()), true
	case v.CanUint():
		return v.Uint(), true
	case v.CanFloat():
		return number(v.Float()), true
	}
	return value, v.Comparable()
}

// number makes an integer of a float that is one.
func number(f float64) interface{} {
	switch {
	case f != math.Trunc(f):
		return f
	case -(1<<63) <= f && f < 1<<63:
		return int64(f)
	case 0 < f && f < 1<<64:
		return uint64(f)
	}
	return f
}

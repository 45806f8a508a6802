// SPDX-License-Identifier: Apache-2.0

package format

import (
	"cmp"
	"reflect"
	"sort"
)

type entry struct{ key, value reflect.Value }

// sortedEntries returns up to MaxMapEntries entries of a map in the order of
// their keys, and whether those are all. Large keys and values are copied as the
// map is read, so there are fewer of them: about a megabyte.
func sortedEntries(m reflect.Value) (entries []entry, all bool) {
	size := m.Type().Key().Size() + m.Type().Elem().Size()
	n := min(m.Len(), MaxMapEntries, int(max(1, (1<<20)/(size+1))))
	entries = make([]entry, 0, n)
	for it := m.MapRange(); len(entries) < n && it.Next(); {
		entries = append(entries, entry{it.Key(), it.Value()})
	}
	sort.SliceStable(entries, func(i, j int) bool { return compare(entries[i].key, entries[j].key, 0) < 0 })
	return entries, n == m.Len()
}

// compare orders keys as fmt does: numbers, strings and addresses ascending, NaN
// and nil and false first, structs and arrays by their first difference,
// interfaces by type and then by value. Below MaxDepth keys count as equal.
func compare(a, b reflect.Value, depth int) int {
	if depth > MaxDepth || a.Kind() != b.Kind() {
		return 0
	}
	switch a.Kind() {
	case reflect.Bool:
		return boolInt(a.Bool()) - boolInt(b.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return cmp.Compare(a.Uint(), b.Uint())
	case reflect.Float32, reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case reflect.Complex64, reflect.Complex128:
		x, y := a.Complex(), b.Complex()
		return cmp.Or(cmp.Compare(real(x), real(y)), cmp.Compare(imag(x), imag(y)))
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Pointer, reflect.UnsafePointer, reflect.Chan:
		return cmp.Compare(a.Pointer(), b.Pointer())
	case reflect.Struct:
		return compareAll(a.NumField(), a.Field, b.Field, depth)
	case reflect.Array:
		return compareAll(a.Len(), a.Index, b.Index, depth)
	case reflect.Interface:
		return compareDynamic(a.Elem(), b.Elem(), depth)
	}
	return 0
}

func compareAll(n int, a, b func(int) reflect.Value, depth int) int {
	for i := range n {
		if c := compare(a(i), b(i), depth+1); c != 0 {
			return c
		}
	}
	return 0
}

// compareDynamic compares what interfaces hold; nothing is the zero Value.
func compareDynamic(a, b reflect.Value, depth int) int {
	if !a.IsValid() || !b.IsValid() {
		return boolInt(a.IsValid()) - boolInt(b.IsValid())
	}
	if a.Type() == b.Type() {
		return compare(a, b, depth+1)
	}
	return cmp.Compare(reflect.ValueOf(a.Type()).Pointer(), reflect.ValueOf(b.Type()).Pointer())
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

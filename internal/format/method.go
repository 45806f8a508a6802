// SPDX-License-Identifier: Apache-2.0

package format

import "reflect"

type stringer interface{ String() string }

// hasMethod reports whether it is worth making an interface of v, which may copy
// it, to call a method.
func hasMethod(v reflect.Value) bool {
	t := v.Type()
	return t.NumMethod() > 0 && v.CanInterface() &&
		(t.Implements(reflect.TypeFor[error]()) || t.Implements(reflect.TypeFor[stringer]()))
}

// method appends what v's Error or String method returns, and reports whether v
// has one. A panic in it goes no further. (A runtime.Goexit does: recover returns
// nil, and the goroutine ends.)
func (p *printer) method(v any) (handled bool) {
	name := "Error"
	defer func() {
		if r := recover(); r != nil {
			p.panicked(v, name, r)
			handled = true
		}
	}()
	var s string
	switch x := v.(type) {
	case error:
		s = x.Error()
	case stringer:
		name = "String"
		s = x.String()
	default:
		return false
	}
	p.text(s)
	return true
}

// panicked appends what is known about a panic with r in a method of v.
func (p *printer) panicked(v any, name string, r any) {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
		p.text("<nil>")
		return
	}
	if p.panicking { // r of an outer panic has such a method itself
		p.text("!(PANIC=" + name + " method)")
		return
	}
	p.text("!(PANIC=" + name + " method: ")
	p.bounded(r, maxPanicBytes)
	p.text(")")
}

// bounded formats v, the argument of a panic, in at most n bytes.
func (p *printer) bounded(v any, n int) {
	if p.full {
		return
	}
	limit, start := p.limit, len(p.buf)
	p.limit = min(limit, start+n)
	p.panicking = true
	p.top(v)
	p.panicking = false
	if p.full && p.limit < limit {
		p.markEnd(start)
		p.full = false
	}
	p.limit = limit
}

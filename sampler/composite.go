// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"sync"

	"github.com/go-spur/spur/internal/guard"
)

// Composite is a sampler that asks others. Asks returns those it owns; the result
// does not change. If a Composite is an io.Closer, its Close closes them, too.
//
// A sampler of your own that wraps one which another sampler may go on asking
// should implement it: see CloseUnused.
type Composite interface {
	Sampler
	Asks() []Sampler
}

// owner is a sampler that owns those that it asks.
type owner interface {
	Stateful
	Composite
	Statuser
	io.Closer
}

var _, _, _, _, _ owner = (*ParentBased)(nil), (*Overruling)(nil), (*First)(nil), (*Any)(nil), (*Overrides)(nil)

// CloseUnused closes old and all that it asks, each io.Closer once, except what next
// is or asks. It joins the errors, and those of panics. A Composite of another package
// is closed by its own Close if next asks nothing that it asks; otherwise what it asks
// is closed one by one, and itself not at all. Either sampler may be nil.
func CloseUnused(old, next Sampler) error {
	c := closing{}
	c.inUse.addAll(next)
	c.find(old)
	return c.close()
}

func (c *closing) close() error {
	var errs []error
	for _, s := range append(c.composites, c.leaves...) {
		if c.others.has(s) {
			continue
		}
		if err := guard.Try(s.(io.Closer).Close); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// closing is what CloseUnused finds.
type closing struct {
	inUse, found samplerSet
	composites   []Sampler  // to be closed
	others       samplerSet // what those close
	leaves       []Sampler  // to be closed unless composites do
}

func (c *closing) find(s Sampler) {
	if s == nil || c.inUse.has(s) || !c.found.add(s) {
		return
	}
	asked := asks(s)
	_, closes := s.(io.Closer)
	switch {
	case closes && !ours(s) && len(asked) == 0:
		c.leaves = append(c.leaves, s)
		return
	case closes && !ours(s) && !c.anyInUse(s):
		c.composites = append(c.composites, s)
		for _, a := range asked {
			c.others.addAll(a)
		}
		return
	}
	for _, a := range asked {
		c.find(a)
	}
}

// anyInUse reports whether s asks one that is in use, however far down.
func (c *closing) anyInUse(s Sampler) bool {
	var below samplerSet
	below.addAll(s)
	return slices.ContainsFunc(below.all, c.inUse.has)
}

// maxSamplers ends the walk through a foreign Composite that makes up what it asks.
const maxSamplers = 100_000

// samplerSet holds samplers, also those that are no map keys.
type samplerSet struct {
	keys map[Sampler]bool
	rest []Sampler
	all  []Sampler
}

func (l *samplerSet) has(s Sampler) bool {
	v := reflect.ValueOf(s)
	if v.Comparable() {
		return l.keys[s]
	}
	return slices.ContainsFunc(l.rest, func(r Sampler) bool { return isSame(reflect.ValueOf(r), v) })
}

// add reports whether s is new.
func (l *samplerSet) add(s Sampler) bool {
	if len(l.all) == maxSamplers || l.has(s) {
		return false
	}
	if l.all = append(l.all, s); !reflect.ValueOf(s).Comparable() {
		l.rest = append(l.rest, s)
		return true
	}
	if l.keys == nil {
		l.keys = map[Sampler]bool{}
	}
	l.keys[s] = true
	return true
}

// addAll adds s and all that it asks.
func (l *samplerSet) addAll(s Sampler) {
	if s == nil || !l.add(s) {
		return
	}
	for _, a := range asks(s) {
		l.addAll(a)
	}
}

// isSame is == for values that cannot be compared: the same slices and maps make
// two structs the same. Functions are never the same.
func isSame(a, b reflect.Value) bool {
	if a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !isSame(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		return a.UnsafePointer() == b.UnsafePointer() && a.Len() == b.Len()
	case reflect.Map:
		return a.UnsafePointer() == b.UnsafePointer()
	}
	return a.Comparable() && b.Comparable() && a.Equal(b)
}

// asks is nil if the Composite panics.
func asks(s Sampler) (asked []Sampler) {
	if composite, ok := s.(Composite); ok {
		_ = guard.Run(func() { asked = composite.Asks() })
	}
	return asked
}

// ours reports whether Close of s only closes what s asks.
func ours(s Sampler) bool {
	switch s.(type) {
	case *ParentBased, *Overruling, *First, *Any, *Overrides:
		return true
	}
	return false
}

// closer is the Close of our Composites. Its zero value is ready.
type closer struct{ once sync.Once }

func (c *closer) close(owned []Sampler) (err error) {
	c.once.Do(func() {
		all := closing{}
		for _, s := range owned {
			all.find(s)
		}
		err = all.close()
	})
	return err
}

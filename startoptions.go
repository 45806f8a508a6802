// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur/internal/guard"
)

// Reference types of ours, beside OpenTracing's two. They never reach a wire.
const (
	selfRef opentracing.SpanReferenceType = 99 // the number jaeger-client-go gives it
	linkRef opentracing.SpanReferenceType = 98
)

// SelfRef is a start option: the span gets sc's own ids instead of new ones, as when a
// span recorded elsewhere is replayed. An invalid sc is ignored.
func SelfRef(sc opentracing.SpanContext) opentracing.SpanReference {
	return opentracing.SpanReference{Type: selfRef, ReferencedContext: sc}
}

// Link is a start option: the span refers to sc, but does not descend from it.
// On the wire it is a FOLLOWS_FROM reference.
func Link(sc opentracing.SpanContext) opentracing.SpanReference {
	return opentracing.SpanReference{Type: linkRef, ReferencedContext: sc}
}

// startOptions gathers the options of one span. It lives on the stack.
type startOptions struct {
	time  time.Time
	nrefs int
	ntags int
	refs  [4]startReference
	tags  [4]opentracing.Tag

	moreRefs []startReference
	moreTags []opentracing.Tag
	tagMap   opentracing.Tags // one Tags option; further ones go to moreTags
	mapAt    int              // how many tags came before it
	foreign  int              // references to other tracers' contexts
	panics   int              // options and spans of others that panicked

	namer Namer // until it was asked

	prioritized bool // the last sampling.priority is an integer: priority
	priority    int64
}

type startReference struct {
	kind opentracing.SpanReferenceType
	ctx  SpanContext
}

// add takes one option in. OpenTracing's own are read directly; the options of
// others go through Apply.
func (o *startOptions) add(opt opentracing.StartSpanOption) {
	switch opt := opt.(type) {
	case opentracing.SpanReference:
		o.addReference(opt)
	case opentracing.Tag:
		o.addTag(opt.Key, opt.Value)
	case opentracing.Tags:
		if o.tagMap == nil {
			o.tagMap, o.mapAt = opt, o.ntags+len(o.moreTags)
			if v, ok := opt[samplingPriority]; ok {
				o.priority, o.prioritized = asInteger(v)
			}
			return
		}
		for k, v := range opt {
			o.addTag(k, v)
		}
	case opentracing.StartTime:
		o.time = time.Time(opt)
	case Links:
		for _, c := range opt {
			o.addReference(Link(c))
		}
	case Namer:
		o.namer = opt
	case nil:
	default:
		if rpcServerOption.matches(opt) {
			if ctx := rpcServerOption.context(opt); ctx != nil {
				o.addReference(opentracing.ChildOf(ctx))
			}
			o.addTag(string(ext.SpanKind), ext.SpanKindEnum("server")) // a constant, which takes no memory
			return
		}
		o.apply(opt)
	}
}

func (o *startOptions) addReference(r opentracing.SpanReference) {
	if r.ReferencedContext == nil {
		return
	}
	ctx, ok := ownContext(r.ReferencedContext)
	if !ok {
		o.foreign++
		return
	}
	if ctx.spanContext == nil {
		return
	}
	if o.nrefs < len(o.refs) {
		o.refs[o.nrefs] = startReference{r.Type, ctx}
		o.nrefs++
		return
	}
	o.moreRefs = append(o.moreRefs, startReference{r.Type, ctx})
}

func (o *startOptions) addTag(key string, value any) {
	if key == samplingPriority {
		o.priority, o.prioritized = asInteger(value)
	}
	if o.ntags < len(o.tags) {
		o.tags[o.ntags] = opentracing.Tag{Key: key, Value: value}
		o.ntags++
		return
	}
	o.moreTags = append(o.moreTags, opentracing.Tag{Key: key, Value: value})
}

func (o *startOptions) hasTags() bool { return o.ntags > 0 || len(o.tagMap) > 0 }

// undirected reports whether the options say nothing but tags and names, so that the sampler
// alone decides.
func (o *startOptions) undirected() bool {
	return o.nrefs == 0 && !o.prioritized && o.time.IsZero()
}

// eachTag calls f for the start tags in the order they were given: of two with
// the same key the later one counts.
func (o *startOptions) eachTag(f func(key string, value any)) {
	n := o.ntags + len(o.moreTags)
	for i := 0; i <= n; i++ {
		if i == o.mapAt && len(o.tagMap) > 0 {
			for k, v := range o.tagMap {
				f(k, v)
			}
		}
		switch {
		case i < o.ntags:
			f(o.tags[i].Key, o.tags[i].Value)
		case i < n:
			f(o.moreTags[i-o.ntags].Key, o.moreTags[i-o.ntags].Value)
		}
	}
}

// hasParent reports whether a reference says where the span belongs, as links do
// not.
func (o *startOptions) hasParent() bool {
	for i := range o.references() {
		if o.reference(i).kind != linkRef {
			return true
		}
	}
	return false
}

// addParent makes the current span of a context the parent, or what a detached one
// follows.
func (o *startOptions) addParent(current opentracing.Span) {
	switch s := current.(type) {
	case nil:
	case *Span:
		if s != nil {
			o.addReference(opentracing.ChildOf(s.Context()))
		}
	case *detachedSpan:
		o.addReference(opentracing.FollowsFrom(s.Context()))
	default:
		var c opentracing.SpanContext
		o.call(func() { c = s.Context() })
		o.addReference(opentracing.ChildOf(c))
	}
}

// call runs code of others, and survives it.
func (o *startOptions) call(f func()) {
	if guard.Run(f) != nil {
		o.panics++
	}
}

func (o *startOptions) references() int { return o.nrefs + len(o.moreRefs) }

func (o *startOptions) reference(i int) *startReference {
	if i < o.nrefs {
		return &o.refs[i]
	}
	return &o.moreRefs[i-o.nrefs]
}

// foreignOptions lends an object to Apply, which makes it escape.
var foreignOptions = sync.Pool{New: func() any { return new(opentracing.StartSpanOptions) }}

// apply reads an option of unknown type.
func (o *startOptions) apply(opt opentracing.StartSpanOption) {
	f := foreignOptions.Get().(*opentracing.StartSpanOptions)
	o.call(func() { opt.Apply(f) })
	for _, r := range f.References {
		o.addReference(r)
	}
	for k, v := range f.Tags {
		o.addTag(k, v)
	}
	if !f.StartTime.IsZero() {
		o.time = f.StartTime
	}
	clear(f.References)
	f.References = f.References[:0]
	f.Tags = nil // its owner is the option
	f.StartTime = time.Time{}
	foreignOptions.Put(f)
}

// rpcServerOption reads ext.RPCServerOption, the option of every server
// middleware, without Apply and its two allocations. The type is not exported:
// its layout is verified once, and where it is not the expected one Apply serves.
var rpcServerOption = inspectRPCServerOption()

type rpcServerLayout struct{ typ reflect.Type }

func inspectRPCServerOption() rpcServerLayout {
	typ := reflect.TypeOf(ext.RPCServerOption(nil))
	if typ.Kind() != reflect.Struct || typ.NumField() != 1 ||
		typ.Field(0).Type != reflect.TypeFor[opentracing.SpanContext]() {
		return rpcServerLayout{}
	}
	return rpcServerLayout{typ}
}

func (l rpcServerLayout) matches(opt opentracing.StartSpanOption) bool {
	return l.typ != nil && reflect.TypeOf(opt) == l.typ
}

// context returns the option's only field. An interface value is a type word
// and a pointer to the struct, which holds one interface.
func (l rpcServerLayout) context(opt opentracing.StartSpanOption) opentracing.SpanContext {
	words := (*[2]unsafe.Pointer)(unsafe.Pointer(&opt))
	return *(*opentracing.SpanContext)(words[1])
}

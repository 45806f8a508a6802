// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"sync"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
)

var _ log.Encoder = (*lazyEncoder)(nil)

// maxLazy bounds lazy loggers that emit lazy loggers.
const maxLazy = 8

// EmitLazyLogger runs the logger at once, on the caller's goroutine and outside
// every lock, so that it may use the span. What it is handed stops working when
// it returns, also for goroutines that it started.
func (e *fieldEncoder) EmitLazyLogger(value log.LazyLogger) {
	if value == nil || e.lazy >= maxLazy {
		e.tracer.rare.fields.Add(1)
		return
	}
	l := &lazyEncoder{own: fieldEncoder{tracer: e.tracer, place: e.place, lazy: e.lazy + 1}}
	defer func() { // also when the logger panics
		for _, f := range l.close() {
			e.append(f.Key, f.Value)
		}
	}()
	value(l)
}

// lazyEncoder is the encoder a lazy logger sees. It gathers fields of its own,
// shared with nobody: the logger's goroutines may go on using it.
type lazyEncoder struct {
	mu     sync.Mutex
	own    fieldEncoder
	closed bool
}

// close ends the logger's time and returns what it has emitted.
func (l *lazyEncoder) close() []model.Tag {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	return l.own.fields
}

// add freezes a value, which may run the user's code, and then takes the lock.
func (l *lazyEncoder) add(key string, value any) {
	single := fieldEncoder{tracer: l.own.tracer, place: l.own.place, lazy: l.own.lazy}
	single.add(key, value)
	l.take(single.fields)
}

func (l *lazyEncoder) take(fields []model.Tag) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	for _, f := range fields {
		l.own.append(f.Key, f.Value)
	}
}

// EmitString and the methods below implement log.Encoder.
func (l *lazyEncoder) EmitString(key, value string)          { l.add(key, value) }
func (l *lazyEncoder) EmitBool(key string, value bool)       { l.add(key, value) }
func (l *lazyEncoder) EmitInt(key string, value int)         { l.add(key, value) }
func (l *lazyEncoder) EmitInt32(key string, value int32)     { l.add(key, value) }
func (l *lazyEncoder) EmitInt64(key string, value int64)     { l.add(key, value) }
func (l *lazyEncoder) EmitUint32(key string, value uint32)   { l.add(key, value) }
func (l *lazyEncoder) EmitUint64(key string, value uint64)   { l.add(key, value) }
func (l *lazyEncoder) EmitFloat32(key string, value float32) { l.add(key, value) }
func (l *lazyEncoder) EmitFloat64(key string, value float64) { l.add(key, value) }
func (l *lazyEncoder) EmitObject(key string, value any)      { l.add(key, value) }

// EmitLazyLogger runs a logger inside a logger.
func (l *lazyEncoder) EmitLazyLogger(value log.LazyLogger) {
	l.mu.Lock()
	closed := l.closed
	l.mu.Unlock()
	if closed {
		return
	}
	inner := fieldEncoder{tracer: l.own.tracer, place: l.own.place, lazy: l.own.lazy}
	defer func() { l.take(inner.fields) }()
	inner.EmitLazyLogger(value)
}

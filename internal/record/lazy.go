// SPDX-License-Identifier: Apache-2.0

package record

import (
	"sync"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
)

var _ log.Encoder = (*lazyFields)(nil)

// maxLazy bounds lazy loggers that emit lazy loggers.
const maxLazy = 8

// EmitLazyLogger runs the logger at once, on the caller's goroutine and outside
// every lock, so that it may use the span. What it is handed stops working when
// it returns, also for goroutines that it started.
func (e *Fields) EmitLazyLogger(value log.LazyLogger) {
	if value == nil || e.lazy >= maxLazy {
		e.freezer.fields.Add(1)
		return
	}
	l := &lazyFields{own: Fields{freezer: e.freezer, place: e.place, lazy: e.lazy + 1}}
	defer func() { // also when the logger panics
		for _, f := range l.close() {
			e.append(f.Key, f.Value)
		}
	}()
	value(l)
}

// lazyFields is the encoder a lazy logger sees. It gathers fields of its own,
// shared with nobody: the logger's goroutines may go on using it.
type lazyFields struct {
	mu     sync.Mutex
	own    Fields
	closed bool
}

// close ends the logger's time and returns what it has emitted.
func (l *lazyFields) close() []model.Tag {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	return l.own.tags
}

// add freezes a value, which may run the user's code, and then takes the lock.
func (l *lazyFields) add(key string, value any) {
	single := Fields{freezer: l.own.freezer, place: l.own.place, lazy: l.own.lazy}
	single.add(key, value)
	l.take(single.tags)
}

func (l *lazyFields) take(fields []model.Tag) {
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
func (l *lazyFields) EmitString(key, value string)          { l.add(key, value) }
func (l *lazyFields) EmitBool(key string, value bool)       { l.add(key, value) }
func (l *lazyFields) EmitInt(key string, value int)         { l.add(key, value) }
func (l *lazyFields) EmitInt32(key string, value int32)     { l.add(key, value) }
func (l *lazyFields) EmitInt64(key string, value int64)     { l.add(key, value) }
func (l *lazyFields) EmitUint32(key string, value uint32)   { l.add(key, value) }
func (l *lazyFields) EmitUint64(key string, value uint64)   { l.add(key, value) }
func (l *lazyFields) EmitFloat32(key string, value float32) { l.add(key, value) }
func (l *lazyFields) EmitFloat64(key string, value float64) { l.add(key, value) }
func (l *lazyFields) EmitObject(key string, value any)      { l.add(key, value) }

// EmitLazyLogger runs a logger inside a logger.
func (l *lazyFields) EmitLazyLogger(value log.LazyLogger) {
	l.mu.Lock()
	closed := l.closed
	l.mu.Unlock()
	if closed {
		return
	}
	inner := Fields{freezer: l.own.freezer, place: l.own.place, lazy: l.own.lazy}
	defer func() { l.take(inner.tags) }()
	inner.EmitLazyLogger(value)
}

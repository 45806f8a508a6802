// SPDX-License-Identifier: Apache-2.0

package record

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
)

var _ log.Encoder = (*Fields)(nil)

// Fields are the frozen fields of one log. As a log.Encoder they freeze what
// log.Field.Marshal hands over, which unlike Field.Value puts no number into an
// interface. They belong to one goroutine and come from a pool, unless a lazy logger
// fills them: it may hand them to goroutines that outlive it.
type Fields struct {
	freezer *Freezer
	place   Place
	tags    []model.Tag
	lazy    int // how many lazy loggers within each other fill them

	mu     sync.Mutex // if lazy: guards tags and closed
	closed bool       // the lazy logger has returned
}

// maxLazy bounds lazy loggers that emit lazy loggers.
const maxLazy = 8

var fieldsPool = sync.Pool{New: func() any { return new(Fields) }}

func (f *Freezer) newFields(place Place) *Fields {
	e := fieldsPool.Get().(*Fields)
	e.freezer, e.place = f, place
	return e
}

// Fields freezes OpenTracing's log fields, however badly their values behave.
func (f *Freezer) Fields(fields []log.Field) *Fields {
	e := f.newFields(Log)
	e.encode(fields)
	return e
}

// RedactedFields is Fields for values that the Redactor has seen.
func (f *Freezer) RedactedFields(fields []log.Field) *Fields {
	e := f.newFields(redacted)
	e.encode(fields)
	return e
}

// Data freezes OpenTracing's deprecated log data into the fields that its own
// ToLogRecord makes.
func (f *Freezer) Data(event string, payload any) *Fields {
	fields := [2]log.Field{log.Event(event), log.Noop()}
	if payload != nil {
		fields[1] = log.Object("payload", payload)
	}
	return f.Fields(fields[:])
}

// Pairs freezes alternating keys and values, or says why it cannot, in OpenTracing's
// words. (Its own log.InterleavedKVToFields runs fmt.Sprint on values, without bounds.)
func (f *Freezer) Pairs(pairs []any) *Fields {
	e := f.newFields(Log)
	if err := unpaired(pairs); err != nil {
		e.encode([]log.Field{log.Error(err), log.String("function", "LogKV")})
		return e
	}
	for i := 0; i < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		value := pairs[i+1]
		if v := reflect.ValueOf(value); value == nil || v.Kind() == reflect.Pointer && v.IsNil() {
			value = "nil"
		}
		e.add(key, value)
	}
	return e
}

func unpaired(pairs []any) error {
	if len(pairs)%2 != 0 {
		return fmt.Errorf("non-even keyValues len: %d", len(pairs))
	}
	for i := 0; i < len(pairs); i += 2 {
		if _, ok := pairs[i].(string); !ok {
			return fmt.Errorf("non-string key (pair #%d): %T", i/2, pairs[i])
		}
	}
	return nil
}

// Tags returns the fields. They are valid until Release.
func (e *Fields) Tags() []model.Tag { return e.tags }

// Release hands e back to the pool.
func (e *Fields) Release() {
	clear(e.tags)
	if e.tags = e.tags[:0]; cap(e.tags) > keepFields {
		e.tags = nil
	}
	e.freezer = nil
	fieldsPool.Put(e)
}

func (e *Fields) encode(fields []log.Field) {
	for len(fields) > 0 {
		fields = fields[e.marshal(fields):]
	}
}

// marshal freezes fields up to the first that panics, and returns how many it has
// dealt with. An error whose method panics becomes what fmt would print: "<nil>"
// for a nil pointer.
func (e *Fields) marshal(fields []log.Field) int {
	n, err := e.emit(fields)
	if err == nil {
		return n
	}
	value := fields[n].Value()
	if v := reflect.ValueOf(value); v.Kind() != reflect.Pointer || !v.IsNil() {
		e.freezer.panics.Add(1)
	}
	if _, ok := value.(error); !ok {
		value = "!(PANIC=" + strings.TrimPrefix(err.Error(), guard.ErrPanic.Error()+": ") + ")"
	}
	e.add(fields[n].Key(), value)
	return n + 1
}

// emit hands fields to the methods of log.Encoder, up to the first that panics. Of that
// one it returns the number.
func (e *Fields) emit(fields []log.Field) (n int, err error) {
	err = guard.ErrGoexit
	defer guard.Recover(&err)
	for n = range fields {
		fields[n].Marshal(e)
	}
	return len(fields), nil
}

// add freezes one field of any type.
func (e *Fields) add(key string, value any) {
	e.put(key, e.freezer.freeze(value, e.freezer.limits.Log))
}

// put adds a frozen value, unless the Redactor objects.
func (e *Fields) put(key string, v model.Value) {
	f := e.freezer
	if !plain(key, f.limits.Key) {
		key = f.key(key)
	}
	if f.redactor != nil && e.place != redacted {
		var keep bool
		if v, keep = f.redact(e.place, key, v, f.limits.Log); !keep {
			return
		}
	}
	if e.lazy > 0 {
		e.appendLazy(key, v)
	} else {
		e.append(key, v)
	}
}

// appendLazy is append for what a lazy logger fills.
func (e *Fields) appendLazy(key string, v model.Value) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		e.append(key, v)
	}
}

func (e *Fields) append(key string, v model.Value) {
	if len(e.tags) < e.freezer.limits.FieldsPerLog {
		e.tags = append(e.tags, model.Tag{Key: key, Value: v})
	} else {
		e.freezer.fields.Add(1)
	}
}

// close ends a lazy logger's time and returns what it has emitted.
func (e *Fields) close() []model.Tag {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	return e.tags
}

// EmitLazyLogger runs the logger at once, on the caller's goroutine and outside
// every lock, so that it may use the span. What it is handed stops working when
// it returns, also for goroutines that it started.
func (e *Fields) EmitLazyLogger(value log.LazyLogger) {
	e.mu.Lock()
	closed := e.closed
	e.mu.Unlock()
	switch {
	case closed:
		return
	case value == nil || e.lazy >= maxLazy:
		e.freezer.fields.Add(1)
		return
	}
	inner := &Fields{freezer: e.freezer, place: e.place, lazy: e.lazy + 1}
	defer func() { // also when the logger panics
		add := e.append
		if e.lazy > 0 {
			add = e.appendLazy
		}
		for _, f := range inner.close() {
			add(f.Key, f.Value)
		}
	}()
	value(inner)
}

// EmitString and the methods below implement log.Encoder.
func (e *Fields) EmitString(key, value string) {
	e.put(key, model.String(e.freezer.text(value, e.freezer.limits.Log)))
}
func (e *Fields) EmitBool(key string, value bool) { e.put(key, model.Bool(value)) }
func (e *Fields) EmitInt(key string, value int)   { e.put(key, model.Int64(int64(value))) }

func (e *Fields) EmitInt32(key string, value int32)     { e.put(key, model.Int64(int64(value))) }
func (e *Fields) EmitInt64(key string, value int64)     { e.put(key, model.Int64(value)) }
func (e *Fields) EmitUint32(key string, value uint32)   { e.put(key, model.Int64(int64(value))) }
func (e *Fields) EmitUint64(key string, value uint64)   { e.put(key, unsigned(value)) }
func (e *Fields) EmitFloat32(key string, value float32) { e.put(key, model.Float64(float64(value))) }
func (e *Fields) EmitFloat64(key string, value float64) { e.put(key, model.Float64(value)) }
func (e *Fields) EmitObject(key string, value any)      { e.add(key, value) }

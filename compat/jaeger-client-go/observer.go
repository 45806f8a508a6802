// SPDX-License-Identifier: Apache-2.0

package jaeger

import "github.com/opentracing/opentracing-go"

// Observer is told of each span that starts. The SpanObserver that it returns, unless
// nil, is told of the rest.
type Observer interface {
	OnStartSpan(operationName string, options opentracing.StartSpanOptions) SpanObserver
}

// SpanObserver is told what happens to one span, on the goroutine that calls the span.
type SpanObserver interface {
	OnSetOperationName(operationName string)
	OnSetTag(key string, value interface{})
	OnFinish(options opentracing.FinishOptions)
}

// ContribObserver is an Observer that gets the span, too. It returns false for a span
// that it does not want to be told of.
type ContribObserver interface {
	OnStartSpan(sp opentracing.Span, operationName string, options opentracing.StartSpanOptions) (ContribSpanObserver, bool)
}

// ContribSpanObserver is what SpanObserver is.
type ContribSpanObserver interface {
	OnSetOperationName(operationName string)
	OnSetTag(key string, value interface{})
	OnFinish(options opentracing.FinishOptions)
}

// plainObserver makes an Observer a ContribObserver.
type plainObserver struct{ Observer }

func (o plainObserver) OnStartSpan(_ opentracing.Span, operationName string, options opentracing.StartSpanOptions) (ContribSpanObserver, bool) {
	s := o.Observer.OnStartSpan(operationName, options)
	return s, s != nil
}

// observeStart returns the observers of a span that has started.
func (t *Tracer) observeStart(s *Span, operationName string, options opentracing.StartSpanOptions) (observers []ContribSpanObserver) {
	for _, o := range t.observers {
		t.guard("an observer's OnStartSpan", func() {
			if so, ok := o.OnStartSpan(s, operationName, options); ok && so != nil {
				observers = append(observers, so)
			}
		})
	}
	return observers
}

// observe tells a span's observers something.
func (s *Span) observe(what string, f func(ContribSpanObserver)) {
	for _, o := range s.watch.observers {
		s.tracer.guard(what, func() { f(o) })
	}
}

// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"syscall"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// callAll calls every method of receiver, with arguments that are all zero and with
// others, and returns what they return.
func callAll(t *testing.T, receiver any) map[string]string {
	t.Helper()
	more := []any{
		"sampling.priority", 1, int64(1), 1.5, true, time.Second, errors.New("boom"), context.Background(),
		opentracing.FinishOptions{FinishTime: time.Unix(9, 0), LogRecords: []opentracing.LogRecord{{Fields: []log.Field{log.Int("n", 1)}}}},
		opentracing.LogData{Event: "e"},
		log.Int("n", 1),
		opentracing.Tag{Key: "k", Value: 1},
		sampler.NewConst(true),
		func(string, string) bool { return true },
		SpanContext{},
		os.Signal(syscall.SIGTERM),
	}
	found := map[string]string{}
	v := reflect.ValueOf(receiver)
	for i := range v.NumMethod() {
		name, method := v.Type().Method(i).Name, v.Method(i)
		for _, zero := range []bool{true, false} {
			var args []reflect.Value
			for j := range method.Type().NumIn() {
				in := method.Type().In(j)
				variadic := method.Type().IsVariadic() && j == method.Type().NumIn()-1
				if variadic {
					in = in.Elem()
				}
				arg := reflect.Zero(in)
				for _, m := range more {
					if !zero && in.Kind() != reflect.Func == (reflect.TypeOf(m).Kind() != reflect.Func) && reflect.TypeOf(m).AssignableTo(in) {
						arg = reflect.ValueOf(m)
						break
					}
				}
				args = append(args, arg)
			}
			t.Run(fmt.Sprintf("%T.%s zero=%v", receiver, name, zero), func(t *testing.T) {
				var results []any
				for _, r := range method.Call(args) {
					if stop, ok := r.Interface().(func()); ok {
						stop()
						continue
					}
					results = append(results, r.Interface())
				}
				found[fmt.Sprintf("%s zero=%v", name, zero)] = describe(results)
			})
		}
	}
	return found
}

// describe leaves out which span it is: a nil one is as good as that of no context.
func describe(results []any) (text string) {
	for _, r := range results {
		switch r := r.(type) {
		case *Span, *Tracer, context.Context, Stats:
			text += fmt.Sprintf("%T ", r)
		case SpanContext:
			text += fmt.Sprintf("%v ", r.Model())
		default:
			text += fmt.Sprintf("%T %v ", r, r)
		}
	}
	return text
}

// Every method of a nil or zero *Tracer, of a nil *Span and of a zero SpanContext does nothing,
// and returns what those of the span without a context and of its tracer return.
func TestNilReceivers(t *testing.T) {
	for _, tt := range []struct{ none, disabled any }{
		{(*Span)(nil), nowhere},
		{(*Tracer)(nil), nowhere.tracer()},
		{&Tracer{}, nowhere.tracer()},
		{SpanContext{}, nowhere.SpanContext()},
	} {
		got, want := callAll(t, tt.none), callAll(t, tt.disabled)
		if len(got) < 10 {
			t.Errorf("%T has %d methods", tt.none, len(got))
		}
		for call, result := range want {
			if call == "WithBaggageItem zero=false" { // a context that carries the item, in either case
				continue
			}
			if got[call] != result {
				t.Errorf("%T.%s: %q, want %q", tt.none, call, got[call], result)
			}
		}
	}
	if st := nowhere.tracer().Stats(); st.Spans.Started != 0 || st.Spans.Open != 0 {
		t.Errorf("%+v", st.Spans)
	}
}

// What is nil in a context or in an argument starts a root, or records nothing.
func TestNilArguments(t *testing.T) {
	tracer, got := newTestTracer(t)
	var span *Span
	var none context.Context
	for name, ctx := range map[string]context.Context{
		"nil": none, "a nil span": ContextWithSpan(none, nil), "OpenTracing's nil span": opentracing.ContextWithSpan(context.Background(), span),
		"detached": Detach(none), "detached from a nil span": Detach(opentracing.ContextWithSpan(context.Background(), span)),
	} {
		_, s := tracer.Start(ctx, name,
			nil, opentracing.ChildOf(nil), opentracing.ChildOf(span.Context()), SelfRef(nil), Link(nil), Links(nil), Links{nil, span.Context()},
			opentracing.Tags(nil), TrustCaller.Reference(nil), LinkCaller.Reference(nil), IgnoreCaller.Reference(nil))
		s.SetTag("", nil).SetTag("error", error(nil)).SetTag("span", span)
		s.SetError(nil).LogFields()
		s.LogKV()
		s.LogPanic(nil)
		s.FinishWithOptions(opentracing.FinishOptions{})
		if SpanFromContext(ctx) != nowhere || s.SpanContext().ParentID() != 0 {
			t.Errorf("%s: %v", name, s)
		}
	}
	if n := len(got.all()); n != 5 {
		t.Errorf("%d spans reported, want 5", n)
	}
	if st := tracer.Stats(); st.Cut.Panics != 0 {
		t.Errorf("%d panics", st.Cut.Panics)
	}
	for _, err := range []error{
		tracer.Inject(nil, opentracing.TextMap, opentracing.TextMapCarrier{}),
		tracer.Inject(span.Context(), nil, opentracing.TextMapCarrier{}),
		tracer.Inject(span.Context(), opentracing.TextMap, nil),
		tracer.Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(nil)),
	} {
		if err == nil {
			t.Error("Inject of nil, without an error")
		}
	}
	if _, err := tracer.Extract(opentracing.TextMap, nil); !errors.Is(err, opentracing.ErrInvalidCarrier) {
		t.Errorf("Extract: %v", err)
	}
	if c := NewSpanContext(model.Context{}).Baggage(); c.Len() != 0 {
		t.Errorf("%v", c)
	}
}

// tagsOnFinish hands over the tags of finished spans.
type tagsOnFinish chan map[string]any

func (c tagsOnFinish) OnFinish(_ *Span, data *model.Span) { c <- tagMap(data.Tags) }

// Go has no function to run: the span says so, and the program goes on.
func TestGoOfNil(t *testing.T) {
	finished := make(tagsOnFinish, 1)
	tracer, _ := newTestTracer(t, WithObserver(finished))
	ctx, _ := tracer.Start(context.Background(), "root")
	Go(ctx, "nothing", nil)
	if tags := <-finished; tags["error"] != true {
		t.Errorf("%v", tags)
	}
}

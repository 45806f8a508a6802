// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/spurtest"
	jaeger "github.com/uber/jaeger-client-go"
)

type panickingError struct{}

func (panickingError) Error() string { panic("no") }

type panickingStringer struct{}

func (panickingStringer) String() string { panic("no") }

// hostile are uses of a span that a process must survive, and the span too.
func hostile() map[string]func(*jaeger.Span) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	list := []any{nil}
	list[0] = list
	return map[string]func(*jaeger.Span){
		"large tag":            func(s *jaeger.Span) { s.SetTag("k", strings.Repeat("x", 10<<20)) },
		"large key":            func(s *jaeger.Span) { s.SetTag(strings.Repeat("x", 1<<20), 1) },
		"large name":           func(s *jaeger.Span) { s.SetOperationName(strings.Repeat("x", 1<<20)) },
		"large log":            func(s *jaeger.Span) { s.LogFields(log.String("k", strings.Repeat("x", 1<<20))) },
		"many tags":            func(s *jaeger.Span) { many(10_000, func(i int) { s.SetTag(fmt.Sprint(i), i) }) },
		"many times one tag":   func(s *jaeger.Span) { many(100_000, func(i int) { s.SetTag("k", i) }) },
		"many logs":            func(s *jaeger.Span) { many(20_000, func(i int) { s.LogKV("k", i) }) },
		"invalid UTF-8":        func(s *jaeger.Span) { s.SetTag("k\xff", "v\xff").SetOperationName("\xff").LogKV("\xff", "\xff") },
		"typed nil error":      func(s *jaeger.Span) { s.SetTag("k", (*nilError)(nil)).LogFields(log.Error((*nilError)(nil))) },
		"panicking error":      func(s *jaeger.Span) { s.SetTag("k", panickingError{}).LogFields(log.Error(panickingError{})) },
		"panicking String":     func(s *jaeger.Span) { s.SetTag("k", panickingStringer{}).LogKV("k", panickingStringer{}) },
		"nil error":            func(s *jaeger.Span) { s.LogFields(log.Error(nil)) },
		"panicking lazy field": func(s *jaeger.Span) { s.LogFields(log.Lazy(func(log.Encoder) { panic("no") })) },
		"nil lazy field":       func(s *jaeger.Span) { s.LogFields(log.Lazy(nil)) },
		"reentrant lazy field": func(s *jaeger.Span) { s.LogFields(log.Lazy(func(log.Encoder) { s.SetTag("k", 1); s.Finish() })) },
		"cyclic map":           func(s *jaeger.Span) { s.SetTag("k", cycle).LogFields(log.Object("k", cycle)) },
		"cyclic list":          func(s *jaeger.Span) { s.SetTag("k", list).LogKV("k", list) },
		"reused bytes": func(s *jaeger.Span) {
			b := []byte("before")
			s.SetTag("k", b)
			copy(b, "behind")
		},
		"reused fields": func(s *jaeger.Span) {
			fields := []log.Field{log.String("k", "before")}
			s.LogFields(fields...)
			fields[0] = log.Error((*nilError)(nil))
		},
		"numbers": func(s *jaeger.Span) {
			s.SetTag("nan", math.NaN()).SetTag("inf", math.Inf(1)).SetTag("u", uint64(math.MaxUint64))
		},
		"no values": func(s *jaeger.Span) {
			s.SetTag("", nil).SetTag("c", make(chan int)).LogKV("odd")
			s.LogKV()
			s.LogFields()
		},
		"nothing as a log": func(s *jaeger.Span) { s.LogEvent(""); s.Log(opentracing.LogData{}) },
		"end before start": func(s *jaeger.Span) { s.FinishWithOptions(opentracing.FinishOptions{FinishTime: time.Unix(-1<<40, 0)}) },
		"finished twice":   func(s *jaeger.Span) { s.Finish(); s.SetTag("k", 1); s.Finish() },
		"logs of Finish": func(s *jaeger.Span) {
			s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{{Fields: []log.Field{log.Error((*nilError)(nil)), log.Lazy(nil)}}}})
		},
	}
}

func many(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

// Whatever one span is used for, it is sent once, and so are those around it: by spur, and
// through a transport of the program's own.
func TestHostileValues(t *testing.T) {
	spurtest.CheckLeaks(t)
	for name, use := range hostile() {
		t.Run(name, func(t *testing.T) {
			for _, wrap := range []func(jaeger.Transport) jaeger.Transport{
				func(tp jaeger.Transport) jaeger.Transport { return tp },
				func(tp jaeger.Transport) jaeger.Transport { return byHand{tp} },
			} {
				agent := spurtest.NewAgent(t)
				r := jaeger.NewRemoteReporter(wrap(udpTransport(t, agent.Addr())))
				tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), r)
				start(tracer, "before").Finish()
				s := start(tracer, "hostile", opentracing.Tag{Key: "id", Value: 1})
				use(s)
				s.Finish()
				start(tracer, "behind").Finish()
				_ = closer.Close()
				n := 3
				if strings.HasPrefix(name, "many ") && agent.Received() < 3 {
					n = 2 // through AgentClientUDP, which does not trim
				}
				arrived(t, agent, n)
			}
		})
	}
}

func TestHostileValuesInThrift(t *testing.T) {
	tracer, memory := newTracer(t, nil)
	for name, use := range hostile() {
		s := start(tracer, name)
		use(s)
		s.Finish()
		got, zipkin := jaeger.BuildJaegerThrift(s), jaeger.BuildZipkinThrift(s)
		if got.Duration < 1 || zipkin.GetDuration() < 1 {
			t.Errorf("%s: durations %d, %d", name, got.Duration, zipkin.GetDuration())
		}
		for _, tag := range got.Tags {
			if len(tag.GetVStr()) > 256 || len(tag.Key) > 256 {
				t.Errorf("%s: a tag of %d and %d bytes", name, len(tag.Key), len(tag.GetVStr()))
			}
		}
	}
	if n := memory.SpansSubmitted(); n != len(hostile()) {
		t.Errorf("%d spans reported, want %d", n, len(hostile()))
	}
}

// Injecting into nothing is an error.
func TestInjectIntoNothing(t *testing.T) {
	tracer, _ := newTracer(t, nil)
	err := tracer.Inject(start(tracer, "op").Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(nil))
	if !errors.Is(err, opentracing.ErrInvalidCarrier) {
		t.Error(err)
	}
}

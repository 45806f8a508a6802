// SPDX-License-Identifier: Apache-2.0

package dropin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport"

	"github.com/go-spur/spur/spurtest"
)

// The values below kill a process that is linked with the real module, stop its reporter
// for good, or take their neighbours with them.

type (
	emptyError   struct{ text string }
	panicking    struct{}
	deepError    struct{ err error }
	loudStringer struct{ s *string }
)

func (e *emptyError) Error() string    { return e.text } // crashes when e is nil
func (panicking) Error() string        { panic("Error panics") }
func (panicking) String() string       { panic("String panics") }
func (d deepError) Error() string      { panic(d) } // and so does formatting what it panics with
func (l *loudStringer) String() string { return *l.s }

type ring struct {
	Next *ring
	All  map[string]any
}

func hostileValues() map[string]any {
	var none *emptyError
	cycle := map[string]any{"a": 1}
	cycle["self"] = cycle
	list := []any{1}
	list[0] = list
	loop := &ring{All: cycle}
	loop.Next = loop
	deep := any("bottom")
	for range 100_000 {
		deep = []any{deep}
	}
	wide := map[string]any{}
	for i := range 100_000 {
		wide[fmt.Sprint(i)] = i
	}
	return map[string]any{
		"typed nil error": error(none), "panicking error": panicking{}, "panics within panics": deepError{panicking{}}, "nil stringer": (*loudStringer)(nil),
		"cyclic map": cycle, "cyclic list": list, "cyclic pointer": loop, "deep": deep, "wide": wide, "1 MB": strings.Repeat("x", 1<<20), "10 MB of bytes": make([]byte, 10<<20),
		"invalid UTF-8": "\xff\xfe\xfd", "NaN": math.NaN(), "infinite": math.Inf(1), "channel": make(chan int), "function": func() {}, "largest": uint64(math.MaxUint64),
		"nil": nil, "pointer to nil": new(error), "complex": complex(math.NaN(), 1), "joined": errors.Join(none, panicking{}), "lock": &sync.Mutex{},
	}
}

// abuse does to a span what programs do by mistake.
func abuse(s opentracing.Span) {
	for name, v := range hostileValues() {
		s.SetTag(name, v)
		s.LogKV(name, v)
		s.LogFields(log.Object(name, v))
		if err, ok := v.(error); ok {
			s.LogFields(log.Error(err))
		}
	}
	s.LogFields(log.Lazy(nil), log.Lazy(func(log.Encoder) { panic("Lazy panics") }), log.Lazy(func(e log.Encoder) {
		s.SetTag("from a lazy log", 1)
		s.LogKV("again", "from a lazy log")
		_ = s.Context()
		e.EmitObject("cyclic", hostileValues()["cyclic map"])
	}))
	s.LogKV("odd")
	s.LogKV(5, "not a text")
	s.SetTag("", "no key").SetTag(strings.Repeat("k", 1<<20), "long key").SetOperationName(strings.Repeat("name", 1<<18)).SetBaggageItem("", "")
	s.SetBaggageItem("crlf\r\nX-Injected: 1", "v\x00\r\n").SetBaggageItem(strings.Repeat("k", 100_000), strings.Repeat("v", 100_000))
	s.Log(opentracing.LogData{Payload: panicking{}})
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: time.Unix(-1, 0)}) // before it began
	s.Finish()
	abuseLate(s)
}

// abuseLate uses a span that has ended.
func abuseLate(s opentracing.Span) {
	s.SetTag("late", panicking{}).SetOperationName("late").SetBaggageItem("late", "1")
	s.LogKV("late", panicking{})
	_, _ = fmt.Sprint(s, s.Context()), s.Tracer().StartSpan("child", opentracing.ChildOf(s.Context()))
}

func TestHostileValues(t *testing.T) {
	spurtest.CheckLeaks(t)
	agent, collector := spurtest.NewAgent(t), spurtest.NewCollector(t)
	udp, err := jaeger.NewUDPTransport(agent.Addr(), 0)
	if err != nil {
		t.Fatal(err)
	}
	own := &keepingTransport{}
	memory := jaeger.NewInMemoryReporter()
	for name, reporter := range map[string]jaeger.Reporter{
		"UDP":           jaeger.NewRemoteReporter(udp),
		"HTTP":          jaeger.NewRemoteReporter(transport.NewHTTPTransport(collector.ThriftURL())),
		"own transport": jaeger.NewRemoteReporter(own, jaeger.ReporterOptions.QueueSize(1000)),
		"memory":        jaeger.NewCompositeReporter(memory, jaeger.NewLoggingReporter(jaeger.NullLogger)),
	} {
		tracer, closer := jaeger.NewTracer(name, jaeger.NewConstSampler(true), reporter)
		for i := range 40 {
			tracer.StartSpan("good").SetTag("i", i).Finish()
			if i%20 == 10 {
				abuse(tracer.StartSpan("bad", opentracing.Tags(hostileValues())))
			}
		}
		within(t, 6*time.Second, name+": Close", func() { _ = closer.Close() })
	}
	arrive(t, "UDP", agent, 42)
	arrive(t, "HTTP", collector, 42)
	if n := own.count("good") + own.count("bad"); n != 42 {
		t.Errorf("a transport of the program's own: %d spans arrive", n)
	}
}

// keepingTransport builds Thrift of each span, and keeps the service and how many there were.
type keepingTransport struct {
	mu    sync.Mutex
	names map[string]int
}

func (k *keepingTransport) Append(s *jaeger.Span) (int, error) {
	span := jaeger.BuildJaegerThrift(s)
	_, _ = jaeger.BuildZipkinThrift(s), jaeger.BuildJaegerProcessThrift(s)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.names == nil {
		k.names = map[string]int{}
	}
	if span.OperationName != "good" {
		span.OperationName = "bad"
	}
	k.names[span.OperationName]++
	return 1, nil
}

func (k *keepingTransport) Flush() (int, error) { return 0, nil }
func (k *keepingTransport) Close() error        { return nil }

func (k *keepingTransport) count(name string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.names[name]
}

// TestValuesChangedAfterFinish changes maps and slices while reporters work on the spans.
func TestValuesChangedAfterFinish(t *testing.T) {
	spurtest.CheckLeaks(t)
	agent := spurtest.NewAgent(t)
	udp, err := jaeger.NewUDPTransport(agent.Addr(), 0)
	if err != nil {
		t.Fatal(err)
	}
	tracer, closer := jaeger.NewTracer("changing", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(udp))
	shared, bytes := map[string]int{"k": 0}, []byte("bytes")
	for i := range 2000 {
		s := tracer.StartSpan("s").SetTag("map", shared).SetTag("bytes", bytes)
		s.LogKV("map", shared)
		s.Finish()
		shared[fmt.Sprint(i%50)] = i
		bytes[i%5] ^= 1
	}
	within(t, 6*time.Second, "Close", func() { _ = closer.Close() })
	arrive(t, "UDP", agent, 2000)
}

// TestPooledSpans uses spans after Finish while others are started: nothing of one may be
// seen on another.
func TestPooledSpans(t *testing.T) {
	spurtest.CheckLeaks(t)
	own := &tagsTransport{}
	tracer, closer := jaeger.NewTracer("pooled", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(own, jaeger.ReporterOptions.QueueSize(100_000)),
		jaeger.TracerOptions.PoolSpans(true))
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			var old []opentracing.Span
			for i := range 500 {
				s := tracer.StartSpan(fmt.Sprint(worker))
				s.SetTag("worker", worker)
				s.Finish()
				s.Finish()
				if old = append(old, s); len(old) > 10 {
					old[i%10].SetTag("worker", -1).Finish()
					old[i%10].(*jaeger.Span).Release()
				}
			}
		})
	}
	wg.Wait()
	within(t, 6*time.Second, "Close", func() { _ = closer.Close() })
	if own.n != 2000 || own.wrong != 0 {
		t.Errorf("%d spans of 2000, %d with a tag of another", own.n, own.wrong)
	}
}

// tagsTransport looks whether each span has the tag of its name.
type tagsTransport struct{ n, wrong int }

func (k *tagsTransport) Append(s *jaeger.Span) (int, error) {
	k.n++
	for _, tag := range jaeger.BuildJaegerThrift(s).Tags {
		if tag.Key == "worker" && fmt.Sprint(tag.GetVLong()) != s.OperationName() {
			k.wrong++
		}
	}
	return 1, nil
}

func (k *tagsTransport) Flush() (int, error) { return 0, nil }
func (k *tagsTransport) Close() error        { return nil }

// arrive fails the test unless exactly n spans arrive.
func arrive(t *testing.T, what string, in interface {
	Wait(context.Context, int) error
	Received() int
}, n int,
) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := in.Wait(ctx, n); err != nil || in.Received() != n {
		t.Errorf("%s: %d spans of %d arrive: %v", what, in.Received(), n, err)
	}
}

// within fails the test when f takes longer.
func within(t *testing.T, limit time.Duration, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	start := time.Now()
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
		if d := time.Since(start); d > limit {
			t.Errorf("%s takes %s", what, d)
		}
	case <-time.After(2 * limit):
		t.Fatalf("%s hangs", what)
	}
}

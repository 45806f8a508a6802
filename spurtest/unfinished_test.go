// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest/internal/fake"
)

// leave starts a span and forgets it, as code under test might.
func leave(ctx context.Context, tracer opentracing.Tracer, name string) context.Context {
	_, ctx = opentracing.StartSpanFromContextWithTracer(ctx, tracer, name)
	return ctx
}

func TestFailUnfinished(t *testing.T) {
	clock := NewClock(0)
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		tracer, spans := New(t, failUnfinished(t, 0, []string{"on purpose"}), spur.WithClock(clock.Now))
		ctx := leave(context.Background(), tracer, "order")
		clock.Advance(90 * time.Second)
		_, child := tracer.Start(ctx, "charge")
		_, done := tracer.Start(ctx, "done")
		done.Finish()
		tracer.StartSpan("on purpose")
		child.SetOperationName("charge card")
		unsampled := spur.NewSpanContext(model.Context{TraceID: model.TraceID{Low: 77}, SpanID: 77})
		tracer.StartSpan("unsampled", opentracing.ChildOf(unsampled))
		clock.Advance(time.Second)
		spans.AssertTree(t, "done  0s  (parent missing)")
	})
	f.WantFailures(t, "spans never finished:\n")
	got := regexp.MustCompile(`/\S*/spurtest/(?:internal/fake/)?(\w+\.go):\d+`).ReplaceAllString(f.Failures[0], "$1")
	got = regexp.MustCompile(`github.com/go-spur/spur/spurtest[./]`).ReplaceAllString(got, "")
	const want = `spurtest: spans never finished:
  order  open for 1m31s
    leave
      unfinished_test.go
    TestFailUnfinished.func1
      unfinished_test.go
    internal/fake.(*T).Run.func1
      fake.go
  charge card  open for 1s
    TestFailUnfinished.func1
      unfinished_test.go
    internal/fake.(*T).Run.func1
      fake.go
  unsampled  open for 1s
    TestFailUnfinished.func1
      unfinished_test.go
    internal/fake.(*T).Run.func1
      fake.go
`
	if got != want {
		t.Errorf("says\n%s\nwant\n%s", got, want)
	}
	if len(f.Logs) != 0 {
		t.Errorf("New says the same again: %q", f.Logs)
	}
}

func TestFailUnfinishedWaits(t *testing.T) {
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		tracer, _ := New(t, FailUnfinished(t))
		span := tracer.StartSpan("late")
		time.AfterFunc(20*time.Millisecond, span.Finish)
	})
	f.WantFailures(t)
}

func TestFailUnfinishedIsBounded(t *testing.T) {
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		tracer, _ := New(t, failUnfinished(t, 0, nil))
		for i := range 100 {
			tracer.StartSpan(fmt.Sprint("span ", i))
		}
	})
	f.WantFailures(t, "span 0  open for ")
	if got := f.Failures[0]; !strings.HasSuffix(got, "… and 80 more\n") || !strings.Contains(got, "span 19  ") || strings.Contains(got, "span 20  ") {
		t.Errorf("says %s", got)
	}
}

// Two tracers that share the option are told apart by nothing but their clocks.
func TestFailUnfinishedOfTwoTracers(t *testing.T) {
	ahead := NewClock(0)
	ahead.Advance(time.Hour)
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		o := failUnfinished(t, 0, nil)
		first, spans := New(t, o, spur.WithClock(NewClock(0).Now))
		second := spans.Tracer("second", o, spur.WithClock(ahead.Now))
		first.StartSpan("one")
		second.StartSpan("two")
		ahead.Advance(time.Minute)
	})
	f.WantFailures(t, "one  open for 0s")
	if !strings.Contains(f.Failures[0], "two  open for 1m0s") {
		t.Errorf("says %s", f.Failures[0])
	}
}

func TestNewLogsUnfinished(t *testing.T) {
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		tracer, _ := New(t)
		tracer.StartSpan("done").Finish()
		tracer.StartSpan("open")
		tracer.StartSpan("open, too")
	})
	f.WantFailures(t)
	if len(f.Logs) != 1 || !strings.HasPrefix(f.Logs[0], "spurtest: 2 of 3 spans not finished") {
		t.Errorf("logs %q", f.Logs)
	}
	f = new(fake.T)
	f.Run(func(t testing.TB) {
		tracer, _ := New(t)
		tracer.StartSpan("done").Finish()
	})
	if len(f.Logs) != 0 {
		t.Errorf("logs %q", f.Logs)
	}
}

// Without the option a span costs what it costs without this package.
func TestUnfinishedIsFree(t *testing.T) {
	tracer, _ := New(t)
	off := spur.NewSpanContext(model.Context{TraceID: model.TraceID{Low: 77}, SpanID: 77})
	ctx := spur.ContextWithSpan(context.Background(), tracer.StartSpan("off", opentracing.ChildOf(off)).(*spur.Span))
	n := testing.AllocsPerRun(100, func() {
		_, span := tracer.Start(ctx, "x")
		span.Finish()
	})
	if n > 2 { // the span, and the context that has it
		t.Errorf("%v allocations", n)
	}
}

// The program's line is named however far away it is: behind the standard library, and
// behind more calls of spur's than anybody would show.
func TestFailUnfinishedNamesTheProgram(t *testing.T) {
	f := new(fake.T)
	f.Run(func(t testing.TB) {
		tracer, _ := New(t, failUnfinished(t, 0, nil))
		var rt http.RoundTripper = answers{}
		for range 50 {
			rt = spurhttp.Transport(rt, spurhttp.WithTracer(tracer))
		}
		ask(t, &http.Client{Transport: rt})
	})
	f.WantFailures(t, "spans never finished:\n")
	got := f.Failures[0]
	if n := strings.Count(got, "spurtest.ask\n"); n != unfinishedShown || strings.Contains(got, "net/http.") {
		t.Errorf("names the program %d times of %d: %s", n, unfinishedShown, got)
	}
}

// ask leaves the answer's body, and with it a span that was started far below.
func ask(t testing.TB, c *http.Client) {
	if _, err := c.Get("http://x/"); err != nil {
		t.Fatal(err)
	}
}

// answers is a RoundTripper whose answers have bodies.
type answers struct{}

func (answers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, ContentLength: -1, Body: io.NopCloser(strings.NewReader("x"))}, nil
}

// Without a line of the program's the standard library's are shown.
func TestFailUnfinishedInAServer(t *testing.T) {
	var calls []uintptr
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls = stack()[1:] }))
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	server.Close()
	if got := callers(calls); len(got) == 0 || !strings.HasPrefix(got[0].Function, "net/http.") {
		t.Errorf("got %v", got)
	}
}

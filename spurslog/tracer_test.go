// SPDX-License-Identifier: Apache-2.0

package spurslog_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/spurslog"
	"github.com/go-spur/spur/spurtest"
)

// lockedBuffer is a writer that goroutines share.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// logging is a tracer's hook that logs from where it is called.
type logging struct{ l *slog.Logger }

func (o logging) OnStart(s *spur.Span, _ []model.Tag) { o.log(s, "started") }

func (o logging) OnSetTag(s *spur.Span, _ model.Tag) { o.log(s, "tagged") }

func (o logging) OnFinish(s *spur.Span, _ *model.Span) { o.log(s, "finishes") }

func (o logging) log(s *spur.Span, msg string) {
	o.l.InfoContext(spur.ContextWithSpan(context.Background(), s), msg)
}

// The logger of a tracer may be one that writes to that tracer's spans. Reporters log
// spans, delivery fails, hooks log, and nothing waits for anything.
func TestTracersOwnLoggerConcurrentSafe(t *testing.T) {
	spurtest.CheckLeaks(t)
	var out lockedBuffer
	l := slog.New(spurslog.NewHandler(slog.NewTextHandler(&out, nil), spurslog.WithSpanLogs(slog.LevelDebug)))
	tracer, err := spur.New("test", spur.WithLogger(l), spur.WithEndpoint("http://127.0.0.1:1/api/traces"),
		spur.WithReporter(reporter.NewLogging(l)), spur.WithObserver(logging{l}))
	if err != nil {
		t.Fatal(err)
	}
	defer tracer.Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 50 {
				ctx, span := tracer.Start(context.Background(), "op", opentracing.Tag{Key: "sampling.priority", Value: 1})
				l.InfoContext(ctx, "in it", "span", span, "i", i)
				span.SetTag("i", i)
				span.Finish()
			}
		}()
	}
	wg.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := tracer.Shutdown(ctx); err == nil {
		t.Error("spans were sent to a port where nobody listens")
	}
	text := out.String()
	for _, want := range []string{"msg=started trace_id=", "msg=finishes trace_id=", "lost_in_all=200 "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the log, which ends\n%s", want, text[max(len(text)-1000, 0):])
		}
	}
}

// The first handler of slog writes through package log, which SetDefault sends to
// the new handler: behind a handler of one's own it would wait for itself. This runs
// the test again in a process of its own, where it may change the default.
func TestSetDefault(t *testing.T) {
	const again = "SPURSLOG_TEST_SET_DEFAULT"
	if os.Getenv(again) != "" {
		slog.SetDefault(slog.New(spurslog.NewHandler(slog.Default().Handler())))
		slog.Info("by slog")
		log.Print("by log")
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestSetDefault$")
	cmd.Env = append(os.Environ(), again+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{`level=INFO msg="by slog"`, `level=INFO msg="by log"`} {
		if strings.Count(string(out), want) != 1 {
			t.Errorf("not once %q in %s", want, out)
		}
	}
}

// Many goroutines use a handler and its children.
func TestHandlerConcurrentSafe(t *testing.T) {
	tracer, spans := spurtest.New(t)
	ctx, span := tracer.Start(context.Background(), "op")
	var out lockedBuffer
	l := slog.New(spurslog.NewHandler(slog.NewTextHandler(&out, nil), spurslog.WithSpanLogs(slog.LevelInfo))).With("a", 1).WithGroup("g")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 20 {
				l.With("i", i).InfoContext(ctx, "m", "n", fmt.Sprint(i))
			}
		}()
	}
	wg.Wait()
	span.Finish()
	for _, log := range spans.Spans()[0].Logs {
		f := log.Fields
		if len(f) != 5 || f[3].Value.String() != f[4].Value.String() {
			t.Fatalf("fields %v", f)
		}
	}
	if n := strings.Count(out.String(), " g.i="); n != 160 {
		t.Errorf("%d lines", n)
	}
}

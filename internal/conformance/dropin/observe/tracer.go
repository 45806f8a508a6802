// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
)

// epoch is what the clock of tracers says.
var epoch = time.Date(2021, 7, 8, 9, 10, 11, 123456789, time.UTC)

// rig is a tracer whose ids are 1, 2, 3 … and whose clock stands still.
type rig struct {
	tracer   opentracing.Tracer
	close    func() error
	reporter *jaeger.InMemoryReporter
	log      *logbook
}

// newRig makes a tracer with an in-memory reporter. A nil sampler samples all.
func newRig(sampler jaeger.Sampler, options ...jaeger.TracerOption) *rig {
	if sampler == nil {
		sampler = jaeger.NewConstSampler(true)
	}
	g := &rig{reporter: jaeger.NewInMemoryReporter(), log: &logbook{}}
	g.start(sampler, g.reporter, options)
	return g
}

// newRigWith makes a tracer with another reporter.
func newRigWith(reporter jaeger.Reporter, options ...jaeger.TracerOption) *rig {
	g := &rig{log: &logbook{}}
	g.start(jaeger.NewConstSampler(true), reporter, options)
	return g
}

func (g *rig) start(sampler jaeger.Sampler, reporter jaeger.Reporter, options []jaeger.TracerOption) {
	var ids atomic.Int64
	options = append([]jaeger.TracerOption{
		jaeger.TracerOptions.RandomNumber(func() uint64 { return uint64(ids.Add(1)) }),
		jaeger.TracerOptions.TimeNow(func() time.Time { return epoch }),
		jaeger.TracerOptions.Logger(g.log),
		jaeger.TracerOptions.Tag(jaeger.TracerHostnameTagKey, "host"),
		jaeger.TracerOptions.Tag(jaeger.TracerIPTagKey, "10.1.2.3"),
	}, options...)
	tracer, closer := jaeger.NewTracer("svc", sampler, reporter, options...)
	g.tracer, g.close = tracer, closer.Close
}

func (g *rig) span(name string, options ...opentracing.StartSpanOption) *jaeger.Span {
	return g.tracer.StartSpan(name, options...).(*jaeger.Span)
}

// finish ends a span when a second has passed since the epoch.
func finish(s opentracing.Span) {
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(time.Second)})
}

// received returns the context of a header.
func received(g *rig, header string) opentracing.SpanContext {
	c, err := g.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"uber-trace-id": header})
	if err != nil {
		panic(err)
	}
	return c
}

// spans returns what has been reported.
func (g *rig) spans() []*jaeger.Span {
	var all []*jaeger.Span
	for _, s := range g.reporter.GetSpans() {
		all = append(all, s.(*jaeger.Span))
	}
	return all
}

// logbook is a Logger that keeps its lines.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) line(level, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.buf, "%s %s\n", level, text)
}

// Error implements jaeger.Logger.
func (l *logbook) Error(msg string) { l.line("ERROR", msg) }

// Infof implements jaeger.Logger.
func (l *logbook) Infof(msg string, args ...any) { l.line("INFO", fmt.Sprintf(msg, args...)) }

// Debugf implements log.DebugLogger.
func (l *logbook) Debugf(msg string, args ...any) {
	l.line("DEBUG", fmt.Sprintf(msg, args...))
}

// String returns the lines so far.
func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSuffix(l.buf.String(), "\n")
}

// unique returns each line once.
func (l *logbook) unique() string {
	var once []string
	for line := range strings.Lines(l.String()) {
		if line = strings.TrimSpace(line); !slices.Contains(once, line) {
			once = append(once, line)
		}
	}
	return strings.Join(once, "\n")
}

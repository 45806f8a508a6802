// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-lib/metrics"

	jaeger "github.com/uber/jaeger-client-go"
)

// newTracer makes a tracer that reports to memory. Its sampler is s, or samples all.
func newTracer(t testing.TB, s jaeger.Sampler, options ...jaeger.TracerOption) (*jaeger.Tracer, *jaeger.InMemoryReporter) {
	t.Helper()
	if s == nil {
		s = jaeger.NewConstSampler(true)
	}
	memory := jaeger.NewInMemoryReporter()
	tracer, closer := jaeger.NewTracer("orders", s, memory, options...)
	t.Cleanup(func() {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	})
	return tracer.(*jaeger.Tracer), memory
}

func start(tracer opentracing.Tracer, name string, options ...opentracing.StartSpanOption) *jaeger.Span {
	return tracer.StartSpan(name, options...).(*jaeger.Span)
}

// counters is a metrics.Factory that remembers counters by name and tags.
type counters struct {
	mu     *sync.Mutex
	values map[string]int64
	prefix string
}

func newCounters() *counters { return &counters{mu: new(sync.Mutex), values: map[string]int64{}} }

type counter struct {
	of  *counters
	key string
}

func (c counter) Inc(n int64) {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.of.values[c.key] += n
}
func (c counter) Update(n int64)       { c.Inc(n) }
func (c counter) Record(time.Duration) { c.Inc(1) }

func (c *counters) named(name string, tags map[string]string) counter {
	key := c.prefix + name
	var list []string
	for k, v := range tags {
		list = append(list, k+"="+v)
	}
	sort.Strings(list)
	return counter{c, strings.Join(append([]string{key}, list...), "|")}
}

func (c *counters) Counter(o metrics.Options) metrics.Counter { return c.named(o.Name, o.Tags) }
func (c *counters) Gauge(o metrics.Options) metrics.Gauge     { return c.named(o.Name, o.Tags) }
func (c *counters) Timer(o metrics.TimerOptions) metrics.Timer {
	return c.named(o.Name, o.Tags)
}

func (c *counters) Histogram(metrics.HistogramOptions) metrics.Histogram {
	return metrics.NullHistogram
}

func (c *counters) Namespace(o metrics.NSOptions) metrics.Factory {
	return &counters{c.mu, c.values, c.prefix + o.Name + "."}
}

// String lists what was counted.
func (c *counters) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []string
	for k, v := range c.values {
		if v != 0 {
			list = append(list, fmt.Sprintf("%s %d", strings.TrimPrefix(k, "jaeger.tracer."), v))
		}
	}
	sort.Strings(list)
	return strings.Join(list, "\n")
}

// sum adds up the counters of a name.
func (c *counters) sum(name string) (n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, v := range c.values {
		if strings.HasPrefix(k, "jaeger.tracer."+name+"|") {
			n += v
		}
	}
	return n
}

func childOf(s *jaeger.Span) opentracing.SpanReference { return opentracing.ChildOf(s.Context()) }

// nilError is an error whose nil pointer panics.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

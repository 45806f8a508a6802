// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-lib/metrics"

	"github.com/uber/jaeger-client-go/config"
)

// newTracer makes a tracer that the test closes.
func newTracer(t *testing.T, c config.Configuration, options ...config.Option) opentracing.Tracer {
	t.Helper()
	tracer, closer, err := c.NewTracer(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll(t, closer) })
	return tracer
}

func closeAll(t *testing.T, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// always samples all, without asking anybody.
func always() *config.SamplerConfig { return &config.SamplerConfig{Type: "const", Param: 1} }

// counters is a metrics.Factory that remembers counters by name and tags.
type counters struct {
	mu      *sync.Mutex
	changed *sync.Cond
	values  map[string]int64
	prefix  string
	tags    map[string]string
}

func newCounters() *counters {
	c := &counters{mu: new(sync.Mutex), values: map[string]int64{}}
	c.changed = sync.NewCond(c.mu)
	return c
}

// wait returns when something has been counted.
func (c *counters) wait(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.values[key] == 0 {
		c.changed.Wait()
	}
}

func (c *counters) get(key string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.values[key]
}

type counter struct {
	of  *counters
	key string
}

func (c counter) Inc(n int64) {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.of.values[c.key] += n
	c.of.changed.Broadcast()
}
func (c counter) Update(int64)         {}
func (c counter) Record(time.Duration) {}

func (c *counters) named(name string, tags map[string]string) counter {
	list := []string{}
	for _, tags := range []map[string]string{c.tags, tags} {
		for k, v := range tags {
			list = append(list, k+"="+v)
		}
	}
	sort.Strings(list)
	return counter{c, fmt.Sprint(c.prefix, name, list)}
}

func (c *counters) Counter(o metrics.Options) metrics.Counter  { return c.named(o.Name, o.Tags) }
func (c *counters) Gauge(o metrics.Options) metrics.Gauge      { return c.named(o.Name, o.Tags) }
func (c *counters) Timer(o metrics.TimerOptions) metrics.Timer { return c.named(o.Name, o.Tags) }

func (c *counters) Histogram(metrics.HistogramOptions) metrics.Histogram {
	return metrics.NullHistogram
}

func (c *counters) Namespace(o metrics.NSOptions) metrics.Factory {
	return &counters{mu: c.mu, changed: c.changed, values: c.values, prefix: c.prefix + o.Name + ".", tags: o.Tags}
}

// texts is a Logger that remembers.
type texts struct {
	mu    sync.Mutex
	lines []string
}

func (l *texts) Error(msg string) { l.Infof("error: %s", msg) }

func (l *texts) Infof(msg string, args ...interface{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(msg, args...))
}

func (l *texts) contains(part string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(strings.Join(l.lines, "\n"), part)
}

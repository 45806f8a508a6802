// SPDX-License-Identifier: Apache-2.0

package spurprom

import (
	"fmt"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur"
)

// NewCollector returns a collector of everything that t counts, also after t is
// closed. Each scrape calls t.Stats once. Tracers of different services can share a
// registry; for two of the same service, prometheus.WrapRegistererWith adds a label
// that tells them apart. A nil t has no metrics.
func NewCollector(t *spur.Tracer) prometheus.Collector {
	if t == nil {
		return newCollector("", nil)
	}
	return newCollector(t.ServiceName(), t.Stats)
}

func newCollector(service string, stats func() spur.Stats) *collector {
	c := &collector{stats: stats, families: families()}
	labels := prometheus.Labels{"service": valid(service)}
	for _, f := range c.families {
		c.descs = append(c.descs, prometheus.NewDesc(f.name, f.help, f.labels, labels))
	}
	return c
}

type collector struct {
	stats    func() spur.Stats // nil: no metrics
	families []family
	descs    []*prometheus.Desc // of families
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	if c.stats == nil {
		return
	}
	st := c.stats()
	names := unique{}
	for i := range st.Destinations {
		st.Destinations[i].Name = names.name(st.Destinations[i].Name)
	}
	names = unique{}
	for i := range st.Propagation {
		st.Propagation[i].Format = names.name(st.Propagation[i].Format)
	}
	for i, f := range c.families {
		f.each(&st, func(value float64, labels ...string) {
			for i := range labels {
				labels[i] = valid(labels[i])
			}
			ch <- prometheus.MustNewConstMetric(c.descs[i], f.kind, value, labels...)
		})
	}
}

// unique makes names differ: two metrics with the same labels would cost the whole
// scrape.
type unique map[string]bool

func (u unique) name(s string) string {
	name := valid(s)
	for n := 2; u[name]; n++ {
		name = fmt.Sprintf("%s-%d", valid(s), n)
	}
	u[name] = true
	return name
}

// valid makes s valid UTF-8, as values of labels must be.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

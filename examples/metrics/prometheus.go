// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strconv"
	"strings"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
)

// appendMetrics writes a tracer's numbers in Prometheus's text format, 0.0.4.
func appendMetrics(b []byte, st spur.Stats) []byte {
	m := metrics{b}
	m.family("spur_spans_started_total", "counter", "Spans started.")
	m.sample("spur_spans_started_total", float64(st.Spans.Started))
	m.family("spur_spans_finished_total", "counter", "Spans finished, by whether their trace is recorded.")
	m.sample("spur_spans_finished_total", float64(st.Spans.FinishedSampled), "sampled", "true")
	m.sample("spur_spans_finished_total", float64(st.Spans.FinishedUnsampled), "sampled", "false")
	m.sample("spur_spans_finished_total", float64(st.Spans.FinishedUndecided), "sampled", "undecided")

	// At each destination finished{sampled="true"} = sent + unconfirmed + dropped +
	// queued. An alert on dropped and unconfirmed misses nothing.
	each := func(name, kind, help string, value func(*reporter.DestinationStats) float64) {
		m.family(name, kind, help)
		for i := range st.Destinations {
			d := &st.Destinations[i]
			m.sample(name, value(d), "destination", d.Name)
		}
	}
	each("spur_spans_sent_total", "counter", "Spans handed over without an error.", func(d *reporter.DestinationStats) float64 { return float64(d.Sent) })
	each("spur_spans_unconfirmed_total", "counter", "Spans sent whole but never answered.", func(d *reporter.DestinationStats) float64 { return float64(d.Unconfirmed) })
	m.family("spur_spans_dropped_total", "counter", "Spans lost, by reason.")
	for _, d := range st.Destinations {
		for why := reporter.Reason(0); why < reporter.NumReasons; why++ {
			m.sample("spur_spans_dropped_total", float64(d.Dropped[why]), "destination", d.Name, "reason", why.String())
		}
	}
	each("spur_queue_spans", "gauge", "Spans waiting to be sent.", func(d *reporter.DestinationStats) float64 { return float64(d.BufferedSpans) })
	each("spur_queue_bytes", "gauge", "Memory they hold.", func(d *reporter.DestinationStats) float64 { return float64(d.BufferedBytes) })
	each("spur_retries_total", "counter", "Attempts to send after the first.", func(d *reporter.DestinationStats) float64 { return float64(d.Retries) })
	each("spur_last_error_timestamp_seconds", "gauge", "When sending failed last; 0 if it never did.", func(d *reporter.DestinationStats) float64 {
		if d.LastErrorTime.IsZero() {
			return 0
		}
		return float64(d.LastErrorTime.UnixMilli()) / 1000
	})
	m.family("spur_destination_info", "gauge", "Where spans go, and as what; always 1.")
	for _, d := range st.Destinations {
		m.sample("spur_destination_info", 1, "destination", d.Name, "address", d.Address, "format", d.Format, "source", st.Source)
	}

	m.family("spur_cut_total", "counter", "What limits, misuse and broken hooks have cost.")
	c := &st.Cut
	for _, cut := range []struct {
		what string
		n    uint64
	}{
		{"tags", c.Tags},
		{"logs", c.Logs},
		{"fields", c.Fields},
		{"references", c.References},
		{"values", c.Values},
		{"baggage", c.Baggage},
		{"panics", c.Panics},
		{"foreign", c.Foreign},
		{"debug_capped", c.DebugCapped},
		{"undecided", c.Undecided},
	} {
		m.sample("spur_cut_total", float64(cut.n), "what", cut.what)
	}
	return m.b
}

// metrics is a text under construction.
type metrics struct{ b []byte }

// family begins the samples of one name.
func (m *metrics) family(name, kind, help string) {
	m.b = append(m.b, "# HELP "+name+" "+helpEscapes.Replace(help)+"\n# TYPE "+name+" "+kind+"\n"...)
}

// sample adds a line. labels are names and values in turn.
func (m *metrics) sample(name string, value float64, labels ...string) {
	m.b = append(m.b, name...)
	for i := 0; i+1 < len(labels); i += 2 {
		m.b = append(m.b, "{,"[min(i, 1)])
		m.b = append(m.b, labels[i]+`="`+labelEscapes.Replace(labels[i+1])+`"`...)
	}
	if len(labels) > 0 {
		m.b = append(m.b, '}')
	}
	m.b = append(m.b, ' ')
	m.b = strconv.AppendFloat(m.b, value, 'f', -1, 64)
	m.b = append(m.b, '\n')
}

// A line end would begin a line of its own, so it is escaped, as are the
// backslash and, where quotes stand around, the quote.
var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

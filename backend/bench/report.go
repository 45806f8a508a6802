// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"
)

// row is a line of the table of everything that was measured.
type row struct {
	name  string
	value func(r *result) string
}

func rows() []row {
	out := []row{
		{"ready, nothing stored", func(r *result) string { return fmt.Sprintf("%.0f ms", r.Ready*1e3) }},
		{"RSS, idle", func(r *result) string { return megabytes(r.IdleRSS) }},
		{"CPU a span, UDP", func(r *result) string { return fmt.Sprintf("%.1f µs", r.CPU["UDP"]*1e6) }},
		{"CPU a span, OTLP", func(r *result) string { return fmt.Sprintf("%.1f µs", r.CPU["OTLP"]*1e6) }},
		{"RSS, full", func(r *result) string { return megabytes(r.FullRSS) }},
		{"disk a span", func(r *result) string {
			if !r.Exists {
				return "–"
			}
			return fmt.Sprintf("%.0f B", r.Disk)
		}},
		{"ready, all stored", func(r *result) string {
			if !r.Exists {
				return "–"
			}
			return fmt.Sprintf("%.0f ms", r.Again*1e3)
		}},
		{"gone after another start", func(r *result) string {
			if !r.Exists {
				return "–"
			}
			return fmt.Sprintf("%.2f %%", 100*r.Gone)
		}},
	}
	for _, s := range searches {
		out = append(out, row{s.name + ", p50 / p99", func(r *result) string { return quantiles(r.Searches[s.name]) }})
	}
	return append(out,
		row{"sustained: accepted", func(r *result) string { return fmt.Sprintf("%.0f/s", r.Rate) }},
		row{"sustained: lost of it", func(r *result) string { return fmt.Sprintf("%.2f %%", 100*r.Lost) }},
		row{"sustained: told to come back", func(r *result) string { return fmt.Sprint(r.Busy) }},
		row{"searches that found nothing", func(r *result) string { return fmt.Sprint(r.Empty) }},
		row{"sustained: searches, p50 / p99", func(r *result) string { return quantiles(r.Meanwhile) }},
	)
}

func megabytes(n float64) string { return fmt.Sprintf("%.0f MB", n/1e6) }

func quantiles(l latencies) string {
	return fmt.Sprintf("%.1f / %.1f ms", l.quantile(0.5).Seconds()*1e3, l.quantile(0.99).Seconds()*1e3)
}

// budget is a bound on what was measured of one of ours, alone or as a part of the
// same of another.
type budget struct {
	name  string
	of    string // which of ours
	by    string // of which engine of each Jaeger, "" for a bound by itself
	value func(r *result) float64
	scale float64
	unit  string
	most  float64
}

func budgets(sustained float64) []budget {
	ready := func(r *result) float64 { return r.Ready }
	idle := func(r *result) float64 { return r.IdleRSS }
	udp := func(r *result) float64 { return r.CPU["UDP"] }
	otlp := func(r *result) float64 { return r.CPU["OTLP"] }
	full := func(r *result) float64 { return r.FullRSS }
	disk := func(r *result) float64 { return r.Disk }
	lost := func(r *result) float64 { return r.Lost }
	missing := func(r *result) float64 { return max(0, 1-r.Rate/sustained) }
	gone := func(r *result) float64 { return r.Gone }
	empty := func(r *result) float64 { return float64(r.Empty) }
	meanwhile := func(r *result) float64 { return r.Meanwhile.quantile(0.99).Seconds() }
	out := []budget{
		{"CPU a span, UDP", "sqlite", "badger", udp, 1e6, "µs", 0.45},
		{"CPU a span, OTLP", "sqlite", "badger", otlp, 1e6, "µs", 0.45},
		{"CPU a span, UDP", "memory", "memory", udp, 1e6, "µs", 0.6},
		{"CPU a span, OTLP", "memory", "memory", otlp, 1e6, "µs", 0.6},
		{"RSS, full", "sqlite", "badger", full, 1e-6, "MB", 0.3},
		{"disk a span", "sqlite", "badger", disk, 1, "B", 1},
	}
	for _, s := range searches {
		p50 := func(r *result) float64 { return r.Searches[s.name].quantile(0.5).Seconds() }
		out = append(out,
			budget{s.name + ", p50", "sqlite", "badger", p50, 1e3, "ms", 1},
			budget{s.name + ", p50", "memory", "memory", p50, 1e3, "ms", 1})
	}
	for _, engine := range []string{"sqlite", "memory"} {
		out = append(out,
			budget{"ready, nothing stored", engine, "", ready, 1e3, "ms", 300},
			budget{"RSS, idle", engine, "", idle, 1e-6, "MB", 40},
			budget{"sustained: rate missed", engine, "", missing, 100, "%", 1},
			budget{"sustained: lost", engine, "", lost, 100, "%", 0},
			budget{"gone after another start", engine, "", gone, 100, "%", 0},
			budget{"sustained: searches, p99", engine, "", meanwhile, 1e3, "ms", 100},
			budget{"searches that found nothing", engine, "", empty, 1, "", 0})
	}
	return out
}

// report writes what was measured as Markdown: all values, and each budget with
// what it was compared with. Budgets whose sides were not both measured are left
// out.
func report(w io.Writer, results []result, sustained float64) error {
	var b strings.Builder
	b.WriteString("| |")
	for _, r := range results {
		b.WriteString(" " + r.Name + " |")
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---: |", len(results)) + "\n")
	for _, row := range rows() {
		b.WriteString("| " + row.name + " |")
		for i := range results {
			b.WriteString(" " + row.value(&results[i]) + " |")
		}
		b.WriteString("\n")
	}

	b.WriteString("\n| budget | spur | | compared with | ratio | at most | |\n| --- | --- | ---: | --- | ---: | ---: | --- |\n")
	for _, g := range budgets(sustained) {
		for i := range results {
			ours := &results[i]
			if ours.Name != "spur "+g.of {
				continue
			}
			v := g.value(ours)
			value := fmt.Sprintf("| %s | %s | %s |", g.name, g.of, g.with(v))
			if g.by == "" {
				fmt.Fprintf(&b, "%s – | – | %s | %s |\n", value, g.with(g.most/g.scale), verdict(v*g.scale, g.most))
				continue
			}
			for k := range results {
				peer := &results[k]
				if !strings.HasPrefix(peer.Name, "Jaeger ") || !strings.HasSuffix(peer.Name, " "+g.by) {
					continue
				}
				p := g.value(peer)
				fmt.Fprintf(&b, "%s %s: %s | %.2f | %g | %s |\n",
					value, peer.Name, g.with(p), v/p, g.most, verdict(v/p, g.most))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// with returns a value with its unit.
func (g *budget) with(v float64) string {
	return strings.TrimSpace(fmt.Sprintf("%.4g %s", v*g.scale, g.unit))
}

func verdict(v, most float64) string {
	if v <= most {
		return "met"
	}
	return "**missed**"
}

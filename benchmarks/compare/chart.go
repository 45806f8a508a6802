// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// chart is a picture of the ratios to jaeger-client-go: a group of bars for each row of
// the short table.
func (r *results) chart() string {
	const (
		left, top, width = 330, 50, 560 // of the bars
		bar, gap         = 13, 12
		most             = 2.0 // longer bars are cut
	)
	series := []struct {
		peer  peer
		color string
	}{{spur, "#0b7285"}, {otel, "#e8590c"}, {bridge, "#f4a261"}}
	height := top + len(heading)*(bar*len(series)+gap) + 40
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", left+width+60, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/>`+"\n")
	fmt.Fprintf(&b, `<text x="12" y="20" font-size="14" font-weight="bold">Processor time, as a share of jaeger-client-go's (the line at 1)</text>`+"\n")
	for i, s := range series {
		x := left + i*120
		fmt.Fprintf(&b, `<rect x="%d" y="30" width="11" height="11" fill="%s"/><text x="%d" y="40">%s</text>`+"\n", x, s.color, x+16, s.peer.name)
	}
	y := top
	for _, h := range heading {
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left-10, y+bar*len(series)/2+5, html.EscapeString(strings.ReplaceAll(h.label, "`", "")))
		for _, s := range series {
			p := s.peer
			if p == spur {
				p = h.ours
			}
			_, ratio, _ := r.ratio(h.name, p.name, h.name, jaeger.name, h.unit)
			if !math.IsNaN(ratio) {
				long := width * max(0, min(ratio, most)) / most
				fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.0f" height="%d" fill="%s"/><text x="%.0f" y="%d" font-size="10">%.2f</text>`+"\n",
					left, y, long, bar-2, s.color, left+long+4, y+bar-4, ratio)
			}
			y += bar
		}
		y += gap
	}
	fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%d" y2="%d" stroke="#555" stroke-dasharray="4 3"/>`+"\n", left+width/2, left+width/2, top-4, y)
	fmt.Fprintf(&b, `<text x="12" y="%d" font-size="10" fill="#555">%s</text>`+"\n</svg>\n", height-12,
		html.EscapeString(fmt.Sprintf("%s × %s, %s, %s, %d rounds", r.head["cpus"], r.head["cpu"], r.head["go"], r.head["date"], r.rounds)))
	return b.String()
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"strings"
)

// tolerance is by how much a count may differ.
const tolerance = 0.05

// counts is what the file holds.
type counts struct {
	platform string // version of Go, system and processor
	lines    []count
}

// count is how many instructions a workload takes once.
type count struct {
	peer, workload string
	n              int
}

func readCounts(file string) (counts, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return counts{}, err
	}
	var c counts
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if c.platform == "" {
			c.platform = line
			continue
		}
		var l count
		if _, err := fmt.Sscan(line, &l.peer, &l.workload, &l.n); err != nil {
			return counts{}, fmt.Errorf("%s: %q is not a peer, a workload and a number: %w", file, line, err)
		}
		c.lines = append(c.lines, l)
	}
	if c.platform == "" {
		return counts{}, fmt.Errorf("%s names no version of Go", file)
	}
	return c, nil
}

func (c counts) write(file string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Instructions of one operation, written by \"make instructions UPDATE=1\".\n%s\n", c.platform)
	for _, l := range c.lines {
		fmt.Fprintf(&b, "%-12s %-8s %6d\n", l.peer, l.workload, l.n)
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

// of returns the count of a workload, or 0.
func (c counts) of(peer, workload string) int {
	for _, l := range c.lines {
		if l.peer == peer && l.workload == workload {
			return l.n
		}
	}
	return 0
}

// compare says how n differs from the file.
func (c counts) compare(peer, workload string, n int) string {
	old := c.of(peer, workload)
	if old == 0 {
		return ""
	}
	change := float64(n-old) / float64(old)
	said := fmt.Sprintf("%+.1f %%", 100*change)
	if change < -tolerance {
		said += `: better; keep it with "make instructions UPDATE=1"`
	}
	return said
}

// regressions has an error for each workload that takes more than the file allows,
// or that it does not know.
func (c counts) regressions(got counts) []error {
	var errs []error
	for _, l := range got.lines {
		old := c.of(l.peer, l.workload)
		switch {
		case old == 0:
			errs = append(errs, fmt.Errorf("%s %s: not in the file", l.peer, l.workload))
		case float64(l.n) > float64(old)*(1+tolerance):
			errs = append(errs, fmt.Errorf("%s %s: %d instructions, more than %d and %.0f %%", l.peer, l.workload, l.n, old, 100*tolerance))
		}
	}
	return errs
}

// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"strings"
	"time"
)

// kind is what an index holds.
type kind string

const (
	spans        kind = "jaeger-span"
	services     kind = "jaeger-service"
	dependencies kind = "jaeger-dependencies"
	samplings    kind = "jaeger-sampling"
)

// maxNamed is the number of indices that a read names one by one. It names more by
// a pattern.
const maxNamed = 60

// names makes the names of indices.
type names struct {
	prefix    string // with the "-" behind it, or empty
	separator string
	hourly    map[kind]bool
	aliases   bool
}

func newNames(c *Config) names {
	n := names{separator: c.DateSeparator, aliases: c.Aliases, hourly: map[kind]bool{spans: c.HourlySpans, services: c.HourlyServices}}
	if c.Prefix != "" {
		n.prefix = strings.TrimSuffix(c.Prefix, "-") + "-"
	}
	return n
}

// step is the time that an index covers.
func (n *names) step(k kind) time.Duration {
	if n.hourly[k] {
		return time.Hour
	}
	return 24 * time.Hour
}

// dated is the name of the index of a time.
func (n *names) dated(k kind, t time.Time) string {
	s := n.separator
	layout := "2006" + s + "01" + s + "02"
	if n.hourly[k] {
		layout += s + "15"
	}
	return n.prefix + string(k) + "-" + t.UTC().Format(layout)
}

// write is the name to write to.
func (n *names) write(k kind, t time.Time) string {
	if n.aliases {
		return n.prefix + string(k) + "-write"
	}
	return n.dated(k, t)
}

// read are the names to read what is from from to to, zero times for any. Indices that
// are not there are among them.
func (n *names) read(k kind, from, to time.Time) string {
	var list []string
	switch step := n.step(k); {
	case n.aliases:
		list = []string{n.prefix + string(k) + "-read"}
	case from.IsZero() || to.Sub(from) > maxNamed*step:
		return n.prefix + string(k) + "-*" // the archive, too
	default:
		for t := from.Truncate(step); !t.After(to); t = t.Add(step) {
			list = append(list, n.dated(k, t))
		}
	}
	if k == spans {
		list = append(list, n.archive(false))
	}
	return strings.Join(list, ",")
}

// archive is the name of the index of spans that stay.
func (n *names) archive(write bool) string {
	name := n.prefix + string(spans) + "-archive"
	switch {
	case n.aliases && write:
		return name + "-write"
	case n.aliases:
		return name + "-read"
	}
	return name
}

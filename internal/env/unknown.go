// SPDX-License-Identifier: Apache-2.0

package env

import (
	"slices"
	"strings"
)

const (
	nearby     = 2  // changes of a character between a name and one that may be meant
	longest    = 64 // bytes of names that are compared
	mostNearby = 50 // names that are compared at most
)

// UnknownName is the name of a variable that is set and that Read does not know.
type UnknownName struct {
	Name  string
	Meant string // the name that is nearly the same, if there is one
}

// Unknown returns the JAEGER_* and OTEL_* names that are not in the table and that
// Kubernetes did not set, sorted. Of the first 50 it says what may be meant.
func Unknown(environ []string) []UnknownName {
	var names []string
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		ours := strings.HasPrefix(name, "JAEGER_") || strings.HasPrefix(name, "OTEL_")
		if ours && value != "" && !isServiceLink(name, value) && index(name) < 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names) // and no type of ours, for which a sort of its own would be linked
	var unknown []UnknownName
	for i, name := range names {
		u := UnknownName{Name: name}
		if i < mostNearby {
			u.Meant = nearest(name)
		}
		unknown = append(unknown, u)
	}
	return unknown
}

// unknown returns up to 10 of these names for the log: all JAEGER_* ones, and those
// OTEL_* ones that are nearly a name of the table.
func unknown(environ []string) []string {
	var names []string
	for _, u := range Unknown(environ) {
		switch {
		case u.Meant != "":
			names = append(names, u.Name+", did you mean "+u.Meant+"?")
		case strings.HasPrefix(u.Name, "JAEGER_"):
			names = append(names, u.Name)
		}
	}
	return someOf(names)
}

// nearest returns the name in the table that is so near that it may be meant, or "".
// OTEL_BLRP_* variables are about logs, and near those about spans.
func nearest(name string) (meant string) {
	if len(name) > longest || strings.HasPrefix(name, "OTEL_BLRP_") {
		return ""
	}
	least := nearby + 1
	for i := range table {
		known := table[i].name
		if len(name) > len(known)+nearby || len(known) > len(name)+nearby {
			continue
		}
		if d := distance(name, known); d < least {
			meant, least = known, d
		}
	}
	return meant
}

// distance is how many bytes must be put in, taken out or replaced to make one name of
// the other.
func distance(a, b string) int {
	var row [longest + nearby + 1]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := min(row[j], row[j+1]) + 1
			if a[i] == b[j] {
				d = diagonal
			} else {
				d = min(d, diagonal+1)
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}

// isServiceLink recognises what Kubernetes puts into the environment of every pod for
// a service that is called jaeger or jaeger-agent: JAEGER_AGENT_PORT, for one, with
// the value tcp://10.0.0.1:6831.
func isServiceLink(name, value string) bool {
	scheme, _, isURL := strings.Cut(value, "://")
	return isURL && (scheme == "tcp" || scheme == "udp" || scheme == "sctp") ||
		strings.HasSuffix(name, "_SERVICE_HOST") ||
		strings.Contains(name, "_SERVICE_PORT") ||
		strings.Contains(name, "_PORT_")
}

// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"slices"
	"strings"
)

// families are beginnings of the names of variables that belong to Jaeger's
// commands or to ours.
var families = []string{
	"SPUR_", "SPAN_STORAGE_", "COLLECTOR_", "QUERY_", "SAMPLING_", "PROCESSOR_JAEGER_", "PROCESSOR_ZIPKIN_", "ADMIN_HTTP_",
	"REPORTER_GRPC_", "REPORTER_TYPE", "HTTP_SERVER_HOST_PORT", "AGENT_TAGS", "MEMORY_MAX_TRACES", "BADGER_", "CASSANDRA_", "ES_", "KAFKA_PRODUCER_", "KAFKA_CONSUMER_",
	"MULTI_TENANCY_", "DEPENDENCY_STORAGE_TYPE", "METRICS_STORAGE_TYPE", "GRPC_STORAGE_", "PROMETHEUS_SERVER_URL", "PROMETHEUS_QUERY_", "PROMETHEUS_TLS_",
	"PROMETHEUS_CONNECT_TIMEOUT", "PROMETHEUS_TOKEN_", "METRICS_BACKEND", "METRICS_HTTP_ROUTE", "LOG_ENCODING", "DOWNSAMPLING_",
}

const mostNamed = 100

// environment returns the variables that are set, and a warning about those that
// are nobody's setting though they look like one. Kubernetes' variables for a
// service that is called collector or query are none.
func environment(env []string, options []option) (variables map[string]string, warning string) {
	known := []string{"CONFIG_FILE"}
	for _, o := range options {
		known = append(known, o.env)
	}
	variables = map[string]string{}
	var strays []string
	for _, entry := range env {
		name, text, _ := strings.Cut(entry, "=")
		if text = strings.TrimSpace(text); text == "" || isServiceLink(name, text) {
			continue
		}
		if slices.Contains(known, name) {
			variables[name] = text
			continue
		}
		meant := nearest(name, known)
		ours := slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(name, f) })
		switch {
		case meant != "":
			strays = append(strays, fmt.Sprintf("%s, did you mean %s?", shorten(name), meant))
		case ours:
			strays = append(strays, shorten(name))
		}
	}
	if len(strays) == 0 {
		return variables, ""
	}
	slices.Sort(strays)
	if more := len(strays) - mostNamed; more > 0 {
		strays = append(strays[:mostNamed], fmt.Sprintf("%d more", more))
	}
	return variables, "these variables have no effect here: " + strings.Join(strays, "; ")
}

// isServiceLink recognises what Kubernetes sets in every pod for a service that is
// called query, say: QUERY_PORT=tcp://10.0.0.1:80, for one.
func isServiceLink(name, text string) bool {
	scheme, _, isURL := strings.Cut(text, "://")
	return isURL && (scheme == "tcp" || scheme == "udp" || scheme == "sctp") ||
		strings.HasSuffix(name, "_SERVICE_HOST") || strings.Contains(name, "_SERVICE_PORT") || portOfLink(name)
}

// portOfLink recognises QUERY_PORT_80_TCP_ADDR and its like.
func portOfLink(name string) bool {
	_, rest, ok := strings.Cut(name, "_PORT_")
	return ok && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// nearest returns the name that name is spelled nearly like, or "".
func nearest(name string, names []string) (meant string) {
	const most, longest = 2, 64
	least := most + 1
	for _, n := range names {
		if len(name) > longest || len(n) < 2*most+1 || max(len(name), len(n))-min(len(name), len(n)) > most {
			continue
		}
		if d := distance(name, n); d < least {
			meant, least = n, d
		}
	}
	return meant
}

// distance is how many bytes must be put in, taken out or replaced to make one of
// the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
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

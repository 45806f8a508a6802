// SPDX-License-Identifier: Apache-2.0

// Package env reads the environment variables of Jaeger's clients, and those of
// OpenTelemetry that mean the same. Variables go in, Settings come out: nothing is
// started, and no file but certificates is looked at. The rules that users see are in
// the documentation of spur.FromEnv and in the README.
package env

import (
	"slices"
	"strings"
	"time"

	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/propagation"
)

// Settings is what the environment asks for. What is zero, or nil, was not set.
type Settings struct {
	Service    string
	Tags       []Tag // of the process, each key once
	Disabled   *bool
	TraceID128 *bool
	Formats    []propagation.Format // of headers; empty but not nil: none

	Sampler          string // const, probabilistic, ratelimiting or remote
	SamplerParam     float64
	IgnoreParent     bool // sample, whatever remote callers decided
	SamplingEndpoint string
	MaxOperations    int
	RefreshInterval  time.Duration

	Endpoint *endpoint.Endpoint
	NoExport bool   // spans go nowhere
	Source   string // the variable that chose Endpoint or NoExport

	QueueSpans                          int
	FlushInterval, RetryBudget, Timeout time.Duration
	LogSpans, NoReconnect               *bool
	ReconnectInterval                   time.Duration

	TagValueCharacters, LogValueCharacters              int
	TagsPerSpan, LogsPerSpan, FieldsPerLog, RefsPerSpan int

	Warnings []Warning
	Errors   []Error
}

// Tag is a tag of the process.
type Tag struct{ Key, Value string }

// Warning is a line for the log, with arguments as slog takes them. It shows no
// secrets.
type Warning struct {
	Text string
	Args []any
}

// Error says that a JAEGER_* variable cannot be used. It shows no secrets.
type Error struct {
	Name, Value string
	Err         error
}

// Read reads the variables. environ is a list as of os.Environ, in which it looks for
// names that are spelled wrong.
func Read(lookup func(name string) (string, bool), environ []string) Settings {
	r := &reader{lookup: lookup, values: map[string]string{}}
	r.rows = r.table()
	r.readAll()
	r.setSamplingEndpoint()
	r.setSampler()
	r.setEndpoint()
	if len(r.unused) > 0 {
		r.warn("spur: this version has no use for these variables", "variables", r.unused)
	}
	if names := r.unknown(environ); len(names) > 0 {
		r.warn("spur: unknown JAEGER_* variables", "variables", names)
	}
	return r.Settings
}

// reader is one reading of the environment. First each variable is parsed by itself,
// in the order of rows; then those that have a meaning only together are combined.
type reader struct {
	Settings
	lookup func(name string) (string, bool)
	rows   []variable
	values map[string]string // of the variables that are set, but for OTEL_* ones that are wrong
	unused []string          // variables that this version has no use for

	samplerType  string
	samplerParam *float64

	samplerHost, samplerPort, samplerPath string // the sampling server, in parts as Node.js has them
	agentHost, agentPort                  string

	collector   *endpoint.Endpoint // JAEGER_ENDPOINT
	token       string             // JAEGER_AUTH_TOKEN
	exporter    string             // OTEL_TRACES_EXPORTER
	otlp        *endpoint.Endpoint // OTEL_EXPORTER_OTLP_[TRACES_]ENDPOINT
	baseIsWhole bool               // OTEL_EXPORTER_OTLP_ENDPOINT ends in a path of its own
	otlpGzip    string             // OTEL_EXPORTER_OTLP_[TRACES_]COMPRESSION
	otlpTimeout time.Duration
}

func (r *reader) readAll() {
	for i := range r.rows {
		v := &r.rows[i]
		value, _ := r.lookup(v.name)
		if value = strings.TrimSpace(value); value == "" {
			continue
		}
		if strings.HasSuffix(v.name, "_PORT") && isServiceLink(v.name, value) {
			r.warn("spur: variable ignored: Kubernetes sets it for a service of that name", "variable", v.name)
			continue
		}
		r.values[v.name] = value
		if err := v.parse(value); err != nil {
			r.wrong(v.name, err)
		} else if v.unused {
			r.unused = append(r.unused, v.name)
		}
	}
}

func (r *reader) warn(text string, args ...any) {
	r.Warnings = append(r.Warnings, Warning{text, args})
}

// wrong says that a variable which is set cannot be used. One of OpenTelemetry's
// counts as not set from then on.
func (r *reader) wrong(name string, err error) {
	value := r.shown(name)
	if strings.HasPrefix(name, "OTEL_") {
		r.warn("spur: wrong setting ignored", "variable", name, "value", value, "error", err)
		delete(r.values, name)
		return
	}
	r.Errors = append(r.Errors, Error{name, value, err})
}

// shown is what may be shown of a variable's value.
func (r *reader) shown(name string) string {
	value := r.values[name]
	for i := range r.rows {
		if v := &r.rows[i]; v.name == name {
			value = v.shown(value)
		}
	}
	value = format.Short(value, 128)
	return value
}

func (r *reader) isSet(name string) bool { return r.values[name] != "" }

// warnOfUnused logs which of the variables are set, if any is.
func (r *reader) warnOfUnused(text string, names ...string) {
	names = slices.DeleteFunc(names, func(name string) bool { return !r.isSet(name) })
	if len(names) > 0 {
		r.warn(text, "variables", names)
	}
}

// unknown returns up to 10 names of JAEGER_* variables that are not in the table and
// that Kubernetes did not set.
func (r *reader) unknown(environ []string) []string {
	var names []string
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "JAEGER_") || value == "" || isServiceLink(name, value) ||
			slices.ContainsFunc(r.rows, func(v variable) bool { return v.name == name }) {
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return someOf(names)
}

// someOf returns up to 10 texts for the log.
func someOf(texts []string) []string {
	const most = 10
	var some []string
	for i, text := range texts {
		if i == most {
			return append(some, "…")
		}
		some = append(some, format.Short(text, 128))
	}
	return some
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
